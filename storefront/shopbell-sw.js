/*
 * Shopbell in the service worker: shows each message once, reports what became of it, renews the subscription.
 *
 * The shop serves /shopbell-sw.js from its own origin, two lines long:
 *
 *   self.SHOPBELL = { api: 'https://api.example', key: 'sb_pub_...', name: 'My shop' };
 *   importScripts(self.SHOPBELL.api + '/sdk/shopbell-sw.js');
 *
 * The settings stand in that file because a worker that a push has just woken has no page to ask.
 * Made of storefront/src/worker by storefront/build.py.
 */
(function () {
'use strict';

// What the shop's own two lines said, and what this worker has done since it was started.

var settings = self.SHOPBELL || {};
var REMEMBERED = 50;
var RETRY_AFTER = 2000;

// The lasting memory is in IndexedDB.
var showing = {};
var finished = {};

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

// Showing: each message once.

/** The payload is the declarative form of Web Push, which Safari shows by itself and all others leave to us. */
function notificationOf(event) {
  var payload = null;
  try {
    payload = event.data && event.data.json();
  } catch (error) {
    console.warn('shopbell', 'a message that is not JSON');
  }
  var given = payload && payload.notification;
  // A browser demands that something is shown for each push, so a message we cannot read still says who sent it.
  return given && given.title ? given : { title: settings.name || self.location.hostname, navigate: '/' };
}

function optionsOf(given, message) {
  var links = { '': given.navigate };
  var most = Notification.maxActions === undefined ? 2 : Notification.maxActions;
  var actions = (given.actions || []).slice(0, most).map(function (each) {
    links[each.action] = each.navigate;
    return { action: each.action, title: each.title, icon: each.icon };
  });
  return {
    body: given.body,
    lang: given.lang,
    dir: given.dir,
    icon: given.icon,
    image: given.image,
    badge: given.badge,
    silent: Boolean(given.silent),
    requireInteraction: Boolean(given.requireInteraction),
    tag: given.tag || message || undefined,
    actions: actions,
    data: { shopbell: { message: message, links: links, more: given.data || {} } }
  };
}

function ours(notification) {
  return notification.data && notification.data.shopbell;
}

/** A notification that a newer one replaces was not closed by anybody, though Firefox says so. */
function expectReplacement(tag) {
  if (!tag) return Promise.resolve();
  return self.registration.getNotifications({ tag: tag }).then(function (replaced) {
    replaced.filter(ours).forEach(function (each) {
      finished[ours(each).message] = true;
    });
  });
}

function show(given, message) {
  var options = optionsOf(given, message);
  return expectReplacement(options.tag)
    .then(function () {
      return self.registration.showNotification(given.title, options);
    })
    .catch(function () {
      // Some option that this browser cannot take: the words and the link matter most.
      var plain = { body: given.body, tag: options.tag, data: options.data };
      return self.registration.showNotification(given.title, plain);
    });
}

/**
 * A message that comes a second time shows nothing: its notification is on the screen, or was dealt with already.
 * It is remembered after it was shown, not before, so that a worker which dies in between shows it when it comes
 * again; the tag then makes the second take the place of the first.
 */
function showOnce(given) {
  var message = given.data && given.data.message;
  if (!message) return show(given, message);
  if (showing[message]) return Promise.resolve();
  showing[message] = true;
  return wasShown(message).then(function (seen) {
    if (seen) return null;
    return show(given, message).then(
      function () {
        return Promise.all([receipt(message, 'shown'), remember(message)]);
      },
      function (error) {
        delete showing[message];
        throw error;
      }
    );
  });
}

self.addEventListener('push', function (event) {
  if (event.notification) {
    // Declarative and mutable: the browser shows it itself, and asks only whether we want to change it.
    event.waitUntil(receipt((event.notification.data || {}).message, 'shown'));
    return;
  }
  event.waitUntil(showOnce(notificationOf(event)));
});

// What people do with a notification.

self.addEventListener('notificationclick', function (event) {
  var shown = ours(event.notification);
  if (!shown) return;
  finished[shown.message] = true;
  event.notification.close();
  var link = shown.links[event.action] || shown.links[''];
  // In the task of the click: the right to open a window is gone once anything was awaited.
  var opened = link
    ? self.clients.openWindow(new URL(link, self.location.origin).href).catch(function (error) {
        console.warn('shopbell', 'could not open', link, error.message);
      })
    : null;
  event.waitUntil(Promise.all([opened, receipt(shown.message, 'clicked', event.action)]));
});

self.addEventListener('notificationclose', function (event) {
  var shown = ours(event.notification);
  if (!shown || finished[shown.message]) return;
  finished[shown.message] = true;
  event.waitUntil(receipt(shown.message, 'closed'));
});

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
})();
