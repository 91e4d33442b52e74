// Evidence for the judge: the pinned trust root, the trust list, and one bundle a mark, always from this page's own
// host. What was fetched is kept, so that a mark that was asked for once can be judged without a network, as of then.

import { emptyBundle, parseBundle } from "../judge/bundle.js";
import { orNull } from "../judge/examination.js";
import { follow, pin } from "../judge/root.js";

const PINNED = "shirushi.root";
const KEPT = "shirushi-evidence";
const MOST_KEPT = 200;
const LONGEST_WAIT = 20_000;

const get = (path) => fetch(path, { cache: "no-store", redirect: "error", signal: AbortSignal.timeout(LONGEST_WAIT) });

function readPinned() {
  const kept = JSON.parse(localStorage.getItem(PINNED) ?? "null");
  return kept ? { file: kept.file, since: kept.since } : null;
}

/** Pin a trust root's file; it has to fulfil its own threshold. Returns {root, since}. */
export async function pinRoot(file, now) {
  const root = await pin(file);
  localStorage.setItem(PINNED, JSON.stringify({ file, since: now }));
  return { root, since: now };
}

/** The pinned trust root and since when: on the first visit the registry's first one. Throws where there is none. */
export async function pinnedRoot(now) {
  const kept = readPinned();
  if (kept) return { root: await pin(kept.file), since: kept.since };
  const answer = await get("/trust/1.json");
  if (!answer.ok) throw new Error("no trust root");
  return pinRoot(await answer.json(), now);
}

/** Follow the trust roots of a bundle and pin the newest, so that an older one is refused from now on. */
export async function keepNewest(root, bundle) {
  const newest = await orNull(() => follow(root, bundle.trust_roots));
  if (!newest || newest.content.version <= root.content.version) return root;
  const { since } = readPinned();
  for (const file of bundle.trust_roots) {
    const one = await orNull(() => pin(file));
    if (one?.sha256 === newest.sha256) localStorage.setItem(PINNED, JSON.stringify({ file, since }));
  }
  return newest;
}

/** Fetch the trust list and keep it for scans without a network. */
export async function refreshList() {
  const answer = await get("/trust/list.jwt").catch(() => null);
  if (answer?.ok) await (await caches.open(KEPT)).put("/trust/list.jwt", answer);
}

/** The evidence about a mark id: {bundle, live, wasKept}. Without a network, what was kept, or the trust list alone. */
export async function evidenceFor(id, root) {
  const path = `/verify/evidence/${id}.json`;
  const kept = await caches.open(KEPT);
  const answer = id ? await get(path).catch(() => null) : null;
  if (answer?.ok) {
    const bundle = await orNull(async () => parseBundle(new Uint8Array(await answer.clone().arrayBuffer())));
    if (bundle) {
      await keep(kept, path, answer);
      return { bundle, live: true, wasKept: false };
    }
  }
  const earlier = id ? await kept.match(path) : null;
  if (earlier) return { bundle: parseBundle(new Uint8Array(await earlier.arrayBuffer())), live: false, wasKept: true };
  const list = await kept.match("/trust/list.jwt");
  return {
    bundle: { ...emptyBundle(root.origin), trust_list: list ? await list.text() : null },
    live: false,
    wasKept: false,
  };
}

async function keep(kept, path, answer) {
  await kept.delete(path);
  await kept.put(path, answer);
  const bundles = (await kept.keys()).filter((one) => new URL(one.url).pathname.startsWith("/verify/evidence/"));
  for (const one of bundles.slice(0, Math.max(0, bundles.length - MOST_KEPT))) await kept.delete(one);
}
