// Signed notes, verifier keys, checkpoints and cosignatures (C2SP): see log/note.py, vkey.py, checkpoint.py,
// cosignature.py.

import { b64, concat, sha256, unb64, utf8 } from "./encoding.js";
import { KeyRefusedError, MalformedError, SignatureError } from "./errors.js";
import { bigEndian, checkEd25519, verifyRaw } from "./keys.js";
import { checkMldsa, verifyMldsa } from "./mldsa.js";

export const NOTE_KEY = 0x01;
export const COSIGNATURE_TYPES = [0x04, 0x06];
const MAX_NOTE = 1_000_000;
const MAX_SIGNATURES = 100;
const MAX_SIZE = 2n ** 63n - 1n;
const DASH = "\u2014 ";
const SPACE = /[+\p{White_Space}\u0000-\u001f]/u;

const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function requireKeyName(name) {
  const length = utf8(name).length;
  if (length === 0 || length > 255 || SPACE.test(name)) {
    throw new MalformedError("a key name is 1 to 255 bytes without white space, plus or control characters");
  }
}

function parted(text, separator) {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** The key of a vkey text. Throws MalformedError, KeyRefusedError. */
export async function parseVkey(text) {
  const [name, rest] = parted(text, "+");
  const [keyId, encoded] = parted(rest, "+");
  if (text.length > 4096 || !/^[0-9a-f]{8}$/.test(keyId)) {
    throw new MalformedError("a verifier key is written <name>+<8 hex digits>+<base64>");
  }
  const data = unb64(encoded);
  if (!data.length) throw new MalformedError("the verifier key holds no key");
  requireKeyName(name);
  const [type, raw] = [data[0], data.subarray(1)];
  if (type === NOTE_KEY || type === 0x04) checkEd25519(raw);
  else if (type === 0x06) checkMldsa(44, raw);
  else throw new KeyRefusedError("this signature type is not used here");
  const id = hex((await sha256(concat(utf8(`${name}\n`), data))).subarray(0, 4));
  if (id !== keyId) throw new MalformedError("the key id of the verifier key does not belong to its name and key");
  return { name, type, raw, id, text: `${name}+${id}+${b64(data)}` };
}

/** The note of a text, unverified. Throws MalformedError. */
function parseNote(whole) {
  if (utf8(whole).length > MAX_NOTE) throw new MalformedError(`a note is at most ${MAX_NOTE} bytes long`);
  if (/[\u0000-\u0009\u000b-\u001f]/.test(whole)) {
    throw new MalformedError("a note holds no control character but newline");
  }
  const at = whole.lastIndexOf("\n\n");
  if (at < 0) throw new MalformedError("a note has an empty line before its signatures");
  const lines = whole.slice(at + 2);
  if (!lines.endsWith("\n")) throw new MalformedError("a signed note ends in a signature line and a newline");
  const split = lines.slice(0, -1).split("\n");
  if (split.length > MAX_SIGNATURES) throw new MalformedError(`a note carries at most ${MAX_SIGNATURES} signatures`);
  return { text: `${whole.slice(0, at)}\n`, signatures: split.map(signatureLine) };
}

function signatureLine(line) {
  const hasDash = line.startsWith(DASH);
  const rest = hasDash ? line.slice(DASH.length) : line;
  const [name, encoded] = parted(rest, " ");
  if (!hasDash || !rest.includes(" ")) {
    throw new MalformedError("a signature line is an em dash, a key name and base64, one space apart");
  }
  requireKeyName(name);
  const data = unb64(encoded);
  if (data.length <= 4) throw new MalformedError("a signature is longer than its key id");
  return { name, id: hex(data.subarray(0, 4)), signature: data.subarray(4) };
}

function knownSignatures(note, keys) {
  const known = new Map(keys.map((key) => [`${key.name}+${key.id}`, key]));
  if (known.size !== new Set(keys.map((key) => key.text)).size) {
    throw new KeyRefusedError("two keys share a name and a key id");
  }
  const found = note.signatures.map((one) => [one, known.get(`${one.name}+${one.id}`)]);
  return found.filter(([, key]) => key);
}

/** Check the note's signatures by these keys; one of them has signed it afterwards. Throws SignatureError. */
export async function openNote(note, keys) {
  const found = knownSignatures(note, keys);
  for (const [one, key] of found) await named(key, verifyEd25519(key, one.signature, utf8(note.text)));
  if (!found.length) throw new SignatureError("no known key has signed the note");
}

async function verifyEd25519(key, signature, message) {
  if (signature.length !== 64) throw new SignatureError("the signature is not 64 bytes long");
  await verifyRaw(key.raw, signature, message);
}

async function named(key, verified) {
  try {
    await verified;
  } catch (error) {
    if (error instanceof SignatureError) throw new SignatureError(`the signature of ${key.name} does not verify`);
    throw error;
  }
}

/** A size or index in ASCII digits without leading zeros, below 2^63, as a BigInt. Throws MalformedError. */
function parseDecimal(text) {
  if (!/^(?:0|[1-9][0-9]{0,18})$/.test(text) || BigInt(text) > MAX_SIZE) {
    throw new MalformedError("a size or index is a decimal number below 2**63 without leading zeros");
  }
  return BigInt(text);
}

/** The signed checkpoint of a note. ``size`` is a number, ``exact`` the same as a BigInt. Throws MalformedError. */
export function parseCheckpoint(whole) {
  const note = parseNote(whole);
  const lines = note.text.slice(0, -1).split("\n");
  if (lines.length < 3 || lines.some((line) => !line)) {
    throw new MalformedError("a checkpoint is at least three lines, none of them empty");
  }
  const [origin, size, encoded] = lines;
  if (utf8(origin).length > 255) throw new MalformedError("the origin of a log is at most 255 bytes long");
  const exact = parseDecimal(size);
  const root = unb64(encoded);
  if (root.length !== 32) throw new MalformedError("a hash of the tree is 32 bytes long");
  return { note, origin, exact, size: Number(exact), root };
}

/** When each known witness first cosigned the checkpoint, by vkey text. Throws SignatureError for a bad line. */
export async function cosignedTimes(signed, keys) {
  const times = new Map();
  for (const [one, key] of knownSignatures(signed.note, keys)) {
    const time = await verifyCosignature(key, one.signature, signed);
    times.set(key.text, Math.min(time, times.get(key.text) ?? time));
  }
  return times;
}

async function verifyCosignature(key, data, signed) {
  if (!COSIGNATURE_TYPES.includes(key.type))
    throw new KeyRefusedError("a witness cosigns with a key of type 0x04 or 0x06");
  const stamp = data.subarray(0, 8);
  const time = bigEndian(stamp);
  if (time <= 0n || time > MAX_SIZE) throw new SignatureError(`not a dated cosignature of ${key.name}`);
  const signature = data.subarray(8);
  if (key.type === 0x06) {
    await named(
      key,
      Promise.resolve().then(() => verifyMldsa(44, key.raw, signature, mldsaMessage(key, signed, stamp))),
    );
  } else {
    await named(key, verifyEd25519(key, signature, utf8(`cosignature/v1\ntime ${time}\n${signed.note.text}`)));
  }
  return Number(time);
}

function mldsaMessage(key, signed, stamp) {
  const [name, origin] = [utf8(key.name), utf8(signed.origin)];
  const size = new Uint8Array(8);
  new DataView(size.buffer).setBigUint64(0, signed.exact);
  const [own, its] = [Uint8Array.of(name.length), Uint8Array.of(origin.length)];
  return concat(utf8("subtree/v1\n\0"), own, name, stamp, its, origin, new Uint8Array(8), size, signed.root);
}
