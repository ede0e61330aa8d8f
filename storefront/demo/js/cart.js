// The cart, kept in this browser; every change is told to Shopbell.

const EMPTY = () => ({ id: crypto.randomUUID(), lines: [] });

export function cart() {
  return JSON.parse(localStorage.getItem('cart')) || EMPTY();
}

function save(changed) {
  localStorage.setItem('cart', JSON.stringify(changed));
  document.dispatchEvent(new CustomEvent('cart', { detail: changed }));
}

export function add(product) {
  const changed = cart();
  const line = changed.lines.find((each) => each.product_id === product.id);
  if (line) line.quantity += 1;
  else changed.lines.push({ product_id: product.id, title: product.title, price: product.price, currency: product.currency, quantity: 1 });
  save(changed);
  shopbell('track', 'cart_add', { product_id: product.id, quantity: 1, price: product.price, cart_id: changed.id });
}

export function remove(line) {
  const changed = cart();
  changed.lines = changed.lines.filter((each) => each.product_id !== line.product_id);
  save(changed);
  const removed = { product_id: line.product_id, quantity: line.quantity, price: line.price, cart_id: changed.id };
  shopbell('track', 'cart_remove', removed);
}

export function total(lines) {
  return lines.reduce((sum, line) => sum + line.price * line.quantity, 0);
}

/** The order that this cart becomes; the cart is empty afterwards. */
export function order() {
  const bought = cart();
  const items = bought.lines.map(({ product_id, quantity, price }) => ({ product_id, quantity, price }));
  const placed = {
    order_id: 'demo-' + bought.id,
    total: total(bought.lines),
    currency: bought.lines[0].currency || 'USD',
    items
  };
  shopbell('track', 'purchase', placed);
  save(EMPTY());
  return placed;
}
