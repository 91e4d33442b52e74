"""The directory's tree: records in 2**bits buckets by key prefix.

An RFC 6962 tree inside each bucket and another over the buckets, whose leaves are the buckets' roots. A proof of
presence and of absence is the same thing: the whole bucket and the path from it to the root.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from verifier.directory.record import Line, Record, parse_line, subject_key
from verifier.errors import ProofError
from verifier.log.merkle import leaf_hash, verify_inclusion
from verifier.log.tree import MemoryTree, inclusion_path

MEAN_RECORDS = 32
MOST_BITS = 24


@dataclass(frozen=True)
class BucketProof:
    """A bucket and its path: shows what the directory holds for every subject whose key falls into it."""

    bucket: int
    lines: tuple[bytes, ...]
    path: tuple[bytes, ...]


class DirectoryTree:
    """The directory over one set of records, in memory."""

    def __init__(self, lines: Iterable[Line], *, bits: int | None = None) -> None:
        """Sort the lines into buckets; ``bits`` defaults to a mean of at most 32 records a bucket."""
        ordered = sorted(lines, key=lambda line: line.key)
        self.bits = bits if bits is not None else bits_for(len(ordered))
        self.buckets: list[list[bytes]] = [[] for _ in range(1 << self.bits)]
        for line in ordered:
            self.buckets[bucket_of(line.key, self.bits)].append(line.data)
        self.tree = MemoryTree()
        for bucket in self.buckets:
            self.tree.append(leaf_hash(bucket_root(bucket)))

    @property
    def root(self) -> bytes:
        """The directory's root hash."""
        return self.tree.root()

    def prove(self, subject: str) -> BucketProof:
        """Return the proof of presence or absence of a subject."""
        bucket = bucket_of(subject_key(subject), self.bits)
        path = inclusion_path(self.tree, bucket, len(self.buckets))
        return BucketProof(bucket, tuple(self.buckets[bucket]), tuple(path))


def bits_for(count: int) -> int:
    """Return the smallest number of bits that keeps the mean at 32 records a bucket."""
    bits = 0
    while count > MEAN_RECORDS << bits and bits < MOST_BITS:
        bits += 1
    return bits


def bucket_of(key: bytes, bits: int) -> int:
    """Return the number of the bucket: the first ``bits`` bits of the key."""
    return int.from_bytes(key[:4]) >> (32 - bits)


def bucket_root(lines: Sequence[bytes]) -> bytes:
    """Return the RFC 6962 root over the lines of a bucket."""
    tree = MemoryTree()
    for line in lines:
        tree.append(leaf_hash(line))
    return tree.root()


def look_up(proof: BucketProof, subject: str, *, bits: int, root: bytes) -> Record | None:
    """Return what the directory with this root holds for the subject; None is proven absence.

    Raises ProofError when the proof is for another bucket, out of order or does not lead to the root.
    """
    key = subject_key(subject)
    if proof.bucket != bucket_of(key, bits):
        raise ProofError("the directory proof is for another bucket")
    leaf = leaf_hash(bucket_root(proof.lines))
    verify_inclusion(leaf=leaf, index=proof.bucket, size=1 << bits, path=proof.path, root=root)
    records = [parse_line(line) for line in proof.lines]
    keys = [subject_key(record.subject) for record in records]
    if any(later <= earlier for earlier, later in pairwise(keys)):
        raise ProofError("the directory's bucket is not in order")
    return next((record for record, own in zip(records, keys, strict=True) if own == key), None)
