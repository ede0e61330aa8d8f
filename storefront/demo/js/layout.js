// What every page has: the head with search and cart, the product cards, the panel.

import { cart } from './cart.js';
import { below, lastPart, money, products } from './catalogue.js';
import { element, fill } from './element.js';
import { showPanel } from './panel.js';
import { bell, picture } from './pictures.js';

const IN_HEAD = 4;

function words(text) {
  return lastPart(text).toLowerCase().replace(/(^|[\s/-])\w/g, (start) => start.toUpperCase());
}

export function productLink(product) {
  return 'product.html?id=' + encodeURIComponent(product.id);
}

export function categoryLink(category) {
  return 'category.html?c=' + encodeURIComponent(category);
}

export function categoryName(category) {
  return words(category);
}

export function tile([category, count]) {
  return element('a', { className: 'tile', href: categoryLink(category), title: count + ' products' }, picture(category), words(category));
}

export function chip([category]) {
  return element('a', { href: categoryLink(category) }, words(category));
}

export function card(product) {
  return element(
    'a',
    { className: 'card', href: productLink(product) },
    picture((product.categories || [''])[0]),
    element('span', { className: 'name' }, product.title),
    element('span', { className: 'quiet' }, product.brand || ' '),
    element('span', { className: 'price', style: 'display:block' }, money(product.price, product.currency))
  );
}

function searchForm() {
  const given = new URLSearchParams(location.search).get('q') || '';
  const input = element('input', { name: 'q', type: 'search', placeholder: 'Search', value: given, ariaLabel: 'Search' });
  return element('form', { action: 'search.html' }, input);
}

function cartLink() {
  const count = element('span', { className: 'count', id: 'cart-count' });
  const show = (given) => {
    count.textContent = given.lines.reduce((sum, line) => sum + line.quantity, 0);
  };
  document.addEventListener('cart', (event) => show(event.detail));
  show(cart());
  return element('a', { href: 'cart.html' }, 'Cart ', count);
}

/** Draw the frame and hand the products to the page. */
export async function start() {
  const brand = element('a', { className: 'brand', href: 'index.html' }, 'Corner Market');
  const ask = { id: 'bell', type: 'button', title: 'Get notifications', onclick: () => shopbell('prompt') };
  const departments = element('nav', { className: 'chips', style: 'margin:0' });
  fill('top', element('div', { className: 'bar' }, brand, departments, searchForm(), element('button', ask, bell()), cartLink()));
  fill('bottom', 'A demonstration: nothing here is for sale.');
  showPanel();
  const list = await products();
  departments.append(...below(list, '').slice(0, IN_HEAD).map(chip));
  return list;
}
