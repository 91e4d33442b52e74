// The service worker of /verify: after one visit the page opens without a network. FILES and VERSION stand before this
// text when the reader serves it. It keeps the page and its modules; evidence is kept by the page itself.

const SHELL = `shirushi-shell-${VERSION}`;

self.addEventListener("install", (event) => {
  const fill = async () => {
    const cache = await caches.open(SHELL);
    await cache.addAll(FILES.map((path) => new Request(path, { cache: "reload" })));
    await self.skipWaiting();
  };
  event.waitUntil(fill());
});

self.addEventListener("activate", (event) => {
  const clean = async () => {
    const names = await caches.keys();
    const old = names.filter((name) => name.startsWith("shirushi-shell-") && name !== SHELL);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(clean());
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  const isPage = event.request.mode === "navigate" && url.pathname === "/verify";
  if (isPage || FILES.includes(url.pathname + url.search)) event.respondWith(newest(event.request, isPage));
});

/** The newest form of a part; without a network the kept one, so that page and judge are always of one version. */
async function newest(request, isPage) {
  try {
    return await fetch(request);
  } catch {
    const cache = await caches.open(SHELL);
    const kept = await cache.match(request, { ignoreVary: true });
    return kept ?? (isPage ? cache.match(request, { ignoreVary: true, ignoreSearch: true }) : Response.error());
  }
}
