// ML-DSA verification (FIPS 204, algorithms 3 and 8) with an empty context, for the parameter sets 44 and 65.
// Browsers do not have it yet. Only public values are handled, so nothing here needs constant time.

import { bytesEqual, concat } from "./encoding.js";
import { KeyRefusedError, SignatureError } from "./errors.js";
import { shake128, shake256 } from "./keccak.js";

const Q = 8380417;
const N = 256;
const DROPPED = 13;
const SETS = {
  44: { k: 4, l: 4, beta: 78, gamma1: 17, gamma2: (Q - 1) / 88, tau: 39, omega: 80, challenge: 32 },
  65: { k: 6, l: 5, beta: 196, gamma1: 19, gamma2: (Q - 1) / 32, tau: 49, omega: 55, challenge: 48 },
};
const PUBLIC_BYTES = { 44: 1312, 65: 1952 };
const SIGNATURE_BYTES = { 44: 2420, 65: 3309 };
const ZETAS = Array.from({ length: N }, (_, at) => power(1753, bitReversed(at)));

function bitReversed(value) {
  let reversed = 0;
  for (let bit = 0; bit < 8; bit += 1) reversed |= ((value >> bit) & 1) << (7 - bit);
  return reversed;
}

function times(one, other) {
  // A product of two residues lies below 2^46: exact in a double.
  return (one * other) % Q;
}

function power(base, exponent) {
  let [result, square] = [1, base];
  for (let rest = exponent; rest; rest >>= 1) {
    if (rest & 1) result = times(result, square);
    square = times(square, square);
  }
  return result;
}

function ntt(poly) {
  let zeta = 0;
  for (let length = 128; length >= 1; length >>= 1) {
    for (let start = 0; start < N; start += 2 * length) {
      zeta += 1;
      for (let at = start; at < start + length; at += 1) {
        const turn = times(ZETAS[zeta], poly[at + length]);
        poly[at + length] = (poly[at] - turn + Q) % Q;
        poly[at] = (poly[at] + turn) % Q;
      }
    }
  }
  return poly;
}

function inverseNtt(poly) {
  let zeta = N;
  for (let length = 1; length < N; length <<= 1) {
    for (let start = 0; start < N; start += 2 * length) {
      zeta -= 1;
      for (let at = start; at < start + length; at += 1) {
        const one = poly[at];
        poly[at] = (one + poly[at + length]) % Q;
        poly[at + length] = times(Q - ZETAS[zeta], (one - poly[at + length] + Q) % Q);
      }
    }
  }
  return poly.map((value) => times(value, 8347681));
}

function unpack(bytes, bits) {
  const values = new Array((bytes.length * 8) / bits);
  let [buffer, held, at] = [0, 0, 0];
  for (const byte of bytes) {
    buffer += byte * 2 ** held;
    held += 8;
    while (held >= bits && at < values.length) {
      values[at] = buffer % 2 ** bits;
      at += 1;
      buffer = Math.floor(buffer / 2 ** bits);
      held -= bits;
    }
  }
  return values;
}

function slices(bytes, count, length) {
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * length, (at + 1) * length));
}

function rejectionPoly(seed, column, row) {
  const stream = shake128(concat(seed, Uint8Array.of(column, row)));
  const poly = [];
  while (poly.length < N) {
    const [low, middle, high] = stream.read(3);
    const value = low + (middle << 8) + ((high & 0x7f) << 16);
    if (value < Q) poly.push(value);
  }
  return poly;
}

function sampleInBall(seed, tau) {
  const stream = shake256(seed);
  const signs = stream.read(8);
  const poly = new Array(N).fill(0);
  for (let at = N - tau, bit = 0; at < N; at += 1, bit += 1) {
    let [place] = stream.read(1);
    while (place > at) [place] = stream.read(1);
    poly[at] = poly[place];
    poly[place] = (signs[bit >> 3] >> (bit & 7)) & 1 ? Q - 1 : 1;
  }
  return poly;
}

