// The signature of a PDF: CMS (RFC 5652) over the byte ranges of ISO 32000-2, 12.8.1. Asked is one thing: whether these
// are the bytes that the registry's key for documents signed. Only its algorithm, ES256, is computed here: a signature
// of another kind is another key's. The server asks the same (registry/document/document_signature.py).

import { concat } from "../judge/encoding.js";
import { asLatin } from "./attached.js";

const RANGE = /\/ByteRange\s{0,9}\[\s{0,9}(\d{1,9})\s+(\d{1,9})\s+(\d{1,9})\s+(\d{1,9})\s{0,99}\]/g;
const DATA = "2a864886f70d010701";
const SIGNED_DATA = "2a864886f70d010702";
const CONTENT_TYPE = "2a864886f70d010903";
const MESSAGE_DIGEST = "2a864886f70d010904";
const SHA256 = "608648016503040201";
const ES256 = { name: "ECDSA", hash: "SHA-256" };

/** "none", "ours", "other", "unknown_key", "changed" or "unreadable"; ``own`` is the certificate as PEM, or null. */
export async function documentSignature(bytes, own) {
  const latin = asLatin(bytes);
  const ranges = [...latin.matchAll(RANGE)];
  if (!ranges.length) return "none";
  const [first, length, second, rest] = ranges.at(-1).slice(1).map(Number);
  const gap = latin.slice(length, second);
  if (first !== 0 || second + rest !== bytes.length || !/^<[0-9A-Fa-f]{2,60000}>$/.test(gap)) return "changed";
  const signed = concat(bytes.slice(0, length), bytes.slice(second));
  const digest = hex(new Uint8Array(await crypto.subtle.digest("SHA-256", signed)));
  const mine = own ? hex(ofPem(own)) : null;
  try {
    return await stateOf(ofHex(gap.slice(1, -1)), digest, mine);
  } catch {
    return "unreadable";
  }
}

async function stateOf(signature, digest, mine) {
  const { signer, attributes, value, certificate } = readCms(signature);
  const said = (oid) => attributes.inner.find((one) => hex(one.inner[0].content) === oid)?.inner[1].inner[0];
  if (signer.hash !== SHA256) return "unreadable";
  if (hex(said(CONTENT_TYPE).content) !== DATA || hex(said(MESSAGE_DIGEST).content) !== digest) return "changed";
  const key = await crypto.subtle
    .importKey("spki", publicKey(certificate).whole, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"])
    .catch(() => null);
  // Signed attributes are signed as a SET, whatever stands around them here (RFC 5652, 5.4).
  const text = new Uint8Array([0x31, ...attributes.whole.slice(1)]);
  if (!key) return mine === null ? "unreadable" : "other";
  if (!(await crypto.subtle.verify(ES256, key, rawSignature(value), text))) return "changed";
  if (mine === null) return "unknown_key";
  return hex(certificate.whole) === mine ? "ours" : "other";
}

function readCms(bytes) {
  const [type, content] = read(bytes, 0).inner;
  if (hex(type.content) !== SIGNED_DATA) throw new Error("no signed data");
  const data = content.inner[0];
  const certificates = data.inner.find((one) => one.tag === 0xa0).inner;
  const signers = data.inner.at(-1).inner;
  if (signers.length !== 1) throw new Error("one signer is expected");
  const [, sid, hash, attributes, , value] = signers[0].inner;
  const serial = hex(sid.inner[1].content);
  const found = certificates.filter((one) => hex(serialOf(one).content) === serial);
  if (found.length !== 1 || attributes.tag !== 0xa0) throw new Error("no certificate of the signer");
  const signer = { hash: hex(hash.inner[0].content) };
  return { signer, attributes, value: value.content, certificate: found[0] };
}

const fieldsOf = (certificate) => certificate.inner[0].inner.filter((one) => one.tag !== 0xa0);
const serialOf = (certificate) => fieldsOf(certificate)[0];
const publicKey = (certificate) => fieldsOf(certificate)[5];

/** The two numbers of an ECDSA signature, 32 bytes each. */
function rawSignature(der) {
  const raw = new Uint8Array(64);
  read(der, 0).inner.forEach(({ content }, number) => {
    const digits = content.slice(content.findIndex((byte) => byte !== 0));
    raw.set(digits, 32 * (number + 1) - digits.length);
  });
  return raw;
}

/** One element of DER: tag, content, the elements in it where it is made of some, and all its bytes. */
function read(bytes, at) {
  const tag = bytes[at];
  let [length, start] = [bytes[at + 1], at + 2];
  if (length > 0x84 || length === 0x80) throw new Error("no such length");
  if (length > 0x80) {
    const count = length - 0x80;
    length = bytes.slice(start, start + count).reduce((sum, byte) => sum * 256 + byte, 0);
    start += count;
  }
  const end = start + length;
  if (!(end <= bytes.length)) throw new Error("the element does not end");
  const content = bytes.slice(start, end);
  return { tag, content, whole: bytes.slice(at, end), inner: tag & 0x20 ? elements(content) : [] };
}

function elements(content) {
  const found = [];
  for (let at = 0; at < content.length; ) {
    const one = read(content, at);
    found.push(one);
    at += one.whole.length;
  }
  return found;
}

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const ofHex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));

function ofPem(text) {
  const [, body] = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(text);
  return Uint8Array.from(atob(body.replace(/\s/g, "")), (letter) => letter.charCodeAt(0));
}
