// What a search found, also when that is nothing: a search without results is worth knowing.

import { found } from './catalogue.js';
import { fill } from './element.js';
import { card, start } from './layout.js';

const SHOWN = 48;

const query = (new URLSearchParams(location.search).get('q') || '').trim();
const results = found(await start(), query);
fill('title', `${results.length} results for “${query}”`);
fill('products', ...results.slice(0, SHOWN).map(card));
if (query) shopbell('track', 'search', { query, results: results.length });
