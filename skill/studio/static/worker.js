// The service worker: keeps the shell of the page, so that it opens without its server too. It keeps nothing else.

const worker = /** @type {any} */ (self);
/** @type {{version: string, addresses: string[]}} */
const shell = worker.shell; // the server writes it in front of this file
const OURS = "rugoefening-";
const KEPT = OURS + shell.version;

worker.addEventListener("install", (/** @type {any} */ event) => {
  // what must be quick never waits for this worker to wake up
  event.addRoutes?.([
    { condition: { urlPattern: "/audio/*" }, source: "network" },
    { condition: { requestMethod: "POST" }, source: "network" },
  ]);
  event.waitUntil(keep().then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (/** @type {any} */ event) => {
  event.waitUntil(forgetOlder().then(() => worker.clients.claim()));
});

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin || !shell.addresses.includes(pathname)) return;
  event.respondWith(fetch(event.request).catch(() => kept(pathname)));
});

async function keep() {
  const cache = await caches.open(KEPT);
  await cache.addAll(shell.addresses.map((one) => new Request(one, { cache: "reload" })));
}

async function forgetOlder() {
  const older = (await caches.keys()).filter((one) => one.startsWith(OURS) && one !== KEPT);
  await Promise.all(older.map((one) => caches.delete(one)));
}

/** @param {string} address */
async function kept(address) {
  const cache = await caches.open(KEPT);
  return (await cache.match(address)) ?? Response.error();
}
