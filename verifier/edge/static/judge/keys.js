// The key gate and signatures: see keys.py and log/ed25519.py. WebCrypto does the arithmetic.

import { b64u, canonical, concat, digest, unb64u } from "./encoding.js";
import { KeyRefusedError, MalformedError, SignatureError, UnavailableError } from "./errors.js";

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const PRIVATE = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
const ALGORITHMS = { "EC P-256": "ES256", "OKP Ed25519": "Ed25519" };
const NAMES = { ES256: ["ES256"], Ed25519: ["EdDSA", "Ed25519"] };
const P = 2n ** 255n - 19n;
const ORDER_8 = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;
const SMALL = [0n, 1n, P - 1n, ORDER_8, P - ORDER_8];
const imported = new Map();

export const bigEndian = (bytes) => bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

/** A public key that passed the gate; the algorithm comes from the key. Throws KeyRefusedError. */
export async function importJwk(jwk) {
  if (PRIVATE.some((name) => Object.hasOwn(jwk, name))) throw new KeyRefusedError("the key carries private members");
  const algorithm = ALGORITHMS[`${jwk.kty} ${jwk.crv}`];
  if (!algorithm) throw new KeyRefusedError("only EC P-256 and OKP Ed25519 keys are accepted");
  checkPurpose(jwk, algorithm);
  const names = ["kty", "crv", "x", "y"].filter((name) => Object.hasOwn(jwk, name));
  const essential = Object.fromEntries(names.map((name) => [name, String(jwk[name])]));
  const key = algorithm === "ES256" ? await p256(essential) : ed25519Jwk(essential);
  const required = algorithm === "ES256" ? ["crv", "kty", "x", "y"] : ["crv", "kty", "x"];
  const kid = await digest(canonical(Object.fromEntries(required.map((name) => [name, essential[name]]))));
  if ((jwk.kid ?? kid) !== kid) throw new KeyRefusedError("kid is not the RFC 7638 thumbprint of the key");
  return { kid, algorithm, jwk: essential, verify: key };
}

function checkPurpose(jwk, algorithm) {
  if ((jwk.use ?? "sig") !== "sig") throw new KeyRefusedError("the key is not marked for signatures");
  const operations = jwk.key_ops ?? ["verify"];
  if (!Array.isArray(operations) || !operations.includes("verify")) {
    throw new KeyRefusedError("key_ops does not include verify");
  }
  if (Object.hasOwn(jwk, "alg") && !NAMES[algorithm].includes(jwk.alg)) {
    throw new KeyRefusedError("alg does not match the type of the key");
  }
}

function coordinate(text) {
  try {
    return unb64u(text ?? "");
  } catch (error) {
    if (error instanceof MalformedError) throw new KeyRefusedError("the key is not a point of its curve");
    throw error;
  }
}

async function p256(jwk) {
  const [x, y] = [coordinate(jwk.x), coordinate(jwk.y)];
  if (x.length !== 32 || y.length !== 32) throw new KeyRefusedError("P-256 coordinates are 32 bytes each");
  const raw = concat(Uint8Array.of(4), x, y);
  const name = `P-256 ${b64u(raw)}`;
  if (!imported.has(name)) {
    const algorithm = { name: "ECDSA", namedCurve: "P-256" };
    try {
      imported.set(name, await crypto.subtle.importKey("raw", raw, algorithm, false, ["verify"]));
    } catch {
      throw new KeyRefusedError("the key is not a point of its curve");
    }
  }
  const key = imported.get(name);
  return async (signature, message) => {
    if (signature.length !== 64) throw new SignatureError("the signature is not 64 bytes long");
    const [r, s] = [bigEndian(signature.subarray(0, 32)), bigEndian(signature.subarray(32))];
    // (r, n - s) verifies too: a second form of the same signature would make two tokens out of one.
    if (!(r > 0n && r < ORDER && s > 0n && s <= ORDER / 2n)) {
      throw new SignatureError("the signature is not in its one accepted form (low s)");
    }
    const isGood = await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, message);
    if (!isGood) throw new SignatureError("the signature does not fit the key and the text");
  };
}

function ed25519Jwk(jwk) {
  if (Object.hasOwn(jwk, "y")) throw new KeyRefusedError("an Ed25519 key has no y");
  const raw = coordinate(jwk.x);
  if (raw.length !== 32) throw new KeyRefusedError("the key is not a point of its curve");
  return async (signature, message) => {
    if (signature.length !== 64) throw new SignatureError("the signature is not 64 bytes long");
    await verifyRaw(raw, signature, message);
  };
}

/** Refuse a note key that verifiers could disagree about: small order, or a second encoding of its point. */
export function checkEd25519(raw) {
  if (raw.length !== 32) throw new KeyRefusedError("an Ed25519 public key is 32 bytes long");
  const y = bigEndian(Uint8Array.from(raw).reverse()) & ((1n << 255n) - 1n);
  if (y >= P) throw new KeyRefusedError("the Ed25519 public key is not in its canonical encoding");
  if (SMALL.includes(y)) throw new KeyRefusedError("the Ed25519 public key is a point of small order");
}

/** Check an Ed25519 signature. Throws SignatureError, or UnavailableError where the browser has no Ed25519. */
export async function verifyRaw(raw, signature, message) {
  const name = `Ed25519 ${b64u(raw)}`;
  if (!imported.has(name)) {
    try {
      imported.set(name, await crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]));
    } catch (error) {
      if (error.name === "NotSupportedError") throw new UnavailableError("this browser cannot check Ed25519");
      throw new SignatureError("the Ed25519 key cannot be used");
    }
  }
  const isGood = await crypto.subtle.verify({ name: "Ed25519" }, imported.get(name), signature, message);
  if (!isGood) throw new SignatureError("the signature does not fit the key and the text");
}

/** Say whether this browser checks Ed25519: without it no checkpoint can be confirmed. */
export async function hasEd25519() {
  try {
    const point = unb64u("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    await crypto.subtle.importKey("raw", point, { name: "Ed25519" }, false, ["verify"]);
    return true;
  } catch {
    return false;
  }
}
