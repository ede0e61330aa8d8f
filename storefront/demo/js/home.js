// The first page: departments, and a few products that change every day.

import { below } from './catalogue.js';
import { fill } from './element.js';
import { card, start, tile } from './layout.js';

const SHOWN = 12;
const DAY = 86400000;

const list = await start();
const first = (Math.floor(Date.now() / DAY) * SHOWN) % Math.max(list.length, 1);
fill('departments', ...below(list, '').slice(0, SHOWN).map(tile));
fill('products', ...[...list, ...list].slice(first, first + Math.min(SHOWN, list.length)).map(card));
