/*
 * Shopbell for the shop's pages: events, the two-step permission prompt, the push subscription, the landing.
 *
 *   <script async src="https://api.example/sdk/shopbell.js" data-key="sb_pub_..."></script>
 *
 * or, to call it before it has loaded:
 *
 *   window.shopbell = window.shopbell || function () { (shopbell.q = shopbell.q || []).push(arguments); };
 *   shopbell('init', { api: 'https://api.example', key: 'sb_pub_...' });
 *   shopbell('track', 'product_view', { product_id: 'p1' });
 *
 * No dependencies. docs/storefront.md describes the calls and what is kept in the browser.
 * Made of storefront/src/page by storefront/build.py.
 */
(function (window, document) {
'use strict';

if (window.shopbell && window.shopbell.loaded) return;

// What the SDK holds itself to, and what it knows while the page is open.

var DAY = 24 * 60 * 60 * 1000;
var FLUSH_AT = 20;
var FLUSH_AFTER = 3000;
var BATCH_EVENTS = 50;
var BATCH_BYTES = 60000; // a browser lets 64 KiB of keepalive requests be under way at once
var PROPERTIES_BYTES = 8192;
var QUEUE_LONGEST = 500;
var RECENT_LONGEST = 10;
var IGNORED_WAIT = DAY;
var IGNORED_MOST = 2;

var PROMPT = {
  enabled: true,
  id: 'soft',
  trigger: 'page_view_n:2',
  delay_s: 5,
  title: 'Be the first to know',
  text: 'Shall we tell you about price drops and your orders?',
  allow: 'Yes, please',
  later: 'Later',
  ios_text: 'To get notifications here, tap Share, then "Add to Home Screen", and open the shop from there.',
  ios_coach: true,
  frequency: { per_session: 1, per_day: 1, lifetime: 5 },
  backoff: [3, 7, 30, 90],
  never_on: ['checkout', 'payment', 'account'],
  translations: {}
};

var config = null;
var server = null; // the answer of GET /v1/config
var queue = [];
var recent = []; // the last events of this page, for whoever looks what is told
var inFlight = {};
var inFlightBytes = 0;
var timer = null;
var lastError = null;
var registration = null;
var work = Promise.resolve();
var checkoutSeen = false;
var leftBehind = false; // the visitor is on the way to another page

function warn(where, error) {
  lastError = where + ': ' + (error && error.message ? error.message : error);
  if (config && config.debug) console.warn('shopbell', lastError);
}

/** Tell the page: document.addEventListener('shopbell:<name>', e => e.detail). */
function emit(name, detail) {
  document.dispatchEvent(new CustomEvent('shopbell:' + name, { detail: detail }));
}

// Storage: never throws, because a shop must work where storage is blocked.

var memory = {};

function read(key) {
  try {
    var text = localStorage.getItem('shopbell.' + key);
    return text === null ? memory[key] : JSON.parse(text);
  } catch (error) {
    return memory[key];
  }
}

function write(key, value) {
  memory[key] = value;
  try {
    localStorage.setItem('shopbell.' + key, JSON.stringify(value));
  } catch (error) {
    warn('storage', error);
  }
}

function forget(key) {
  delete memory[key];
  try {
    localStorage.removeItem('shopbell.' + key);
  } catch (error) {
    warn('storage', error);
  }
}

function keysStarting(prefix) {
  var found = Object.keys(memory);
  try {
    Object.keys(localStorage).forEach(function (key) {
      if (key.indexOf('shopbell.') === 0) found.push(key.slice('shopbell.'.length));
    });
  } catch (error) {
    warn('storage', error);
  }
  return found.filter(function (key, at) {
    return key.indexOf(prefix) === 0 && found.indexOf(key) === at;
  });
}

/** Counted per tab session; 0 where session storage is blocked, so that a prompt there waits for a later page. */
function sessionCount(key, add) {
  try {
    var count = Number(sessionStorage.getItem('shopbell.' + key) || 0) + add;
    sessionStorage.setItem('shopbell.' + key, String(count));
    return count;
  } catch (error) {
    return 0;
  }
}

// Values as the API writes them.

function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID(); // secure contexts only
  var bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  var hex = Array.prototype.map.call(bytes, function (byte) {
    return (byte + 256).toString(16).slice(1);
  });
  return [hex.slice(0, 4), hex.slice(4, 6), hex.slice(6, 8), hex.slice(8, 10), hex.slice(10)]
    .map(function (part) {
      return part.join('');
    })
    .join('-');
}

/** RFC 3339 with the visitor's own offset: rules about the hour of day mean the visitor's clock. */
function instant(date) {
  var ahead = -date.getTimezoneOffset();
  var pad = function (number) {
    return (number < 10 ? '0' : '') + number;
  };
  var local = new Date(date.getTime() + ahead * 60000).toISOString().slice(0, -1);
  var minutes = Math.abs(ahead);
  return local + (ahead < 0 ? '-' : '+') + pad(Math.floor(minutes / 60)) + ':' + pad(minutes % 60);
}

function sizeOf(text) {
  return new Blob([text]).size; // bytes, where length would count UTF-16 units
}

function fromBase64url(text) {
  var binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(binary, function (character) {
    return character.charCodeAt(0);
  });
}

function toBase64url(buffer) {
  var binary = String.fromCharCode.apply(null, new Uint8Array(buffer));
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

function timeZone() {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function visitorId() {
  var id = read('visitor');
  if (!id) {
    id = uuid();
    write('visitor', id);
  }
  return id;
}

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

// Events: each has an id, so sending one again is harmless, and every doubt is settled by sending again.

function track(type, properties) {
  var given = Object.assign({}, properties);
  if (type === 'page_view' && !given.url) given.url = location.href.slice(0, 2048);
  if (sizeOf(JSON.stringify(given)) > PROPERTIES_BYTES) {
    warn('track', type + ' has more than ' + PROPERTIES_BYTES + ' bytes of properties and was dropped');
    return;
  }
  var event = {
    id: uuid(),
    type: type,
    visitor_id: visitorId(),
    occurred_at: instant(new Date()),
    properties: given
  };
  queue.push(event);
  recent = recent.concat(event).slice(-RECENT_LONGEST);
  emit('event', event);
  if (type === 'checkout_start') checkoutSeen = true; // wherever it is, no prompt interrupts it
  schedule();
}

function schedule() {
  if (queue.length > QUEUE_LONGEST) {
    warn('track', queue.length - QUEUE_LONGEST + ' of the oldest events were dropped');
    queue = queue.slice(-QUEUE_LONGEST);
  }
  if (queue.length >= FLUSH_AT) flush(false);
  else if (!timer) timer = setTimeout(flush, FLUSH_AFTER, false);
}

function flush(leaving) {
  clearTimeout(timer);
  timer = null;
  if (!config) return;
  while (queue.length) {
    var batch = nextBatch();
    if (leaving) beacon(batch);
    else post(batch);
  }
}

function envelope(events) {
  return JSON.stringify({ events: events });
}

function nextBatch() {
  var count = Math.min(queue.length, BATCH_EVENTS);
  while (count > 1 && sizeOf(envelope(queue.slice(0, count))) > BATCH_BYTES) count = Math.ceil(count / 2);
  return queue.splice(0, count);
}

/** A page that goes away cannot wait for an answer; what the browser does not take is kept. */
function beacon(batch) {
  var body = new Blob([envelope(batch)], { type: 'text/plain;charset=UTF-8' });
  var taken = navigator.sendBeacon && navigator.sendBeacon(keyed('/v1/events'), body);
  if (!taken) keep(batch);
}

function post(batch) {
  inFlight[batch[0].id] = batch;
  request('POST', keyed('/v1/events'), { events: batch })
    .then(function (response) {
      return response.json();
    })
    .then(
      function (answer) {
        (answer.rejected || []).forEach(function (rejected) {
          warn('events', rejected.path + ': ' + rejected.message);
          // who was erased is nobody that we know: this browser begins anew
          var erased = rejected.path === 'visitor_id' && /^was erased/.test(rejected.message);
          if (erased && batch[rejected.index].visitor_id === visitorId()) reset();
        });
        emit('sent', { events: batch, answer: answer });
      },
      function (error) {
        warn('events', error);
        if (!error.final) keep(batch);
      }
    )
    .then(function () {
      delete inFlight[batch[0].id];
    });
}

/** Each batch under a key of its own: two tabs never overwrite each other's. */
function keep(batch) {
  write('kept.' + batch[0].id, batch);
}

/** As it was sent before: the server knows a batch by its events, so what did arrive is stored once and counted once. */
function takeKept() {
  keysStarting('kept.').forEach(function (key) {
    var batch = read(key) || [];
    forget(key);
    if (batch.length) post(batch);
  });
}

function leave() {
  leftBehind = true;
  flush(true);
  // Whether these arrive is not known any more, so the next page sends them again.
  Object.keys(inFlight).forEach(function (id) {
    keep(inFlight[id]);
  });
}

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

// The soft prompt: our own question first, because a browser's "no" is for ever.

function promptSettings() {
  var settings = Object.assign({}, PROMPT, server && server.prompt, config.prompt);
  var translation = (settings.translations || {})[language()];
  var variant = translation ? null : ownVariant(settings);
  Object.assign(settings, variant, translation);
  settings.variant = variant ? variant.name : null;
  return settings;
}

function language() {
  return (navigator.language || 'en').slice(0, 2);
}

/** Always the same for one visitor and prompt: FNV-1a of both, in the shares of the weights. */
function ownVariant(settings) {
  var variants = settings.variants || [];
  var text = visitorId() + ':' + settings.id;
  var hash = 0x811c9dc5;
  for (var at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  var sum = variants.reduce(function (total, one) {
    return total + one.weight;
  }, 0);
  var place = (hash >>> 0) % (sum || 1);
  return variants.find(function (one) {
    place -= one.weight;
    return place < 0;
  });
}

/** What each of its events says. */
function named(settings) {
  return settings.variant ? { prompt: settings.id, variant: settings.variant } : { prompt: settings.id };
}

function homeScreen(settings) {
  return Object.assign(named(settings), { home_screen: true });
}

/** Once in a browser. iPhones tell nobody: there it is the first page that runs from the Home Screen. */
function installed() {
  var settings = promptSettings();
  if (!settings.enabled || read('installed')) return;
  write('installed', Date.now());
  track('prompt_accepted', homeScreen(settings));
}

function onForbiddenPage(settings) {
  var path = location.pathname.toLowerCase();
  return settings.never_on.some(function (word) {
    return path.indexOf('/' + word.replace(/^\//, '').toLowerCase()) !== -1;
  });
}

/** Why the prompt may not be shown now; null when it may. A click on the shop's own bell overrides the waiting. */
function whyNoPrompt(settings, asked) {
  if (!settings.enabled) return 'disabled';
  if ((settings.languages || []).length && settings.languages.indexOf(language()) === -1) return 'language';
  if (onForbiddenPage(settings) || checkoutSeen) return 'page';
  if (support() === 'ios-needs-home-screen' && !settings.ios_coach) return 'unsupported';
  if (support() === 'no' || support() === 'insecure') return 'unsupported';
  if (permission() === 'denied') return 'denied';
  if (permission() === 'granted' && !read('opted_out')) return 'granted';
  return asked ? null : whyWait(settings);
}

function whyWait(settings) {
  var past = read('prompt') || {};
  if (read('opted_out')) return 'opted-out';
  if (past.until && Date.now() < past.until) return 'back-off';
  if ((past.shown || 0) >= settings.frequency.lifetime || past.ignored > IGNORED_MOST) return 'lifetime';
  if (past.today >= settings.frequency.per_day && Date.now() - past.shown_at < DAY) return 'day';
  if (sessionCount('prompts', 0) >= settings.frequency.per_session) return 'session';
  return null;
}

function arm() {
  var settings = promptSettings();
  var why = whyNoPrompt(settings, false);
  if (why) return;
  var parts = settings.trigger.split(':');
  var trigger = TRIGGERS[parts[0]];
  if (!trigger) {
    warn('prompt', 'unknown trigger ' + settings.trigger);
    return;
  }
  var wait = parts[0] === 'immediate' ? 0 : settings.delay_s * 1000;
  trigger(parts.slice(1).join(':'), function () {
    setTimeout(mayShow, wait);
  });
}

/** Where the prompt has an audience, the server knows who is in it; without its word nothing is shown. */
function mayShow() {
  var settings = promptSettings();
  var why = whyNoPrompt(settings, false);
  if (why || !settings.ask) {
    if (!why) showPrompt(false);
    return;
  }
  var question = { visitor_id: visitorId(), prompt: settings.id, page: location.href.slice(0, 2048) };
  request('POST', keyed('/v1/prompt'), question)
    .then(function (response) {
      return response.json();
    })
    .then(function (answer) {
      if (answer.show) showPrompt(false);
      else emit('prompt', { show: false, reason: answer.reason });
    })
    .catch(warn.bind(null, 'prompt'));
}

var TRIGGERS = {
  immediate: function (_, go) {
    go();
  },
  delay: function (_, go) {
    go();
  },
  page_view_n: function (count, go) {
    if (sessionCount('pages', 0) >= Number(count)) go();
  },
  scroll_pct: function (percent, go) {
    window.addEventListener('scroll', function scrolled() {
      var page = document.documentElement;
      if (page.scrollTop + page.clientHeight < (page.scrollHeight * Number(percent)) / 100) return;
      window.removeEventListener('scroll', scrolled);
      go();
    });
  },
  exit_intent: function (_, go) {
    document.documentElement.addEventListener('mouseleave', function left(event) {
      if (event.clientY > 0) return;
      document.documentElement.removeEventListener('mouseleave', left);
      go();
    });
  },
  interaction: function (selector, go) {
    document.addEventListener('click', function clicked(event) {
      if (!event.target.closest(selector)) return;
      document.removeEventListener('click', clicked);
      go();
    });
  },
  event: function (type, go) {
    document.addEventListener('shopbell:event', function tracked(event) {
      if (event.detail.type !== type) return;
      document.removeEventListener('shopbell:event', tracked);
      go();
    });
  }
};

function showPrompt(asked) {
  var settings = promptSettings();
  var why = whyNoPrompt(settings, asked);
  if (why || document.getElementById('shopbell-prompt')) return why;
  var past = read('prompt') || {};
  var sameDay = past.shown_at && Date.now() - past.shown_at < DAY;
  past.today = sameDay ? (past.today || 0) + 1 : 1;
  past.shown = (past.shown || 0) + 1;
  past.shown_at = Date.now();
  write('prompt', past);
  sessionCount('prompts', 1);
  track('prompt_shown', support() === 'ios-needs-home-screen' ? homeScreen(settings) : named(settings));
  if (support() === 'yes') register().catch(warn.bind(null, 'worker')); // ready before the click
  document.body.appendChild(promptBox(settings));
  return null;
}

function promptBox(settings) {
  var ready = support() === 'yes';
  var box = dialog('shopbell-prompt', settings.title, ready ? settings.text : settings.ios_text, dismissed);
  if (settings.logo) {
    var logo = box.insertBefore(document.createElement('img'), box.firstChild);
    logo.src = settings.logo;
    logo.alt = '';
    logo.style.cssText = 'float:left;width:40px;height:40px;margin:0 12px 8px 0';
  }
  var narrow = matchMedia('(max-width: 600px)').matches;
  var where = settings.position || (narrow ? 'bottom-center' : 'top-center');
  box.style[where.indexOf('top') === 0 ? 'top' : 'bottom'] = '16px';
  if (ready) {
    var topics = topicBoxes(settings.topics || []);
    if (settings.topics && settings.topics.length) box.appendChild(topics);
    box.appendChild(
      button('shopbell-allow', settings.allow, true, function () {
        var answer = ask(settings); // first of all: see ask()
        var wanted = ticked(topics);
        box.remove();
        track('prompt_accepted', named(settings));
        answer
          .then(function (subscription) {
            return subscription && wanted.length ? prefer({ topics: wanted }) : null;
          })
          .catch(warn.bind(null, 'subscribe'));
      })
    );
  }
  box.appendChild(button('shopbell-later', settings.later, false, box.close));
  return box;

  function dismissed() {
    track('prompt_dismissed', named(settings));
    var past = read('prompt') || {};
    past.dismissed = (past.dismissed || 0) + 1;
    var days = settings.backoff[Math.min(past.dismissed, settings.backoff.length) - 1] || 0;
    past.until = Date.now() + days * DAY;
    write('prompt', past);
  }
}

function topicBoxes(topics) {
  var group = document.createElement('div');
  group.style.cssText = 'margin:0 0 14px';
  topics.forEach(function (topic) {
    var label = line('label', '', 'display:block;margin:4px 0;cursor:pointer');
    var tick = document.createElement('input');
    tick.type = 'checkbox';
    tick.value = topic.id;
    tick.style.cssText = 'margin:0 8px 0 0';
    label.appendChild(tick);
    label.appendChild(document.createTextNode(topic.label));
    group.appendChild(label);
  });
  return group;
}

function ticked(group) {
  return Array.prototype.map.call(group.querySelectorAll('input:checked'), function (tick) {
    return tick.value;
  });
}

/** The browser's question was closed without an answer: half a "later". */
function ignored() {
  var past = read('prompt') || {};
  past.ignored = (past.ignored || 0) + 1;
  past.until = Date.now() + IGNORED_WAIT;
  write('prompt', past);
}

// What we draw: styles set from script pass a strict Content-Security-Policy, texts are never HTML.

function dialog(id, title, text, onClose) {
  var box = document.createElement('div');
  box.id = id;
  box.setAttribute('role', 'dialog');
  box.setAttribute('aria-labelledby', id + '-title');
  box.style.cssText =
    'position:fixed;z-index:2147483000;left:16px;right:16px;max-width:420px;margin:0 auto;padding:20px;' +
    'box-sizing:border-box;background:#fff;color:#1c1c22;border-radius:14px;text-align:left;' +
    'box-shadow:0 10px 40px rgba(20,20,40,.25);font:15px/1.45 system-ui,sans-serif';
  var cross = button(id + '-close', '\u00d7', false, close);
  cross.setAttribute('aria-label', 'Close');
  cross.style.cssText =
    'position:absolute;right:8px;top:6px;border:0;background:none;color:#666;font-size:22px;cursor:pointer';
  box.appendChild(line('strong', title, 'display:block;margin:0 24px 6px 0;font-size:17px')).id = id + '-title';
  box.appendChild(line('p', text, 'margin:0 0 14px'));
  box.appendChild(cross);
  box.addEventListener('keydown', function (event) {
    if (event.key === 'Escape') close();
  });
  box.close = close;
  return box;

  function close() {
    box.remove();
    if (onClose) onClose();
  }
}

function line(tag, text, style) {
  var element = document.createElement(tag);
  element.textContent = text || '';
  element.style.cssText = style;
  return element;
}

function button(id, label, strong, onClick) {
  var element = line(
    'button',
    label,
    'margin-right:10px;padding:10px 18px;border-radius:9px;border:1px solid #c9c9d4;font:inherit;cursor:pointer;' +
      (strong ? 'background:#3b2fc9;border-color:#3b2fc9;color:#fff' : 'background:#fff;color:#1c1c22')
  );
  element.type = 'button';
  element.id = id;
  element.onclick = onClick;
  return element;
}

// The landing: a second, independent sign that somebody came from a message.

var LONGEST_TIMER = 2147483647; // a browser's timers know no more milliseconds

/** Take the message's token out of the address before anybody copies it or counts it as another page. */
function takeToken() {
  var url = new URL(location.href);
  var token = url.searchParams.get('sb_m');
  if (!token) return;
  url.searchParams.delete('sb_m');
  history.replaceState(history.state, '', url.pathname + url.search + url.hash);
  write('landed', token); // until the server has it: the next page tries again
}

function reportLanding() {
  var token = read('landed');
  if (!token) {
    showPopup(read('popup'));
    showPicks(keptPicks());
    return;
  }
  request('POST', config.api + '/v1/receipts', { message: token, kind: 'landed' })
    .then(
      function (response) {
        forget('landed');
        return response.json();
      },
      function (error) {
        if (error.final) forget('landed');
        throw error;
      }
    )
    .then(function (answer) {
      if (answer.popup && answer.popup.expires_at) write('popup', answer.popup);
      showPopup(answer.popup || read('popup'));
      keepPicks(answer.picks || []);
      showPicks(answer.picks || []);
      emit('landed', answer);
    })
    .catch(warn.bind(null, 'landing'));
}

/** On this page and on those that follow, until it is closed or runs out. */
function showPopup(popup) {
  if (!popup) return;
  var left = popup.expires_at ? new Date(popup.expires_at) - Date.now() : 0;
  if (popup.expires_at && !(left > 0)) {
    forget('popup');
    return;
  }
  var box = dialog('shopbell-popup', popup.title, popup.body, function () {
    forget('popup');
  });
  box.style.bottom = '16px';
  if (popup.code) {
    var style =
      'display:block;padding:10px;border:1px dashed #3b2fc9;border-radius:9px;text-align:center;font-size:18px;' +
      'user-select:all;-webkit-user-select:all';
    box.appendChild(line('code', popup.code, style)).id = 'shopbell-popup-code';
  }
  if (popup.expires_at) {
    var until = line('time', new Date(popup.expires_at).toLocaleString(navigator.language), 'display:block;margin-top:8px');
    until.dateTime = popup.expires_at;
    box.appendChild(until);
    if (left <= LONGEST_TIMER) setTimeout(box.close, left);
  }
  document.body.appendChild(box);
}

// The list that was picked for who comes from a message: in every block of the page with data-shopbell-picks.

/** Kept while the tab lives, since the token is spent when the page is loaded anew. */
function keepPicks(picks) {
  try {
    sessionStorage.setItem('shopbell.picks', JSON.stringify(picks));
  } catch (error) {
    warn('storage', error);
  }
}

function keptPicks() {
  try {
    return JSON.parse(sessionStorage.getItem('shopbell.picks') || '[]');
  } catch (error) {
    return [];
  }
}

/** The value of data-shopbell-picks is how many the block takes; without one it takes them all. */
function showPicks(picks) {
  if (document.readyState === 'loading') {
    document.addEventListener('DOMContentLoaded', showPicks.bind(null, picks));
    return;
  }
  var blocks = document.querySelectorAll('[data-shopbell-picks]');
  Array.prototype.forEach.call(blocks, function (block) {
    var most = Number(block.getAttribute('data-shopbell-picks')) || picks.length;
    block.textContent = '';
    picks.slice(0, most).forEach(function (product) {
      if (/^https?:/.test(product.url)) block.appendChild(pickOf(product));
    });
  });
}

function pickOf(product) {
  var link = document.createElement('a');
  link.href = product.url;
  link.className = 'shopbell-pick';
  if (/^https?:/.test(product.image_url)) {
    var image = document.createElement('img');
    image.src = product.image_url;
    image.alt = '';
    link.appendChild(image);
  }
  link.appendChild(line('span', product.title, '')).className = 'shopbell-pick-title';
  link.appendChild(line('span', priceOf(product), '')).className = 'shopbell-pick-price';
  return link;
}

function priceOf(product) {
  try {
    var format = new Intl.NumberFormat(navigator.language, { style: 'currency', currency: product.currency });
    var digits = format.resolvedOptions().maximumFractionDigits;
    return format.format(product.price / Math.pow(10, digits));
  } catch (error) {
    return '';
  }
}

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
})(window, document);
