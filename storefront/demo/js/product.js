// One product.

import { add } from './cart.js';
import { inCategory, money, productOf } from './catalogue.js';
import { element, fill } from './element.js';
import { card, categoryLink, categoryName, start } from './layout.js';
import { picture } from './pictures.js';

const SHOWN = 5;

function drawProduct(product, category) {
  document.title = product.title + ' · Corner Market';
  const put = element('button', { id: 'add-to-cart', className: 'strong', type: 'button', onclick: () => add(product) }, 'Add to cart');
  const text = element(
    'div',
    {},
    element('a', { className: 'quiet', href: categoryLink(category) }, categoryName(category)),
    element('h1', { style: 'margin-top:4px' }, product.title),
    element('p', { className: 'quiet' }, product.brand || ''),
    element('p', { className: 'price' }, money(product.price, product.currency)),
    put
  );
  fill('product', picture(category), text);
}

const id = new URLSearchParams(location.search).get('id') || '';
const list = await start();
const product = await productOf(id);
if (product) {
  const category = (product.categories || [''])[0];
  const others = list.filter((other) => other.id !== id && inCategory(other, category));
  drawProduct(product, category);
  fill('products', ...others.slice(0, SHOWN).map(card));
  shopbell('track', 'product_view', { product_id: id, price: product.price, in_stock: product.in_stock !== false });
} else {
  fill('product', element('p', {}, 'This product is not in the list of this demonstration.'));
  if (id) shopbell('track', 'product_view', { product_id: id });
}
