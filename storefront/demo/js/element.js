// Making elements: texts are always text, because a catalogue is somebody else's.

export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.filter((child) => child !== null));
  return made;
}

export function fill(id, ...children) {
  document.getElementById(id).replaceChildren(...children);
}
