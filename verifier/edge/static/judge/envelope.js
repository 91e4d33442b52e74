// The strict token envelope: JWS compact serialisation under the rules of RFC 8725. See envelope.py.

import { characters, digest, readObject, unb64u, utf8 } from "./encoding.js";
import { EnvelopeError, SignatureError } from "./errors.js";
import { KID } from "./names.js";
import { CONSTANTS, TOKEN_RULES } from "./tables.js";

const { CLOCK_SKEW, MAX_TIME } = CONSTANTS;

/** The token inside the strict profile; its signature is not checked. Throws EnvelopeError, MalformedError. */
export async function parseToken(compact, typ) {
  const { longest, lifetime } = TOKEN_RULES[typ];
  if (characters(compact) > longest) throw new EnvelopeError(`the token is longer than ${longest} bytes`);
  if (!/^[\x00-\x7f]*$/.test(compact)) throw new EnvelopeError("a compact token is ASCII");
  const segments = compact.split(".");
  if (segments.length !== 3) throw new EnvelopeError("a compact token has three segments");
  const header = readObject(unb64u(segments[0]), 1);
  checkHeader(header, typ);
  const payload = readObject(unb64u(segments[1]));
  const signature = unb64u(segments[2]);
  if (signature.length !== 64) throw new EnvelopeError("the signature is not 64 bytes long");
  checkDates(payload, lifetime);
  const signingInput = utf8(`${segments[0]}.${segments[1]}`);
  const { alg, kid } = header;
  return { compact, typ, alg, kid, payload, signingInput, signature, digest: await digest(signingInput) };
}

function checkHeader(header, typ) {
  if (Object.keys(header).sort().join() !== "alg,kid,typ")
    throw new EnvelopeError("the header must hold exactly alg, typ and kid");
  if (header.typ !== typ) throw new EnvelopeError(`the token is not of type ${typ}`);
  if (!["ES256", "EdDSA", "Ed25519"].includes(header.alg)) throw new EnvelopeError("the algorithm is not allowed");
  if (typeof header.kid !== "string" || !KID.test(header.kid)) {
    throw new EnvelopeError("kid is not a SHA-256 thumbprint");
  }
}

function checkDates(payload, lifetime) {
  for (const name of ["iat", "nbf", "exp"]) {
    if (!Object.hasOwn(payload, name)) continue;
    const value = payload[name];
    if (!Number.isInteger(value) || value <= 0 || value >= MAX_TIME) {
      throw new EnvelopeError(`${name} is not a time in whole seconds`);
    }
  }
  const [hasIat, hasExp] = [Object.hasOwn(payload, "iat"), Object.hasOwn(payload, "exp")];
  if (lifetime === null) {
    if (hasExp) throw new EnvelopeError("this type of token never carries exp");
    return;
  }
  if (!hasExp || !hasIat) throw new EnvelopeError("iat and exp are required");
  if (payload.exp <= payload.iat || (lifetime && payload.exp - payload.iat > lifetime)) {
    throw new EnvelopeError("the token's lifetime is out of bounds");
  }
}

/** Check that this key signed the token. Throws SignatureError. */
export async function verifyToken(token, key) {
  if (token.kid !== key.kid) throw new SignatureError("the token names another key");
  if (token.alg !== key.algorithm && !(token.alg === "EdDSA" && key.algorithm === "Ed25519")) {
    throw new SignatureError("the token's alg is not the algorithm of the key");
  }
  await key.verify(token.signature, token.signingInput);
}

/** Check that a token used live is of this time. Throws EnvelopeError. */
export function checkTimes(token, now) {
  if ((token.payload.iat ?? 0) > now + CLOCK_SKEW) throw new EnvelopeError("the token was issued in the future");
  if (Object.hasOwn(token.payload, "exp") && now >= token.payload.exp) throw new EnvelopeError("the token has expired");
}

export function audienceIs(token, audience) {
  if (token.payload.aud !== audience) throw new EnvelopeError("the token is meant for another audience");
}
