// Merkle proofs of RFC 9162, checked as log/merkle.py does. Sizes and indices are BigInts: a log may pass 2^53.

import { bytesEqual, concat, sha256 } from "./encoding.js";
import { ProofError } from "./errors.js";

const MAX_SIZE = 2n ** 63n - 1n;
const MAX_PATH = 63;

export const leafHash = (entry) => sha256(concat(Uint8Array.of(0), entry));
const nodeHash = (left, right) => sha256(concat(Uint8Array.of(1), left, right));

function requireHashes(hashes) {
  if (hashes.length > MAX_PATH + 2) throw new ProofError(`a proof holds at most ${MAX_PATH} hashes`);
  if (hashes.some((hash) => hash.length !== 32)) throw new ProofError("a hash of the tree is 32 bytes long");
}

function skipAbsent(position, last) {
  while (!(position & 1n) && position !== 0n) [position, last] = [position >> 1n, last >> 1n];
  return [position, last];
}

/** Check that the tree of that size under the root holds the leaf at the index. Throws ProofError. */
export async function verifyInclusion({ leaf, index, size, path, root }) {
  requireHashes([leaf, root, ...path]);
  if (!(index >= 0n && index < size && size <= MAX_SIZE)) {
    throw new ProofError(`index ${index} lies outside a tree of ${size} leaves`);
  }
  let [position, last, computed] = [index, size - 1n, leaf];
  for (const sibling of path) {
    if (last === 0n) throw new ProofError("the inclusion path is longer than the tree is high");
    if (position & 1n || position === last) {
      computed = await nodeHash(sibling, computed);
      [position, last] = skipAbsent(position, last);
    } else {
      computed = await nodeHash(computed, sibling);
    }
    [position, last] = [position >> 1n, last >> 1n];
  }
  if (last !== 0n) throw new ProofError("the inclusion path is shorter than the tree is high");
  if (!bytesEqual(computed, root)) throw new ProofError("the inclusion path does not lead to the root");
}

/** Check that the new tree begins with all leaves of the old one. Throws ProofError. */
export async function verifyConsistency({ oldSize, newSize, oldRoot, newRoot, path }) {
  requireHashes([oldRoot, newRoot, ...path]);
  if (!(oldSize >= 0n && oldSize <= newSize && newSize <= MAX_SIZE)) {
    throw new ProofError(`a tree does not grow from ${oldSize} to ${newSize} leaves`);
  }
  for (const [size, root] of [
    [oldSize, oldRoot],
    [newSize, newRoot],
  ]) {
    if (size === 0n && !bytesEqual(root, await sha256(new Uint8Array()))) {
      throw new ProofError("the root of an empty tree is SHA-256 of nothing");
    }
  }
  if (oldSize === newSize && !bytesEqual(oldRoot, newRoot)) {
    throw new ProofError("two trees of the same size have different roots");
  }
  if (oldSize === 0n || oldSize === newSize) {
    if (path.length) throw new ProofError("this consistency proof has to be empty");
    return;
  }
  await verifyGrowth(oldSize, newSize, oldRoot, newRoot, path);
}

async function verifyGrowth(oldSize, newSize, oldRoot, newRoot, path) {
  // A complete old tree is a node of the new one: the proof leaves that node out, because the old root is it.
  const nodes = oldSize & (oldSize - 1n) ? [...path] : [oldRoot, ...path];
  if (!nodes.length) throw new ProofError("the consistency proof is empty");
  let [position, last] = [oldSize - 1n, newSize - 1n];
  while (position & 1n) [position, last] = [position >> 1n, last >> 1n];
  let [before, after] = [nodes[0], nodes[0]];
  for (const node of nodes.slice(1)) {
    if (last === 0n) throw new ProofError("the consistency proof is longer than the tree is high");
    if (position & 1n || position === last) {
      [before, after] = [await nodeHash(node, before), await nodeHash(node, after)];
      [position, last] = skipAbsent(position, last);
    } else {
      after = await nodeHash(after, node);
    }
    [position, last] = [position >> 1n, last >> 1n];
  }
  if (last !== 0n) throw new ProofError("the consistency proof is shorter than the tree is high");
  if (!bytesEqual(before, oldRoot) || !bytesEqual(after, newRoot)) {
    throw new ProofError("the consistency proof does not lead to both roots");
  }
}
