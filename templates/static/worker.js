// The installed studio: keeps what is the same for everybody (style, scripts, fonts, and a page that says that there is
// no connection), and never a page of anybody's own.
const KEPT = "kept-1";
const MOST = 60;

self.addEventListener("install", (event) => {
  const offline = new Request("/offline", { credentials: "omit" });
  event.waitUntil(caches.open(KEPT).then((kept) => kept.add(offline)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const forget = async () => {
    for (const name of await caches.keys()) if (name !== KEPT) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(forget());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(fromKept(request));
  else if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match("/offline")));
});

async function fromKept(request) {
  const kept = await caches.open(KEPT);
  const found = await kept.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) {
    await kept.put(request, answer.clone());
    for (const old of (await kept.keys()).slice(1, -MOST)) await kept.delete(old);
  }
  return answer;
}
