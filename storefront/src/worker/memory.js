// What lasts when the browser stops the worker: the visitor, and the messages that were shown.

function withFacts(mode, act) {
  return new Promise(function (resolve, reject) {
    var opening = indexedDB.open('shopbell', 1);
    opening.onupgradeneeded = function () {
      opening.result.createObjectStore('facts');
    };
    opening.onerror = function () {
      reject(opening.error);
    };
    opening.onsuccess = function () {
      var change = opening.result.transaction('facts', mode);
      var reading = act(change.objectStore('facts'));
      change.oncomplete = function () {
        opening.result.close();
        resolve(reading.result);
      };
      change.onabort = function () {
        opening.result.close();
        reject(change.error);
      };
    };
  });
}

function fact(name) {
  return withFacts('readonly', function (facts) {
    return facts.get(name);
  });
}

/** Without storage nothing counts as seen: showing a message twice is better than not at all. */
function wasShown(message) {
  return fact('shown').then(
    function (shown) {
      return (shown || []).indexOf(message) !== -1;
    },
    function () {
      return false;
    }
  );
}

/** One transaction reads and writes, so that two messages at once both stay remembered. */
function remember(message) {
  return withFacts('readwrite', function (facts) {
    var reading = facts.get('shown');
    reading.onsuccess = function () {
      facts.put((reading.result || []).concat(message).slice(-REMEMBERED), 'shown');
    };
    return reading;
  }).catch(function () {});
}
