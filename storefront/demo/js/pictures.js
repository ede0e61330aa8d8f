// A drawing for each product, so that the demo needs no pictures from anywhere.

const DRAWINGS = [
  [/meat|beef|pork|chicken|deli|sausage/i, '<path d="M22 58c-8-18 8-36 28-34s28 20 20 34-40 18-48 0z"/><circle cx="40" cy="44" r="7"/>'],
  [/fish|seafood/i, '<path d="M16 48c16-22 40-22 54 0-14 22-38 22-54 0zM70 48l14-14v28z"/><circle cx="32" cy="44" r="3"/>'],
  [/produce|fruit|vegetable|salad|floral|garden/i, '<path d="M48 78c-24 0-30-18-28-36 10-6 20-6 28 2 8-8 18-8 28-2 2 18-4 36-28 36zM48 42c0-12 4-18 14-22"/>'],
  [/bread|bakery|pastry|cookie|cake|bun/i, '<path d="M18 58c-4-20 12-30 30-30s34 10 30 30v12H18zM36 34l-4 14M50 32l-2 14M64 36v12"/>'],
  [/drink|juice|milk|water|wine|beer|spirits|dairy|coffee|tea/i, '<path d="M40 14h16v14l8 14v38H32V42l8-14zM32 52h32"/>'],
  [/drug|health|cosmetic|nutrition|hair|soap|care|skin/i, '<path d="M30 40h36v40H30zM40 40V28h16v12M48 28v-8h12M30 56h36"/>'],
  [/frozen|frzn|ice/i, '<path d="M48 14v68M18 31l60 34M78 31L18 65M40 20l8 8 8-8M40 76l8-8 8 8"/>'],
  [/boot|shoe|cloth|outdoor|apparel/i, '<path d="M32 16h22v36l24 12v14H32z"/><path d="M32 30h14M32 42h14M32 70h46"/>']
];
const BOX = '<path d="M18 34l30-14 30 14v34L48 82 18 68zM18 34l30 14 30-14M48 48v34"/>';

function hue(text) {
  let sum = 7;
  for (const letter of text) sum = (sum * 31 + letter.charCodeAt(0)) % 360;
  return sum;
}

function drawn(shapes) {
  const text = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" aria-hidden="true">${shapes}</svg>`;
  return new DOMParser().parseFromString(text, 'image/svg+xml').documentElement;
}

/** Colour by the whole category, shape by what its words mean. */
export function picture(category) {
  const words = category || '';
  const drawing = DRAWINGS.find(([meaning]) => meaning.test(words));
  const colour = hue(words);
  return drawn(
    `<rect width="96" height="96" fill="hsl(${colour} 45% 92%)"/>` +
      `<g fill="hsl(${colour} 45% 82%)" stroke="hsl(${colour} 45% 35%)" stroke-width="3" stroke-linejoin="round"` +
      ` stroke-linecap="round">${drawing ? drawing[1] : BOX}</g>`
  );
}

export function bell() {
  const made = drawn('<path d="M16 72h64l-10-12V42a22 22 0 0 0-44 0v18zM40 82h16M48 12v8"/>');
  made.setAttribute('style', 'width:22px;height:22px;display:block;fill:none;stroke:currentColor;stroke-width:7');
  return made;
}
