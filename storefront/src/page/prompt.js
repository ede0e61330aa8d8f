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
