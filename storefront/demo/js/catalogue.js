// The products that the demo's server lists.

let loading = null;

export function products() {
  loading = loading || fetch('/products.json').then((response) => response.json());
  return loading;
}

export async function productOf(id) {
  return (await products()).find((product) => product.id === id) || null;
}

/** A category is a path such as "Outdoor/Boots"; its first part is the department. */
export function inCategory(product, category) {
  return (product.categories || []).some((path) => path === category || path.startsWith(category + '/'));
}

/** The departments, or what is one step below a category, each with its number of products, largest first. */
export function below(list, category) {
  const prefix = category ? category + '/' : '';
  const counts = new Map();
  for (const product of list) {
    for (const path of product.categories || []) {
      if (!path.startsWith(prefix) || path === category) continue;
      const next = prefix + path.slice(prefix.length).split('/')[0];
      counts.set(next, (counts.get(next) || 0) + 1);
    }
  }
  return [...counts].sort((one, other) => other[1] - one[1]);
}

export function found(list, query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return list.filter((product) => {
    const text = [product.title, product.brand, ...(product.categories || [])].join(' ').toLowerCase();
    return words.length > 0 && words.every((word) => text.includes(word));
  });
}

/** Prices are whole minor units, as in the API; how many make one is the currency's own business. */
export function money(amount, currency) {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: currency || 'USD' });
  return format.format(amount / 10 ** format.resolvedOptions().maximumFractionDigits);
}

export function lastPart(category) {
  return category.split('/').pop();
}
