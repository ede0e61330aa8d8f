// The landing: a second, independent sign that somebody came from a message.

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
      if (answer.popup) showPopup(answer.popup);
      keepPicks(answer.picks || []);
      showPicks(answer.picks || []);
      emit('landed', answer);
    })
    .catch(warn.bind(null, 'landing'));
}

function showPopup(popup) {
  var box = dialog('shopbell-popup', popup.title, popup.body, null);
  box.style.bottom = '16px';
  if (popup.code) {
    var style = 'display:block;padding:10px;border:1px dashed #3b2fc9;border-radius:9px;text-align:center;font-size:18px';
    box.appendChild(line('code', popup.code, style)).id = 'shopbell-popup-code';
  }
  if (popup.expires_at) {
    var until = new Date(popup.expires_at).toLocaleString(navigator.language);
    box.appendChild(line('small', until, 'display:block;margin-top:8px;color:#666'));
  }
  document.body.appendChild(box);
}
