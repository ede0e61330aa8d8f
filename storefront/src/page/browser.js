// Push: what this browser can do.

function isIos() {
  var tablet = navigator.platform === 'MacIntel' && navigator.maxTouchPoints > 1;
  return tablet || /iP(hone|ad|od)/.test(navigator.userAgent);
}

/** On iPhone and iPad push exists only in a shop that was added to the Home Screen. */
function support() {
  if (!window.isSecureContext) return 'insecure';
  if ('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window) return 'yes';
  var installed = navigator.standalone === true || matchMedia('(display-mode: standalone)').matches;
  return isIos() && !installed ? 'ios-needs-home-screen' : 'no';
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

function activated(found) {
  if (found.active) return found;
  var worker = found.waiting || found.installing;
  return new Promise(function (resolve, reject) {
    worker.addEventListener('statechange', function () {
      if (worker.state === 'activated') resolve(found);
      if (worker.state === 'redundant') reject(new Error('the service worker could not be installed'));
    });
  });
}
