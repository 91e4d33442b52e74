// Bytes and text: canonical base64url (RFC 7515 section 2), strict JSON, JCS (RFC 8785), SHA-256. See encoding.py.
// JSON.parse keeps the last of two members of one name and rounds long numbers: hence a reader of our own.

import { MalformedError } from "./errors.js";

const MAX_DEPTH = 8;
const NUMBER = /-?(?:0|[1-9][0-9]*)/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPES = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
const encoder = new TextEncoder();

export const utf8 = (text) => encoder.encode(text);
export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
export const characters = (text) => [...text].length;

export function bytesEqual(one, other) {
  return one.length === other.length && one.every((value, at) => value === other[at]);
}

export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function toText(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new MalformedError("not UTF-8");
  }
}

export function b64(bytes) {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

export function b64u(bytes) {
  return b64(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The bytes of canonical standard base64. Throws MalformedError. */
export function unb64(text) {
  let binary;
  try {
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new Error();
    binary = atob(text);
  } catch {
    throw new MalformedError("not base64");
  }
  const bytes = Uint8Array.from(binary, (sign) => sign.charCodeAt(0));
  if (b64(bytes) !== text) throw new MalformedError("base64 is not canonical");
  return bytes;
}

/** The bytes of canonical base64url without padding. Throws MalformedError. */
export function unb64u(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) throw new MalformedError("not base64url");
  const padded = text.replaceAll("-", "+").replaceAll("_", "/") + "=".repeat((4 - (text.length % 4)) % 4);
  const bytes = Uint8Array.from(atob(padded), (sign) => sign.charCodeAt(0));
  if (b64u(bytes) !== text) throw new MalformedError("base64url is not canonical");
  return bytes;
}

export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** SHA-256 as base64url: the form in which digests stand in JSON. */
export async function digest(bytes) {
  return b64u(await sha256(bytes));
}

/** The RFC 8785 text of a JSON value that the strict reader accepts. */
function canonicalText(value) {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const names = Object.keys(value).sort();
    return `{${names.map((name) => `${JSON.stringify(name)}:${canonicalText(value[name])}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

export const canonical = (value) => utf8(canonicalText(value));

/** The value without members that are null, as they stand in a token. */
export function withoutNull(value) {
  if (Array.isArray(value)) return value.map(withoutNull);
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  return Object.fromEntries(kept.map(([name, member]) => [name, withoutNull(member)]));
}

/** The JSON value of UTF-8 bytes, read strictly. Throws MalformedError. */
export function readJson(bytes, maxDepth = MAX_DEPTH) {
  return new Reader(toText(bytes), maxDepth).whole();
}

/** The JSON object of UTF-8 bytes, read strictly. Throws MalformedError. */
export function readObject(bytes, maxDepth = MAX_DEPTH) {
  const value = readJson(bytes, maxDepth);
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new MalformedError("not a JSON object");
  }
  return value;
}

class Reader {
  constructor(text, depth) {
    this.text = text;
    this.depth = depth;
    this.at = 0;
  }

  whole() {
    const value = this.value(this.depth);
    this.space();
    if (this.at !== this.text.length) throw new MalformedError("not JSON in UTF-8");
    return value;
  }

  space() {
    while (" \t\n\r".includes(this.text[this.at] ?? "x")) this.at += 1;
  }

  take(sign) {
    this.space();
    if (this.text[this.at] !== sign) return false;
    this.at += 1;
    return true;
  }

  need(sign) {
    if (!this.take(sign)) throw new MalformedError("not JSON in UTF-8");
  }

  value(depth) {
    this.space();
    const sign = this.text[this.at];
    if (sign === "{" || sign === "[") {
      if (depth === 0) throw new MalformedError("JSON is nested too deeply");
      return sign === "{" ? this.object(depth - 1) : this.list(depth - 1);
    }
    if (sign === '"') return this.string();
    for (const [word, value] of [
      ["true", true],
      ["false", false],
      ["null", null],
    ]) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    return this.number();
  }

  object(depth) {
    this.need("{");
    const members = new Map();
    if (!this.take("}")) {
      do {
        this.space();
        const name = this.string();
        this.need(":");
        if (members.has(name)) throw new MalformedError("a JSON object names a member twice");
        members.set(name, this.value(depth));
      } while (this.take(","));
      this.need("}");
    }
    // fromEntries defines own members, "__proto__" too: nothing that is read reaches a prototype.
    return Object.fromEntries(members);
  }

  list(depth) {
    this.need("[");
    const items = [];
    if (!this.take("]")) {
      do items.push(this.value(depth));
      while (this.take(","));
      this.need("]");
    }
    return items;
  }

  number() {
    NUMBER.lastIndex = this.at;
    const found = NUMBER.exec(this.text)?.[0];
    if (found === undefined) throw new MalformedError("not JSON in UTF-8");
    this.at += found.length;
    if (".eE".includes(this.text[this.at] ?? "x")) throw new MalformedError("numbers in these formats are integers");
    const value = Number(found);
    if (found.length > 17 || !Number.isSafeInteger(value)) throw new MalformedError("an integer is too large");
    return value === 0 ? 0 : value;
  }

  string() {
    if (this.text[this.at] !== '"') throw new MalformedError("not JSON in UTF-8");
    this.at += 1;
    let read = "";
    for (;;) {
      PLAIN.lastIndex = this.at;
      const plain = PLAIN.exec(this.text)[0];
      read += plain;
      this.at += plain.length;
      const sign = this.text[this.at];
      this.at += 1;
      if (sign === '"') break;
      if (sign !== "\\") throw new MalformedError("not JSON in UTF-8");
      read += this.escape();
    }
    if (read.includes("\u0000") || /\p{Cs}/u.test(read)) {
      throw new MalformedError("text holds a NUL or a lone surrogate");
    }
    return read;
  }

  escape() {
    const sign = this.text[this.at];
    this.at += 1;
    if (sign in ESCAPES) return ESCAPES[sign];
    const code = this.text.slice(this.at, this.at + 4);
    if (sign !== "u" || !/^[0-9A-Fa-f]{4}$/.test(code)) throw new MalformedError("not JSON in UTF-8");
    this.at += 4;
    return String.fromCharCode(parseInt(code, 16));
  }
}
