"""Merkle trees: building inclusion and consistency proofs (RFC 6962 sections 2.1.1 and 2.1.2) and appending.

A proof is built from any ``NodeReader``: tiles, memory or a database. Nothing here checks that a reader tells the
truth: check what it yields against a signed root with merkle.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from verifier.errors import ProofError
from verifier.log.merkle import EMPTY_ROOT, node_hash

if TYPE_CHECKING:
    from collections.abc import Sequence


class NodeReader(Protocol):
    """Reads hashes of complete subtrees."""

    def node(self, level: int, index: int) -> bytes:
        """Return the hash over the 2**level leaves that start at leaf index * 2**level. Raises ProofError."""
        ...


def root_at(reader: NodeReader, size: int) -> bytes:
    """Return the root of the first ``size`` leaves."""
    return _range_hash(reader, 0, size)


def inclusion_path(reader: NodeReader, index: int, size: int) -> list[bytes]:
    """Return PATH(index, D[size]) of RFC 6962 2.1.1, from the leaf's sibling upwards. Raises ProofError."""
    if not 0 <= index < size:
        raise ProofError(f"index {index} lies outside a tree of {size} leaves")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_hash(reader, middle, end))
            end = middle
        else:
            path.append(_range_hash(reader, start, middle))
            start = middle
    return path[::-1]


def consistency_path(reader: NodeReader, old_size: int, new_size: int) -> list[bytes]:
    """Return PROOF(old_size, D[new_size]) of RFC 6962 2.1.2; empty from 0 and for equal sizes. Raises ProofError."""
    if not 0 <= old_size <= new_size:
        raise ProofError(f"a tree does not grow from {old_size} to {new_size} leaves")
    if old_size in (0, new_size):
        return []
    start, end, path = 0, new_size, []
    while end != old_size:
        middle = start + _split(end - start)
        if old_size <= middle:
            path.append(_range_hash(reader, middle, end))
            end = middle
        else:
            path.append(_range_hash(reader, start, middle))
            start = middle
    if start != 0:
        path.append(_range_hash(reader, start, end))
    return path[::-1]


class Frontier:
    """The right edge of a tree: the roots of its complete subtrees, largest first. Appending costs O(1) on average."""

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        """Resume at ``size`` leaves from what ``hashes`` held. Raises ProofError when the two do not fit."""
        if size < 0 or len(hashes) != size.bit_count():
            raise ProofError("a frontier holds one hash for each bit set in its size")
        self.size = size
        self._hashes = list(hashes)

    @property
    def hashes(self) -> tuple[bytes, ...]:
        """The hashes from which the frontier can be resumed, largest subtree first."""
        return tuple(self._hashes)

    def append(self, leaf: bytes) -> list[bytes]:
        """Add a leaf hash; return the hashes of the subtrees that it completed, by level from 0.

        The one at level l stands at index size_before >> l, which is what a tile needs to know.
        """
        completed = [leaf]
        size = self.size
        while size & 1:
            leaf = node_hash(self._hashes.pop(), leaf)
            completed.append(leaf)
            size >>= 1
        self._hashes.append(leaf)
        self.size += 1
        return completed

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        return _fold(self._hashes)


class MemoryTree:
    """A tree that keeps every node of every complete subtree in memory."""

    def __init__(self) -> None:
        self._frontier = Frontier()
        self._levels: list[list[bytes]] = []

    @property
    def size(self) -> int:
        """The number of leaves."""
        return self._frontier.size

    def append(self, leaf: bytes) -> int:
        """Add a leaf hash and return its index."""
        for level, value in enumerate(self._frontier.append(leaf)):
            if level == len(self._levels):
                self._levels.append([])
            self._levels[level].append(value)
        return self.size - 1

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        return self._frontier.root()

    def node(self, level: int, index: int) -> bytes:
        """Return the hash of a complete subtree. Raises ProofError when the tree does not reach it."""
        if not 0 <= level < len(self._levels) or not 0 <= index < len(self._levels[level]):
            raise ProofError(f"the tree holds no node {index} at level {level}")
        return self._levels[level][index]


def _range_hash(reader: NodeReader, start: int, end: int) -> bytes:
    # Valid where the range is a subtree of the proof recursion: start is then a multiple of each power of two taken.
    hashes = []
    while start < end:
        level = (end - start).bit_length() - 1
        hashes.append(reader.node(level, start >> level))
        start += 1 << level
    return _fold(hashes)


def _fold(hashes: Sequence[bytes]) -> bytes:
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


def _split(size: int) -> int:
    # The largest power of two smaller than size, for size > 1.
    return 1 << ((size - 1).bit_length() - 1)
