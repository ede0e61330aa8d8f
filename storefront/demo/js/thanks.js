// After the order.

import { element, fill } from './element.js';
import { start } from './layout.js';

const order = new URLSearchParams(location.search).get('order') || '';
fill('message', 'Your order ', element('code', {}, order), ' is on its way to nowhere.');
await start();
