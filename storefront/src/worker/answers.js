// What people do with a notification.

self.addEventListener('notificationclick', function (event) {
  var shown = ours(event.notification);
  if (!shown) return;
  finished[shown.message] = true;
  event.notification.close();
  var link = shown.links[event.action] || shown.links[''];
  // In the task of the click: the right to open a window is gone once anything was awaited.
  var opened = link
    ? self.clients.openWindow(new URL(link, self.location.origin).href).catch(function (error) {
        console.warn('shopbell', 'could not open', link, error.message);
      })
    : null;
  event.waitUntil(Promise.all([opened, receipt(shown.message, 'clicked', event.action)]));
});

self.addEventListener('notificationclose', function (event) {
  var shown = ours(event.notification);
  if (!shown || finished[shown.message]) return;
  finished[shown.message] = true;
  event.waitUntil(receipt(shown.message, 'closed'));
});
