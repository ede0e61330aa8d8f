// A page that is not counted as a visit.

import { start } from './layout.js';

await start();