/** The hints of a signature, one set of places a row; null where they are not in their one form. */
function readHints(bytes, { k, omega }) {
  const hints = [];
  let from = 0;
  for (let row = 0; row < k; row += 1) {
    const to = bytes[omega + row];
    if (to < from || to > omega) return null;
    const places = [...bytes.subarray(from, to)];
    if (places.some((place, at) => at > 0 && place <= places[at - 1])) return null;
    hints.push(new Set(places));
    from = to;
  }
  return bytes.subarray(from, omega).every((byte) => byte === 0) ? hints : null;
}

function useHint(isHinted, value, gamma2) {
  const width = 2 * gamma2;
  const count = (Q - 1) / width;
  let low = value % width;
  if (low > gamma2) low -= width;
  let high = (value - low) / width;
  if (value - low === Q - 1) [high, low] = [0, low - 1];
  if (!isHinted) return high;
  return (high + (low > 0 ? 1 : -1) + count) % count;
}

function packed(values, bits) {
  const bytes = [];
  let [buffer, held] = [0, 0];
  for (const value of values) {
    buffer |= value << held;
    held += bits;
    while (held >= 8) {
      bytes.push(buffer & 0xff);
      buffer >>>= 8;
      held -= 8;
    }
  }
  return Uint8Array.from(bytes);
}

/** Refuse a key of another length. Throws KeyRefusedError. */
export function checkMldsa(set, publicKey) {
  if (publicKey.length !== PUBLIC_BYTES[set]) throw new KeyRefusedError(`not an ML-DSA-${set} public key`);
}

/** Check an ML-DSA signature. Throws KeyRefusedError, SignatureError. */
export function verifyMldsa(set, publicKey, signature, message) {
  checkMldsa(set, publicKey);
  if (!isSigned(SETS[set], set, publicKey, signature, message)) {
    throw new SignatureError(`the ML-DSA-${set} signature does not verify`);
  }
}

function isSigned(params, set, publicKey, signature, message) {
  const { k, l, beta, gamma1, gamma2, tau, omega, challenge } = params;
  if (signature.length !== SIGNATURE_BYTES[set]) return false;
  const width = ((gamma1 + 1) * N) / 8;
  const seed = signature.subarray(0, challenge);
  const responses = slices(signature.subarray(challenge), l, width).map((bytes) =>
    unpack(bytes, gamma1 + 1).map((value) => 2 ** gamma1 - value),
  );
  const hints = readHints(signature.subarray(challenge + l * width), params);
  if (!hints || responses.flat().some((value) => Math.abs(value) >= 2 ** gamma1 - beta)) return false;
  const rho = publicKey.subarray(0, 32);
  const tops = slices(publicKey.subarray(32), k, 320).map((bytes) => unpack(bytes, 10));
  const hashed = shake256(publicKey).read(64);
  const mu = shake256(concat(hashed, Uint8Array.of(0, 0), message)).read(64);
  const z = responses.map((poly) => ntt(poly.map((value) => (value + Q) % Q)));
  const c = ntt(sampleInBall(seed, tau));
  const rows = tops.map((top, row) => {
    const t = ntt(top.map((value) => times(value, 2 ** DROPPED)));
    const sum = t.map((value, at) => (Q - times(c[at], value)) % Q);
    for (let column = 0; column < l; column += 1) {
      const a = rejectionPoly(rho, column, row);
      for (let at = 0; at < N; at += 1) sum[at] = (sum[at] + times(a[at], z[column][at])) % Q;
    }
    const highs = inverseNtt(sum).map((value, at) => useHint(hints[row].has(at), value, gamma2));
    return packed(highs, set === 44 ? 6 : 4);
  });
  return (
    omega >= hints.reduce((sum, places) => sum + places.size, 0) &&
    bytesEqual(shake256(concat(mu, ...rows)).read(challenge), seed)
  );
}
