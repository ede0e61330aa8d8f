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
