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
