/*
 * Shopbell in the service worker: shows each message once, reports what became of it, renews the subscription.
 *
 * The shop serves /shopbell-sw.js from its own origin, two lines long:
 *
 *   self.SHOPBELL = { api: 'https://api.example', key: 'sb_pub_...', name: 'My shop' };
 *   importScripts(self.SHOPBELL.api + '/sdk/shopbell-sw.js');
 *
 * The settings stand in that file because a worker that a push has just woken has no page to ask.
 * Made of storefront/src/worker by storefront/build.py.
 */
