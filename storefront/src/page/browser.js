// Push: what this browser can do.

function isIos() {
  var tablet = navigator.platform === 'MacIntel' && navigator.maxTouchPoints > 1;
  return tablet || /iP(hone|ad|od)/.test(navigator.userAgent);
}

/** On iPhone and iPad push exists only in a shop that was added to the Home Screen. */
function support() {
  if (!window.isSecureContext) return 'insecure';
  if ('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window) return 'yes';
  return isIos() && !onHomeScreen() ? 'ios-needs-home-screen' : 'no';
}

function onHomeScreen() {
  return navigator.standalone === true || matchMedia('(display-mode: standalone)').matches;
}

function permission() {
  return 'Notification' in window ? Notification.permission : null;
}

/**
 * The worker's registration, active. It has a scope in which the shop has no pages, so that it never takes the place
 * of the shop's own worker; hence navigator.serviceWorker.ready would wait for ever.
 */
function register() {
  if (!registration) {
    var options = { scope: config.scope || '/shopbell/', updateViaCache: 'none' };
    registration = navigator.serviceWorker
      .register(config.worker || '/shopbell-sw.js', options)
      .then(activated);
    registration.catch(function () {
      registration = null;
    });
  }
  return registration;
}

/**
 * Asks again and again rather than waiting for one worker's `statechange`: Firefox may hand out a registration before it
 * has told this page of any worker in it, and a worker that another page activates tells nothing here.
 */
function activated(found) {
  var end = Date.now() + 60000;
  var seen = null;
  return new Promise(function (resolve, reject) {
    (function look() {
      seen = found.installing || found.waiting || seen;
      if (found.active) return resolve(found);
      if ((seen && seen.state === 'redundant') || Date.now() > end) {
        return reject(new Error('the service worker could not be installed'));
      }
      setTimeout(look, 50);
    })();
  });
}
