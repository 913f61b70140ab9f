// SPDX-License-Identifier: ISC
// The service worker: when the page cannot be had, it says so; and it leads back from a notification.
// That is all it does. It keeps no part of the page and no picture, so that nothing old is ever shown
// as if it were live; the one page that it has was put into the cache by the page itself
// (src/parts/offline.ts), in the reader's language.
'use strict';

const OFFLINE = new URL('./offline', self.registration.scope).href;

self.addEventListener('install', (event) => {
  self.skipWaiting();
  // Where the browser can, all else goes past the worker without waking it.
  if (event.addRoutes) {
    const routes = ['cors', 'no-cors', 'same-origin'].map((requestMode) => ({
      condition: { requestMode },
      source: 'network',
    }));
    event.waitUntil(event.addRoutes(routes).catch(() => {}));
  }
});

self.addEventListener('activate', (event) => {
  // The page is asked for while the worker starts, so that this costs no time.
  event.waitUntil(self.registration.navigationPreload?.enable());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.mode !== 'navigate') return;
  event.respondWith(
    (async () => {
      try {
        return (await event.preloadResponse) ?? (await fetch(request));
      } catch (error) {
        const page = await caches.match(OFFLINE);
        if (page) return page;
        throw error;
      }
    })(),
  );
});

// Where only a worker may show a notification (parts/people/full.ts): it leads back to the page.
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(
    (async () => {
      const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
      if (pages.length > 0) await pages[0].focus();
      else await self.clients.openWindow(self.registration.scope);
    })(),
  );
});
