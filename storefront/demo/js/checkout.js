// The checkout: nobody is asked about notifications here.

import { cart, order, total } from './cart.js';
import { money } from './catalogue.js';
import { element, fill } from './element.js';
import { start } from './layout.js';

const { id, lines } = cart();
if (lines.length) {
  const rows = lines.map((line) => element('p', {}, `${line.quantity} × ${line.title}`));
  fill('summary', ...rows, element('p', { className: 'price' }, money(total(lines), lines[0].currency)));
  shopbell('track', 'checkout_start', { cart_id: id, value: total(lines) });
} else {
  fill('summary', 'The cart is empty.');
  document.getElementById('place-order').disabled = true;
}
document.getElementById('order').addEventListener('submit', (event) => {
  event.preventDefault();
  const placed = order();
  location.href = 'thanks.html?order=' + encodeURIComponent(placed.order_id);
});
await start();
