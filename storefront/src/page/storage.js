// Storage: never throws, because a shop must work where storage is blocked.

var memory = {};

function read(key) {
  try {
    var text = localStorage.getItem('shopbell.' + key);
    return text === null ? memory[key] : JSON.parse(text);
  } catch (error) {
    return memory[key];
  }
}

function write(key, value) {
  memory[key] = value;
  try {
    localStorage.setItem('shopbell.' + key, JSON.stringify(value));
  } catch (error) {
    warn('storage', error);
  }
}

function forget(key) {
  delete memory[key];
  try {
    localStorage.removeItem('shopbell.' + key);
  } catch (error) {
    warn('storage', error);
  }
}

function keysStarting(prefix) {
  var found = Object.keys(memory);
  try {
    Object.keys(localStorage).forEach(function (key) {
      if (key.indexOf('shopbell.') === 0) found.push(key.slice('shopbell.'.length));
    });
  } catch (error) {
    warn('storage', error);
  }
  return found.filter(function (key, at) {
    return key.indexOf(prefix) === 0 && found.indexOf(key) === at;
  });
}

/** Counted per tab session; 0 where session storage is blocked, so that a prompt there waits for a later page. */
function sessionCount(key, add) {
  try {
    var count = Number(sessionStorage.getItem('shopbell.' + key) || 0) + add;
    sessionStorage.setItem('shopbell.' + key, String(count));
    return count;
  } catch (error) {
    return 0;
  }
}
