"""The directory's tree: records in 2**bits buckets by key prefix, and the RFC 6962 tree over the buckets' bytes.

A bucket is a run of lines, each ended by a line feed, in order of their keys; the run is a leaf of the tree. A proof of
presence and of absence is the same thing: the whole bucket and the path from it to the root.
"""

from __future__ import annotations

import operator
from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from verifier.directory.record import Line, Record, line_key, parse_line, run_keys, subject_key
from verifier.errors import ProofError
from verifier.log.merkle import leaf_hash, level_above, node_hash, verify_inclusion

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MEAN_RECORDS = 32
MOST_BITS = 24
KEY_BYTES = 32


@dataclass(frozen=True)
class BucketProof:
    """A bucket and its path: shows what the directory holds for every subject whose key falls into it."""

    bucket: int
    lines: tuple[bytes, ...]
    path: tuple[bytes, ...]


class CompleteTree:
    """An RFC 6962 tree of 2**n leaf hashes, with every node at hand; leaves may be replaced."""

    def __init__(self, leaves: list[bytes]) -> None:
        """Compute all nodes. The number of leaves is a power of two."""
        self.levels = [leaves]
        while len(leaves) > 1:
            leaves = level_above(leaves)
            self.levels.append(leaves)

    @property
    def root(self) -> bytes:
        """The root hash."""
        return self.levels[-1][0]

    def replace(self, leaves: dict[int, bytes]) -> None:
        """Put other hashes at these leaf indices, and compute again what stands above them."""
        touched = set(leaves)
        for index, value in leaves.items():
            self.levels[0][index] = value
        for below, level in pairwise(self.levels):
            touched = {index >> 1 for index in touched}
            for index in touched:
                level[index] = node_hash(below[2 * index], below[2 * index + 1])

    def path(self, index: int) -> list[bytes]:
        """Return the inclusion path of a leaf, from its sibling upwards."""
        return [level[index >> height ^ 1] for height, level in enumerate(self.levels[:-1])]


class DirectoryTree:
    """The directory over a growing set of records, in memory. ``runs`` are the bytes of the buckets."""

    def __init__(self, lines: Iterable[tuple[bytes, bytes]] = (), *, bits: int | None = None) -> None:
        """Sort lines, each behind its key, into buckets; ``bits`` defaults to what keeps a mean of 32 records."""
        self._asked = bits
        self._fill([key + data + b"\n" for key, data in lines])

    def put(self, lines: Iterable[Line]) -> set[int] | None:
        """Add or replace records, each named once; return the touched buckets, None when all moved (``bits`` grew)."""
        changed: dict[int, list[Line]] = {}
        for line in lines:
            changed.setdefault(bucket_of(line.key, self.bits), []).append(line)
        hashes = {}
        for bucket, fresh in changed.items():
            self.runs[bucket], added = merge_run(self.runs[bucket], fresh)
            self.count += added
            hashes[bucket] = leaf_hash(self.runs[bucket])
        if self._wanted_bits() != self.bits:
            self._fill([line_key(data) + data + b"\n" for run in self.runs for data in split_run(run)])
            return None
        self.tree.replace(hashes)
        return set(hashes)

    @property
    def root(self) -> bytes:
        """The directory's root hash."""
        return self.tree.root

    def bucket(self, number: int) -> list[bytes]:
        """Return the lines of a bucket."""
        return split_run(self.runs[number])

    def line(self, subject: str) -> bytes | None:
        """Return the line of a subject, None where there is none."""
        key = subject_key(subject)
        lines = self.bucket(bucket_of(key, self.bits))
        place, is_there = _find(lines, key)
        return lines[place] if is_there else None

    def prove(self, subject: str) -> BucketProof:
        """Return the proof of presence or absence of a subject."""
        bucket = bucket_of(subject_key(subject), self.bits)
        return BucketProof(bucket, tuple(self.bucket(bucket)), tuple(self.tree.path(bucket)))

    def _wanted_bits(self) -> int:
        return self._asked if self._asked is not None else bits_for(self.count)

    def _fill(self, keyed: list[bytes]) -> None:
        """Lay out records anew, each given as its key, its line and a line feed in one run of bytes."""
        self.count = len(keyed)
        self.bits = self._wanted_bits()
        shift, cells = 32 - self.bits, [[] for _ in range(1 << self.bits)]  # type: tuple[int, list[list[bytes]]]
        for one in keyed:
            cells[int.from_bytes(one[:4]) >> shift].append(one)
        keyed.clear()
        self.runs: list[bytes] = []
        for cell in cells:
            cell.sort()
            self.runs.append(b"".join([one[KEY_BYTES:] for one in cell]))
            cell.clear()
        self.tree = CompleteTree([leaf_hash(run) for run in self.runs])


