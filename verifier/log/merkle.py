"""Merkle tree hashing and proof checking: RFC 6962 section 2.1, RFC 9162 sections 2.1.3.2 and 2.1.4.2.

The checkers are the iterative algorithms of RFC 9162, which look at nothing but the proof. tree.py builds the proofs.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from verifier.errors import ProofError

if TYPE_CHECKING:
    from collections.abc import Sequence

HASH_BYTES = 32
MAX_SIZE = 2**63 - 1
"""The largest number of leaves: a tree has at most 63 levels above its leaves."""

MAX_PATH = 63
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of the tree without leaves."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the 32-byte hash of an entry: SHA-256(0x00 || entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32-byte hash of an inner node: SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def level_above(level: Sequence[bytes]) -> list[bytes]:
    """Return the hashes of the nodes over a level of a complete tree: ``node_hash`` of each pair, in less time."""
    new = hashlib.sha256
    return [new(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=True)]


def verify_inclusion(*, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Check that the tree of ``size`` leaves under ``root`` holds the leaf hash at ``index`` (RFC 9162 2.1.3.2).

    Afterwards the entry behind ``leaf`` may be trusted as far as ``root`` is. ``path`` runs from the leaf's sibling to
    the child of the root. Raises ProofError.
    """
    _require_hashes(leaf, root, *path)
    if not 0 <= index < size <= MAX_SIZE:
        raise ProofError(f"index {index} lies outside a tree of {size} leaves")
    position, last, computed = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise ProofError("the inclusion path is longer than the tree is high")
        if position & 1 or position == last:
            computed = node_hash(sibling, computed)
            position, last = _skip_absent(position, last)
        else:
            computed = node_hash(computed, sibling)
        position, last = position >> 1, last >> 1
    if last != 0:
        raise ProofError("the inclusion path is shorter than the tree is high")
    if computed != root:
        raise ProofError("the inclusion path does not lead to the root")


def verify_consistency(
    *, old_size: int, new_size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Check that the tree under ``new_root`` begins with all leaves of the tree under ``old_root`` (RFC 9162 2.1.4.2).

    Afterwards nothing below ``old_size`` was changed, dropped or reordered. Raises ProofError.
    """
    _require_hashes(old_root, new_root, *path)
    if not 0 <= old_size <= new_size <= MAX_SIZE:
        raise ProofError(f"a tree does not grow from {old_size} to {new_size} leaves")
    for size, root in ((old_size, old_root), (new_size, new_root)):
        if size == 0 and root != EMPTY_ROOT:
            raise ProofError("the root of an empty tree is SHA-256 of nothing")
    if old_size == new_size and old_root != new_root:
        raise ProofError("two trees of the same size have different roots")
    if old_size in (0, new_size):
        if path:
            raise ProofError("this consistency proof has to be empty")
        return
    _verify_growth(old_size, new_size, (old_root, new_root), path)


def _verify_growth(old_size: int, new_size: int, roots: tuple[bytes, bytes], path: Sequence[bytes]) -> None:
    # A complete old tree is a node of the new one: the proof leaves that node out, because the old root is it.
    nodes = list(path) if old_size & (old_size - 1) else [roots[0], *path]
    if not nodes:
        raise ProofError("the consistency proof is empty")
    position, last = old_size - 1, new_size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old, new = nodes[0], nodes[0]
    for node in nodes[1:]:
        if last == 0:
            raise ProofError("the consistency proof is longer than the tree is high")
        if position & 1 or position == last:
            old, new = node_hash(node, old), node_hash(node, new)
            position, last = _skip_absent(position, last)
        else:
            new = node_hash(new, node)
        position, last = position >> 1, last >> 1
    if last != 0:
        raise ProofError("the consistency proof is shorter than the tree is high")
    if (old, new) != roots:
        raise ProofError("the consistency proof does not lead to both roots")


def _skip_absent(position: int, last: int) -> tuple[int, int]:
    # On the right edge a level without a sibling contributes no hash: climb until the node is a right child.
    while not position & 1 and position != 0:
        position, last = position >> 1, last >> 1
    return position, last


def _require_hashes(*hashes: bytes) -> None:
    if len(hashes) > MAX_PATH + 2:
        raise ProofError(f"a proof holds at most {MAX_PATH} hashes")
    if any(len(value) != HASH_BYTES for value in hashes):
        raise ProofError("a hash of the tree is 32 bytes long")
