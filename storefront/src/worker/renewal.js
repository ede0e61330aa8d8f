// The subscription, renewed by the browser while no page is open.

function currentKey() {
  return fetch(settings.api + '/v1/config?key=' + encodeURIComponent(settings.key), { credentials: 'omit' })
    .then(function (response) {
      return response.json();
    })
    .catch(function (error) {
      if (settings.vapid) return { vapid_public_key: settings.vapid };
      throw error;
    });
}

function fromBase64url(text) {
  return Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), function (character) {
    return character.charCodeAt(0);
  });
}

function toBase64url(buffer) {
  var text = String.fromCharCode.apply(null, new Uint8Array(buffer));
  return btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

/** With today's key, never with the old subscription's own: that one may have been retired. */
function renew(event) {
  return Promise.all([currentKey(), fact('visitor').catch(function () {})]).then(function (known) {
    var key = known[0];
    var made =
      event.newSubscription ||
      self.registration.pushManager.subscribe({
        userVisibleOnly: true,
        applicationServerKey: fromBase64url(key.vapid_public_key)
      });
    return Promise.resolve(made).then(function (subscription) {
      var body = Object.assign({}, known[1], { subscription: subscription.toJSON() });
      var used = subscription.options && subscription.options.applicationServerKey;
      if (used) body.vapid_public_key = toBase64url(used); // the browser may have renewed it with the key before
      else if (key.vapid_key_id) body.vapid_key_id = key.vapid_key_id;
      if (event.oldSubscription) body.replaces = event.oldSubscription.endpoint;
      return send('/v1/subscriptions?key=' + encodeURIComponent(settings.key), body, false);
    });
  });
}

self.addEventListener('pushsubscriptionchange', function (event) {
  event.waitUntil(renew(event));
});
