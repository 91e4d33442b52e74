// Proofs of the directory: presence and absence of a record. See directory/tree.py and directory/record.py.

import { bytesEqual, concat, readObject, sha256, utf8 } from "./encoding.js";
import { ProofError } from "./errors.js";
import { leafHash, verifyInclusion } from "./merkle.js";
import { readModel } from "./schema.js";
import { MODELS } from "./tables.js";

export const subjectKey = (subject) => sha256(utf8(subject));

/** The number of a key's bucket: its first so many bits. */
export function bucketOf(key, bits) {
  const first = ((key[0] << 24) | (key[1] << 16) | (key[2] << 8) | key[3]) >>> 0;
  return Math.floor(first / 2 ** (32 - bits));
}

function parseLine(line) {
  const value = readObject(line);
  return readModel(
    Object.hasOwn(value, "object") ? MODELS.objectRecord : MODELS.identifierRecord,
    value,
    "directory record",
  );
}

function compared(one, other) {
  for (let at = 0; at < 32; at += 1) if (one[at] !== other[at]) return one[at] - other[at];
  return 0;
}

/** What the directory with this root holds for the subject; null is proven absence. Throws ProofError. */
export async function lookUp(proof, subject, bits, root) {
  const key = await subjectKey(subject);
  if (proof.bucket !== bucketOf(key, bits)) throw new ProofError("the directory proof is for another bucket");
  if (proof.lines.some((line) => line.includes(10))) {
    throw new ProofError("a line of the directory's bucket holds a line feed");
  }
  const leaf = await leafHash(concat(...proof.lines.flatMap((line) => [line, Uint8Array.of(10)])));
  const [index, size] = [BigInt(proof.bucket), 1n << BigInt(bits)];
  await verifyInclusion({ leaf, index, size, path: proof.path, root });
  return findRecord(proof.lines, key);
}

async function findRecord(lines, key) {
  const records = lines.map(parseLine);
  const keys = await Promise.all(records.map((one) => subjectKey(one.object ?? one.identifier)));
  if (keys.some((one, at) => at > 0 && compared(keys[at - 1], one) >= 0)) {
    throw new ProofError("the directory's bucket is not in order");
  }
  const place = keys.findIndex((one) => bytesEqual(one, key));
  return place < 0 ? null : records[place];
}
