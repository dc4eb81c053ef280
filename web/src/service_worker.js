// Keeps the pages themselves on the device, so that they open at once and also while the server is
// away. It keeps no data: whatever is asked of /api, /photos and /socket.io passes it by.
const shell = "tamtap-__VERSION__";
const files = ["__FILES__"];
const site = new URL(".", self.location.href).pathname; // "/", or "/tamtap/" below a path prefix

self.addEventListener("install", (event) => {
  const keep = async () => {
    const cache = await caches.open(shell);
    await cache.addAll([site, ...["tamaraw.svg", ...files].map((name) => site + name)]);
    await self.skipWaiting();
  };
  event.waitUntil(keep());
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    for (const name of await caches.keys()) if (name !== shell) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

// Names of assets change with their content. The page is asked of the server while there is one.
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (!pathname.startsWith(site)) return;
  const place = pathname.slice(site.length);
  if (place.startsWith("assets/") || place === "tamaraw.svg") {
    event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
  } else if (request.mode === "navigate" && !/^(api|photos|socket\.io)\//.test(place)) {
    event.respondWith(
      fetch(request).catch(async () => (await caches.match(site)) ?? Response.error()),
    );
  }
});
