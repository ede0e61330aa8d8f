// One category and what lies below it.

import { below, inCategory } from './catalogue.js';
import { element, fill } from './element.js';
import { card, categoryName, chip, start } from './layout.js';

const SHOWN = 48;

const category = new URLSearchParams(location.search).get('c') || '';
const list = await start();
const inside = list.filter((product) => inCategory(product, category));
document.title = categoryName(category) + ' · Corner Market';
fill('title', categoryName(category), element('span', { className: 'quiet' }, `  ${inside.length} products`));
fill('departments', ...below(list, category).slice(0, 12).map(chip));
fill('products', ...inside.slice(0, SHOWN).map(card));
shopbell('track', 'category_view', { category });
