// The cart.

import { cart, remove, total } from './cart.js';
import { money } from './catalogue.js';
import { element, fill } from './element.js';
import { productLink, start } from './layout.js';

function row(line) {
  const link = element('a', { href: productLink({ id: line.product_id }) }, line.title);
  const away = element('button', { type: 'button', className: 'remove', onclick: () => remove(line) }, 'Remove');
  const cells = [link, String(line.quantity), money(line.price * line.quantity, line.currency), away];
  return element('tr', {}, ...cells.map((cell) => element('td', {}, cell)));
}

function draw({ lines }) {
  if (!lines.length) return fill('cart', element('p', { className: 'quiet' }, 'There is nothing in it yet.'));
  const sum = element('p', { className: 'price' }, 'Total ' + money(total(lines), lines[0].currency));
  const go = element('a', { id: 'to-checkout', className: 'button strong', href: 'checkout.html' }, 'To the checkout');
  return fill('cart', element('table', {}, element('tbody', {}, ...lines.map(row))), sum, go);
}

draw(cart());
document.addEventListener('cart', (event) => draw(event.detail));
await start();
