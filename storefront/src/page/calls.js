// The calls that a shop's page makes, and the moments at which the browser calls us.

function loadConfig() {
  if (server) return Promise.resolve(server);
  return fetch(keyed('/v1/config'), { credentials: 'omit' })
    .then(function (response) {
      if (!response.ok) throw new Error('GET /v1/config answered ' + response.status);
      return response.json();
    })
    .then(function (answer) {
      server = answer;
      return answer;
    });
}

function init(options) {
  if (config) return;
  config = Object.assign({}, options);
  config.api = config.api.replace(/\/+$/, '');
  takeToken();
  takeKept();
  tellWorker();
  sessionCount('pages', 1);
  if (config.page_views !== false) track('page_view', document.title ? { title: document.title } : {});
  reportLanding();
  loadConfig()
    .then(function () {
      if (onHomeScreen()) installed();
      if (support() === 'yes' && permission() === 'granted' && !read('opted_out')) return ensure();
      arm();
      return null;
    })
    .catch(warn.bind(null, 'config'))
    .then(emit.bind(null, 'ready'));
}

/** Told once for each visitor and customer; the signature is made by the shop's server and lives for minutes. */
function identify(given, signature) {
  var claim = given && typeof given === 'object' ? given : { customer_id: given, signature: signature };
  var body = { visitor_id: visitorId(), customer_id: String(claim.customer_id), signature: claim.signature };
  var fact = body.visitor_id + '|' + body.customer_id;
  if (read('identified') === fact) return Promise.resolve();
  return request('POST', keyed('/v1/identify'), body)
    .then(function () {
      write('identified', fact);
      emit('identified', { visitor_id: body.visitor_id, customer_id: body.customer_id });
    })
    .catch(warn.bind(null, 'identify'));
}

/** After a logout: the next person at this browser is somebody else. */
function reset() {
  write('visitor', uuid());
  tellWorker();
  if (server && read('subscription') && permission() === 'granted') ensure().catch(function () {});
}

function status(callback) {
  var subscription = read('subscription');
  var answer = {
    visitor_id: visitorId(),
    support: support(),
    permission: permission(),
    subscribed: Boolean(subscription) && permission() === 'granted' && !read('opted_out'),
    prompt: config ? whyNoPrompt(promptSettings(), false) : 'not started',
    waiting: queue.length + keysStarting('kept.').length,
    recent: recent,
    error: lastError
  };
  if (callback) callback(answer);
  return answer;
}

var calls = {
  init: init,
  track: track,
  identify: identify,
  reset: reset,
  prompt: function () {
    return showPrompt(true);
  },
  subscribe: subscribe,
  unsubscribe: unsubscribe,
  prefer: prefer,
  flush: function () {
    flush(false);
  },
  status: status
};

function call(given) {
  var name = given[0];
  var ready = config || name === 'init' || name === 'track' || name === 'status';
  if (calls[name] && ready) return calls[name].apply(null, Array.prototype.slice.call(given, 1));
  warn('call', ready ? 'there is no ' + name : name + ' before init');
  return undefined;
}

document.addEventListener('visibilitychange', function () {
  if (document.visibilityState === 'hidden') flush(true);
});
window.addEventListener('pagehide', leave);
window.addEventListener('pageshow', function () {
  leftBehind = false; // back from the browser's cache of pages
});
window.addEventListener('appinstalled', function () {
  if (config) installed();
});
window.addEventListener('online', function () {
  if (config) takeKept();
});

var early = (window.shopbell && window.shopbell.q) || [];
window.shopbell = function () {
  return call(arguments);
};
window.shopbell.loaded = true;
Array.prototype.forEach.call(early, call);

var script = document.currentScript;
if (script && script.dataset.key) {
  init({ api: script.src.replace(/\/sdk\/shopbell\.js.*$/, ''), key: script.dataset.key });
}
