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
