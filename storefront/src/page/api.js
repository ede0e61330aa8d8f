// The API: text/plain and ?key= make each POST a simple request, which needs no preflight.

function keyed(path) {
  return config.api + path + '?key=' + encodeURIComponent(config.key);
}

/** The response; or an error whose `final` says that repeating cannot help. */
function request(method, url, body) {
  var text = JSON.stringify(body);
  var size = sizeOf(text);
  inFlightBytes += size;
  return fetch(url, {
    method: method,
    body: text,
    credentials: 'omit',
    keepalive: inFlightBytes < BATCH_BYTES,
    headers: { 'Content-Type': 'text/plain;charset=UTF-8' }
  })
    .finally(function () {
      inFlightBytes -= size;
    })
    .then(function (response) {
      if (response.ok) return response;
      var error = new Error(method + ' ' + url.split('?')[0] + ' answered ' + response.status);
      error.final = response.status < 500 && response.status !== 429;
      throw error;
    });
}
