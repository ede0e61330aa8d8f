/*
 * Shopbell for the shop's pages: events, the two-step permission prompt, the push subscription, the landing.
 *
 *   <script async src="https://api.example/sdk/shopbell.js" data-key="sb_pub_..."></script>
 *
 * or, to call it before it has loaded:
 *
 *   window.shopbell = window.shopbell || function () { (shopbell.q = shopbell.q || []).push(arguments); };
 *   shopbell('init', { api: 'https://api.example', key: 'sb_pub_...' });
 *   shopbell('track', 'product_view', { product_id: 'p1' });
 *
 * No dependencies. docs/storefront.md describes the calls and what is kept in the browser.
 * Made of storefront/src/page by storefront/build.py.
 */
