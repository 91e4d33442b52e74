// What a link shows, as share.py and share_box.py have it: the part behind the "#", the commitment to a name, and the
// box of a one-time link. Nothing of it is sent anywhere; of a box, its id alone.

import { b64u, canonical, digest, readObject, unb64u, utf8 } from "../judge/encoding.js";
import { MalformedError } from "../judge/errors.js";
import { isMarkId } from "../judge/markid.js";

const LINK = /^([so])\.([A-Za-z0-9_-]{1,4200})$/;
const HOST = /^[a-z0-9](?:[a-z0-9.-]{0,60}[a-z0-9])?$/;
const NONCE = /^[A-Za-z0-9_-]{22}$/;
const LINE = /^[^\u0000-\u001f\u007f]{1,100}$/u;
const MAX_BYTES = 3072;
const LONGEST = 366 * 86_400;
const LATEST = 2 ** 53;
const MEMBERS = ["host", "id", "made", "mark", "name", "to", "until", "v"];
const NONCE_BYTES = 12;

function need(isFulfilled, complaint) {
  if (!isFulfilled) throw new MalformedError(complaint);
}

function checkName(name) {
  need(name !== null && typeof name === "object" && !Array.isArray(name), "the name is no object");
  need(Object.keys(name).sort().join() === "salt,value", "the name has other members");
  need(NONCE.test(name.salt) && typeof name.value === "string", "the name cannot be opened");
  need(name.value.length > 0 && [...name.value].length <= 200, "the name is too long");
}

/** The share of its bytes. Throws MalformedError. */
export function parseShare(bytes) {
  need(bytes.length <= MAX_BYTES, "a share is not that long");
  const share = readObject(bytes);
  need(
    Object.keys(share).every((name) => MEMBERS.includes(name)),
    "a member is unknown here",
  );
  need(share.v === 1 && NONCE.test(share.id), "another version, or no id");
  need(HOST.test(share.host) && typeof share.mark === "string" && isMarkId(share.mark), "no mark is named");
  need(typeof share.to === "string" && LINE.test(share.to), "no addressee is named");
  const instants = [share.made, share.until];
  need(
    instants.every((one) => Number.isSafeInteger(one) && one > 0 && one < LATEST),
    "the dates cannot be read",
  );
  need(share.made < share.until && share.until <= share.made + LONGEST, "a share lasts 366 days at most");
  if ("name" in share) checkName(share.name);
  return share;
}

/** What a fragment carries: {share} or {secret}. Throws MalformedError. */
export function readFragment(fragment) {
  const found = LINK.exec(fragment);
  need(found, "this is not a link that shows a mark");
  const content = unb64u(found[2]);
  if (found[1] === "s") return { share: parseShare(content) };
  need(content.length === 32, "a part of the link is missing");
  return { secret: content };
}

/** How the name in a share stands to a mark: none, fits, unfit or unconfirmed. */
export async function nameStanding(share, mark, isRegistered) {
  if (!share.name) return "none";
  if (!mark || !isRegistered) return "unconfirmed";
  const { salt, value } = share.name;
  const opened = ["shirushi-sd-1", `${mark.host}/log`, mark.sub, salt, "name", value];
  return (await digest(canonical(opened))) === mark.content.org.name_sd ? "fits" : "unfit";
}

async function derived(secret, purpose) {
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8(`shirushi-share-1 ${purpose}`) };
  return new Uint8Array(await crypto.subtle.deriveBits(how, key, 256));
}

export const boxId = async (secret) => b64u(await derived(secret, "id"));

/** The share in a box. Throws MalformedError. */
export async function openBox(secret, sealed) {
  const key = await crypto.subtle.importKey("raw", await derived(secret, "key"), "AES-GCM", false, ["decrypt"]);
  const iv = sealed.slice(0, NONCE_BYTES);
  const how = { name: "AES-GCM", iv, additionalData: utf8(await boxId(secret)) };
  const opened = await crypto.subtle.decrypt(how, key, sealed.slice(NONCE_BYTES)).catch(() => null);
  need(opened, "the box does not open with this link");
  const padded = new Uint8Array(opened);
  let end = padded.length;
  while (end > 0 && padded[end - 1] === 0x20) end -= 1;
  return parseShare(padded.slice(0, end));
}
