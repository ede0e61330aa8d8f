// Values as the API writes them.

function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID(); // secure contexts only
  var bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  var hex = Array.prototype.map.call(bytes, function (byte) {
    return (byte + 256).toString(16).slice(1);
  });
  return [hex.slice(0, 4), hex.slice(4, 6), hex.slice(6, 8), hex.slice(8, 10), hex.slice(10)]
    .map(function (part) {
      return part.join('');
    })
    .join('-');
}

/** RFC 3339 with the visitor's own offset: rules about the hour of day mean the visitor's clock. */
function instant(date) {
  var ahead = -date.getTimezoneOffset();
  var pad = function (number) {
    return (number < 10 ? '0' : '') + number;
  };
  var local = new Date(date.getTime() + ahead * 60000).toISOString().slice(0, -1);
  var minutes = Math.abs(ahead);
  return local + (ahead < 0 ? '-' : '+') + pad(Math.floor(minutes / 60)) + ':' + pad(minutes % 60);
}

function sizeOf(text) {
  return new Blob([text]).size; // bytes, where length would count UTF-16 units
}

function fromBase64url(text) {
  var binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(binary, function (character) {
    return character.charCodeAt(0);
  });
}

function toBase64url(buffer) {
  var binary = String.fromCharCode.apply(null, new Uint8Array(buffer));
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

function timeZone() {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function visitorId() {
  var id = read('visitor');
  if (!id) {
    id = uuid();
    write('visitor', id);
  }
  return id;
}
