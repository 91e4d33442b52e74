"""Applying changed records to the shards of a copy, without loading the shards that they leave alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.directory.files import IndexFile, open_shard, shard_path, write_shard, write_shards
from verifier.directory.record import line_key
from verifier.directory.tree import CompleteTree, DirectoryTree, bucket_of, merge_run, split_run
from verifier.encoding import b64u
from verifier.errors import ProofError
from verifier.log.merkle import leaf_hash

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from verifier.directory.record import Line
    from verifier.gather import Fetcher


def patched_shards(
    old: IndexFile, new: IndexFile, lines: Sequence[Line], fetcher: Fetcher
) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of the shards of the new index that the changed records touch.

    The shards of the old index are read through ``fetcher`` and checked. Raises ProofError, before the shard that is
    wrong, when the records do not lead to the new index; MalformedError or ProofError for damaged shards.
    """
    if old.bits != new.bits:
        yield from _laid_out_anew(old, new, lines, fetcher)
        return
    by_shard: dict[int, list[Line]] = {}
    width = (1 << old.bits) // len(old.shards)
    for line in lines:
        by_shard.setdefault(bucket_of(line.key, old.bits) // width, []).append(line)
    untouched = set(range(len(old.shards))) - by_shard.keys()
    if any(old.shards[number] != new.shards[number] for number in untouched):
        raise ProofError("the delta does not lead to the logged root: it leaves a change out")
    for number, changed in sorted(by_shard.items()):
        yield _patched(old, new, number, changed, fetcher.fetch(shard_path(old, number)))


def _patched(old: IndexFile, new: IndexFile, number: int, lines: list[Line], data: bytes) -> tuple[str, bytes]:
    head, runs = open_shard(old, number, data)
    hashes, by_bucket = list(head.hashes), {}  # type: tuple[list[bytes], dict[int, list[Line]]]
    for line in lines:
        by_bucket.setdefault(bucket_of(line.key, old.bits) % len(runs), []).append(line)
    for position, changed in by_bucket.items():
        runs[position], _ = merge_run(runs[position], changed)
        hashes[position] = leaf_hash(runs[position])
    if b64u(CompleteTree(hashes).root) != new.shards[number]:
        raise ProofError("the delta does not lead to the logged root")
    return shard_path(new, number), write_shard(runs, hashes)


def _laid_out_anew(
    old: IndexFile, new: IndexFile, lines: Sequence[Line], fetcher: Fetcher
) -> Iterator[tuple[str, bytes]]:
    records: dict[bytes, bytes] = {}
    for number in range(len(old.shards)):
        _, runs = open_shard(old, number, fetcher.fetch(shard_path(old, number)))
        records.update((line_key(data), data) for run in runs for data in split_run(run))
    records.update(lines)
    tree = DirectoryTree(records.items(), bits=new.bits)
    if b64u(tree.root) != new.root:
        raise ProofError("the delta does not lead to the logged root")
    for number in range(len(new.shards)):
        for shard in write_shards(tree, (number,)).values():
            yield shard_path(new, number), shard
