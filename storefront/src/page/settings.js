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
