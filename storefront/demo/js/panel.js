// "What Shopbell knows": the visitor, the permission, and what was told last.

import { element } from './element.js';

const KEPT = 8;

function told() {
  return JSON.parse(sessionStorage.getItem('told') || '[]');
}

/** Kept over the change of page, since most events are told while one page gives way to the next. */
function keep(recent) {
  const known = new Set(told().map((event) => event.id));
  const fresh = recent.filter((event) => !known.has(event.id)).reverse();
  sessionStorage.setItem('told', JSON.stringify([...fresh, ...told()].slice(0, KEPT)));
}

function facts() {
  const status = shopbell('status');
  if (!status) return [['Shopbell', 'is loading']];
  keep(status.recent);
  return [
    ['Visitor', status.visitor_id],
    ['Permission', String(status.permission)],
    ['Subscribed', status.subscribed ? 'yes' : 'no'],
    ['Soft prompt', status.prompt ? 'not now: ' + status.prompt : 'may be shown'],
    ['Waiting to be sent', String(status.waiting)],
    ...(status.error ? [['Last error', status.error]] : [])
  ];
}

function line(event) {
  const time = event.occurred_at.slice(11, 19);
  const what = element('span', { className: 'quiet' }, summary(event.properties));
  return element('li', { title: JSON.stringify(event, null, 1) }, `${time} ${event.type} `, what);
}

function summary(properties) {
  const first = Object.entries(properties).find(([name]) => name !== 'title');
  return first ? `${first[0]}: ${JSON.stringify(first[1])}` : '';
}

function button(label, act) {
  return element('button', { type: 'button', onclick: act }, label);
}

export function showPanel() {
  const body = element('div');
  const panel = element('details', { id: 'knows', open: innerWidth > 1200 }, element('summary', {}, 'What Shopbell knows'), body);
  const draw = () => {
    const terms = facts().flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]);
    body.replaceChildren(
      element('dl', {}, ...terms),
      element('ol', {}, ...told().map(line)),
      button('Notify me', () => shopbell('prompt')),
      button('Stop notifications', async () => {
        await shopbell('unsubscribe');
        draw();
      }),
      button('Be somebody else', () => {
        shopbell('reset');
        draw();
      })
    );
  };
  for (const name of ['ready', 'event', 'sent', 'subscription']) document.addEventListener('shopbell:' + name, draw);
  document.body.append(panel);
  draw();
}