def bits_for(count: int) -> int:
    """Return the smallest number of bits that keeps the mean at 32 records a bucket."""
    bits = 0
    while count > MEAN_RECORDS << bits and bits < MOST_BITS:
        bits += 1
    return bits


def bucket_of(key: bytes, bits: int) -> int:
    """Return the number of the bucket: the first ``bits`` bits of the key."""
    return int.from_bytes(key[:4]) >> (32 - bits)


def join_run(lines: Sequence[bytes]) -> bytes:
    """Return the bytes of a bucket."""
    return b"".join([line + b"\n" for line in lines])


def split_run(run: bytes) -> list[bytes]:
    """Return the lines of a bucket's bytes. Raises ProofError when the last one does not end."""
    check_run(run)
    return run.split(b"\n")[:-1]


def check_run(run: bytes) -> None:
    """Check that the last line of a bucket's bytes ends. Raises ProofError."""
    if run and not run.endswith(b"\n"):
        raise ProofError("the last line of a bucket does not end")


def merge_run(run: bytes, fresh: Iterable[Line]) -> tuple[bytes, int]:
    """Return a bucket's bytes with records added or replaced, and how many were added. Raises as ``line_key`` does."""
    lines = split_run(run)
    before = len(lines)
    for key, data in fresh:
        place, is_there = _find(lines, key)
        lines[place : place + is_there] = [data]
    return join_run(lines), len(lines) - before


def _find(lines: Sequence[bytes], key: bytes) -> tuple[int, bool]:
    """Return where a key's line stands or belongs in a bucket, and whether it is there."""
    place = bisect_left(lines, key, key=line_key)
    return place, place < len(lines) and line_key(lines[place]) == key


def look_up(proof: BucketProof, subject: str, *, bits: int, root: bytes) -> Record | None:
    """Return what the directory with this root holds for the subject; None is proven absence.

    Raises ProofError when the proof is for another bucket, out of order or does not lead to the root.
    """
    key = subject_key(subject)
    if proof.bucket != bucket_of(key, bits):
        raise ProofError("the directory proof is for another bucket")
    if any(b"\n" in line for line in proof.lines):
        # The same bytes could be cut into lines in two ways.
        raise ProofError("a line of the directory's bucket holds a line feed")
    run = join_run(proof.lines)
    verify_inclusion(leaf=leaf_hash(run), index=proof.bucket, size=1 << bits, path=proof.path, root=root)
    line = find_line(run, key)
    return None if line is None else parse_line(line)


def find_line(run: bytes, key: bytes) -> bytes | None:
    """Return the line under a key out of a proven bucket's bytes, whose last line ends; None is absence.

    Raises ProofError when the lines are out of order: a second record of one key would stand unseen.
    """
    keys = run_keys(run)
    if any(map(operator.ge, keys, keys[1:])):
        raise ProofError("the directory's bucket is not in order")
    place = bisect_left(keys, key)
    return run.split(b"\n", place + 1)[place] if keys[place : place + 1] == [key] else None
