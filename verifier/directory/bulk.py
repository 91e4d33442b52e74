"""Looking many subjects up at once, in a copy of the directory or at whoever serves whole shards.

Each shard that is needed is read once and whole, so whoever serves it does not learn whom one checks. A shard's first
line leads to the root in the proven index, and each touched bucket to that line: what is found is as good as a proof.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from verifier.directory.files import IndexFile, ShardHead, open_head, open_shard, shard_count, shard_path
from verifier.directory.record import IdentifierRecord, listed_marks, parse_line, subject_key
from verifier.directory.tree import bucket_of, find_line, split_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from verifier.directory.ranged import RangeFetcher
    from verifier.directory.record import ListedMark, Record
    from verifier.gather import Fetcher

    Progress = Callable[[int, int], None]

Asked = tuple[str, bytes]
"""A subject and its key."""

_HELD = re.compile(rb'"link":"held","mark":"([0-9a-z]{26})"')
FEW = 32
"""So many buckets of a shard are read one by one where that tells nobody anything."""


class BulkDirectory:
    """The directory behind a proven index. What is known of a shard after one question serves the next.

    ``copy`` reads parts of files that are one's own: then a few subjects do not cost the reading of whole shards.
    """

    def __init__(self, fetcher: Fetcher, index: IndexFile, *, copy: RangeFetcher | None = None) -> None:
        self.fetcher = fetcher
        self.index = index
        self._copy = copy
        self._heads: dict[int, ShardHead] = {}
        self._width = (1 << index.bits) // shard_count(index.bits)

    def lines(self, subjects: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """Yield each subject once with its proven line; None is absence. The order is the directory's.

        Raises MalformedError or ProofError for a shard that is not the index's, and as fetching does. One shard is in
        memory at a time.
        """
        buckets: dict[int, list[Asked]] = {}
        for subject in dict.fromkeys(subjects):
            key = subject_key(subject)
            buckets.setdefault(bucket_of(key, self.index.bits), []).append((subject, key))
        shards: dict[int, list[int]] = {}
        for bucket in sorted(buckets):
            shards.setdefault(bucket // self._width, []).append(bucket)
        for number, touched in shards.items():
            for bucket, run in self._runs(number, touched):
                self._heads[number].check_bucket(bucket % self._width, run)
                yield from ((subject, find_line(run, key)) for subject, key in buckets[bucket])

    def records(self, subjects: Iterable[str]) -> Iterator[tuple[str, Record | None]]:
        """Yield each subject once with what the directory holds for it. Raises as ``lines`` does."""
        for subject, line in self.lines(subjects):
            yield subject, None if line is None else parse_line(line)

    def marks(self, identifiers: Iterable[str]) -> Iterator[tuple[str, tuple[ListedMark, ...]]]:
        """Yield each identifier that has marks with them. Raises as ``lines`` does."""
        for identifier, line in self.lines(identifiers):
            if line is not None:
                yield identifier, listed_marks(line)

    def holders(self, marks: set[str]) -> dict[str, tuple[ListedMark, ...]]:
        """Return the marks of whoever holds these. Nothing but the whole directory tells who holds a mark."""
        wanted = {mark.encode() for mark in marks}
        found: dict[str, tuple[ListedMark, ...]] = {}
        for number in range(len(self.index.shards)):
            _, runs = open_shard(self.index, number, self.fetcher.fetch(shard_path(self.index, number)))
            for run in runs:
                if wanted.isdisjoint(_HELD.findall(run)):
                    continue
                for line in run.splitlines():
                    record = None if wanted.isdisjoint(_HELD.findall(line)) else parse_line(line)
                    if isinstance(record, IdentifierRecord):
                        found[record.identifier] = listed_marks(line)
        return found

    def _runs(self, number: int, touched: list[int]) -> Iterator[tuple[int, bytes]]:
        path = shard_path(self.index, number)
        if self._copy is not None and number in self._heads and len(touched) <= FEW:
            for bucket in touched:
                yield bucket, self._copy.fetch_range(path, *self._heads[number].place(bucket % self._width))
            return
        data = self.fetcher.fetch(path)
        head = self._heads.get(number) or open_head(self.index, number, data[: data.find(b"\n") + 1])
        self._heads[number] = head
        for bucket in touched:
            first, end = head.place(bucket % self._width)
            yield bucket, data[first:end]


def every_line(fetcher: Fetcher, index: IndexFile, progress: Progress) -> Iterator[bytes]:
    """Yield every line of the directory behind a proven index, one shard in memory at a time.

    ``progress`` hears of shards. Raises MalformedError or ProofError for a shard that is not the index's.
    """
    shards = shard_count(index.bits)
    width = (1 << index.bits) // shards
    for number in range(shards):
        data = fetcher.fetch(shard_path(index, number))
        head = open_head(index, number, data[: data.find(b"\n") + 1])
        for position in range(width):
            first, end = head.place(position)
            head.check_bucket(position, data[first:end])
            yield from split_run(data[first:end])
        progress(number + 1, shards)


def look_up_all(fetcher: Fetcher, index: IndexFile, subjects: Iterable[str]) -> Iterator[tuple[str, Record | None]]:
    """Yield each subject once with what the directory holds for it; None is absence. The order is the directory's.

    ``index`` is that of a proven epoch. Raises MalformedError or ProofError for a shard that is not the index's, and
    as fetching does. One shard is in memory at a time.
    """
    return BulkDirectory(fetcher, index).records(subjects)
