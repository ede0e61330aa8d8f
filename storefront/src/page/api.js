// The API: text/plain and ?key= make each POST a simple request, which needs no preflight.

function keyed(path) {
  return config.api + path + '?key=' + encodeURIComponent(config.key);
}

/** The response; or an error whose `final` says that repeating cannot help. */
function request(method, url, body) {
  var text = JSON.stringify(body);
  return deliver(method, url, text).then(function (response) {
    if (response.ok) return response;
    var error = new Error(method + ' ' + url.split('?')[0] + ' answered ' + response.status);
    error.final = response.status < 500 && response.status !== 429;
    throw error;
  });
}

/**
 * With keepalive where the browser takes it. It refuses what is beyond its allowance with the error of a broken
 * network, and counts longer than we can see: until an answer was read to its end, and what the page before has left.
 */
function deliver(method, url, text) {
  var size = sizeOf(text);
  inFlightBytes += size;
  return sent(inFlightBytes < BATCH_BYTES)
    .catch(function (error) {
      if (leftBehind) throw error; // the next page sees to it
      return sent(false);
    })
    .finally(function () {
      inFlightBytes -= size;
    });

  function sent(keepalive) {
    return fetch(url, {
      method: method,
      body: text,
      credentials: 'omit',
      keepalive: keepalive,
      headers: { 'Content-Type': 'text/plain;charset=UTF-8' }
    });
  }
}
