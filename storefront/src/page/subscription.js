// Push: the subscription.

/** One after the other: subscribing, resyncing and unsubscribing must not overtake each other. */
function inTurn(step) {
  var next = work.then(step);
  work = next.catch(function (error) {
    warn('push', error);
  });
  return next;
}

/**
 * Make what the server knows true again. Called on each page load, because browsers drop subscriptions silently.
 * `prompt`: what events of the prompt say that it came by, if one did.
 */
function ensure(prompt) {
  return inTurn(function () {
    return register().then(function (found) {
      return Promise.all([found.pushManager.getSubscription(), brought(found)]).then(function (there) {
        return settle(found, there[0], there[1], prompt);
      });
    });
  });
}

/** What another provider's worker subscribed on this origin, if its key was brought along to the store. */
function brought(found) {
  var keys = server.retiring_vapid_keys || [];
  if (!keys.length || !navigator.serviceWorker.getRegistrations) return Promise.resolve([]);
  return navigator.serviceWorker
    .getRegistrations()
    .then(function (all) {
      var others = all.filter(function (one) {
        return one.scope !== found.scope && one.pushManager;
      });
      return Promise.all(
        others.map(function (one) {
          return one.pushManager.getSubscription();
        })
      );
    })
    .then(function (theirs) {
      return theirs.filter(function (one) {
        return one && keys.indexOf(keyOf(one)) >= 0;
      });
    });
}

/** One subscription with today's key; whatever else there is of the store's own would show each message twice. */
function settle(found, current, theirs, prompt) {
  if (current && keyOf(current) === server.vapid_public_key) {
    return giveUp(theirs).then(function () {
      return report(current, null, prompt);
    });
  }
  var old = current || theirs[0];
  var replaced = old ? old.endpoint : null;
  // should this page be closed between the two, the next one still knows what is replaced
  if (old && !read('subscription')) write('subscription', { endpoint: replaced });
  return (old ? old.unsubscribe() : Promise.resolve())
    .then(function () {
      return found.pushManager.subscribe({
        userVisibleOnly: true,
        applicationServerKey: fromBase64url(server.vapid_public_key)
      });
    })
    .then(function (made) {
      return report(made, replaced, prompt);
    })
    .then(function (made) {
      var rest = theirs.filter(function (one) {
        return one !== old;
      });
      return giveUp(rest).then(function () {
        return made;
      });
    });
}

function giveUp(subscriptions) {
  return Promise.all(
    subscriptions.map(function (one) {
      return one.unsubscribe().then(function () {
        return request('DELETE', keyed('/v1/subscriptions'), { endpoint: one.endpoint });
      });
    })
  );
}

function keyOf(subscription) {
  var key = subscription.options && subscription.options.applicationServerKey;
  return key ? toBase64url(key) : null;
}

/** Silent while nothing has changed, but at least once in 24 hours. */
function report(subscription, replaced, prompt) {
  var known = read('subscription') || {};
  var facts = [subscription.endpoint, server.vapid_public_key, visitorId(), timeZone(), navigator.language].join('|');
  if (known.facts === facts && Date.now() - known.at < DAY) return subscription;
  var body = {
    visitor_id: visitorId(),
    subscription: subscription.toJSON(),
    vapid_key_id: server.vapid_key_id,
    time_zone: timeZone(),
    language: navigator.language
  };
  if (!replaced && known.endpoint && known.endpoint !== subscription.endpoint) replaced = known.endpoint;
  if (replaced) body.replaces = replaced;
  Object.assign(body, prompt);
  return request('POST', keyed('/v1/subscriptions'), body).then(function () {
    write('subscription', { facts: facts, endpoint: subscription.endpoint, at: Date.now() });
    emit('subscription', { endpoint: subscription.endpoint, replaces: replaced });
    return subscription;
  });
}

/** Ask the browser. Must be the first thing in a click handler: browsers demand the user's gesture. */
function ask(settings) {
  return Notification.requestPermission().then(function (answer) {
    var answers = { granted: 'permission_granted', denied: 'permission_denied', default: 'permission_ignored' };
    track(answers[answer], named(settings));
    if (answer === 'default') ignored();
    if (answer !== 'granted') return null;
    forget('opted_out');
    return loadConfig().then(function () {
      return ensure(named(settings));
    });
  });
}

function subscribe() {
  if (support() !== 'yes') return Promise.reject(new Error('push: ' + support()));
  return ask(promptSettings());
}

/** What this browser wants to hear of: { topics: [...], snooze_until: a Date or text, null to end it }. */
function prefer(wanted) {
  var known = read('subscription');
  if (!known) return Promise.reject(new Error('push: not subscribed'));
  var until = wanted.snooze_until;
  var body = Object.assign({ endpoint: known.endpoint }, wanted);
  if (until instanceof Date) body.snooze_until = until.toISOString();
  return request('PATCH', keyed('/v1/subscriptions'), body).then(function (response) {
    return response.json();
  });
}

function unsubscribe() {
  write('opted_out', Date.now()); // the permission stays granted, and the next page would subscribe again
  if (support() !== 'yes') return Promise.resolve(false);
  return inTurn(function () {
    return register()
      .then(function (found) {
        return found.pushManager.getSubscription();
      })
      .then(function (current) {
        forget('subscription');
        if (!current) return false;
        return current
          .unsubscribe()
          .then(function () {
            return request('DELETE', keyed('/v1/subscriptions'), { endpoint: current.endpoint });
          })
          .then(function () {
            emit('subscription', null);
            return true;
          });
      });
  });
}

/** The worker reads these when the browser renews a subscription while no page is open. */
function tellWorker() {
  if (!window.indexedDB) return;
  var opening = indexedDB.open('shopbell', 1);
  opening.onupgradeneeded = function () {
    opening.result.createObjectStore('facts');
  };
  opening.onerror = function () {
    warn('indexedDB', opening.error);
  };
  opening.onsuccess = function () {
    var visitor = { visitor_id: visitorId(), time_zone: timeZone(), language: navigator.language };
    var change = opening.result.transaction('facts', 'readwrite');
    change.objectStore('facts').put(visitor, 'visitor');
    change.oncomplete = change.onabort = function () {
      opening.result.close();
    };
  };
}
