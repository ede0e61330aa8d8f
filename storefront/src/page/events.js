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
