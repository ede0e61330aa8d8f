// Reports to the API.

/** One retry; a report that is lost must never break a notification. */
function send(path, body, last) {
  return fetch(settings.api + path, {
    method: 'POST',
    body: JSON.stringify(body),
    credentials: 'omit',
    keepalive: true,
    headers: { 'Content-Type': 'text/plain;charset=UTF-8' }
  })
    .then(function (response) {
      if (response.status >= 500 || response.status === 429) throw new Error(String(response.status));
    })
    .catch(function (error) {
      if (last) return console.warn('shopbell', path, error.message);
      return new Promise(function (resolve) {
        setTimeout(resolve, RETRY_AFTER);
      }).then(function () {
        return send(path, body, true);
      });
    });
}

function receipt(message, kind, action) {
  if (!message) return Promise.resolve();
  var body = { message: message, kind: kind };
  if (action) body.action = action;
  return send('/v1/receipts', body, false);
}
