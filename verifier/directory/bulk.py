"""Looking many subjects up at once, in a copy of the directory or at whoever serves whole shards.

Each shard that is needed is read once and whole, so whoever serves it does not learn whom one checks. A shard's first
line leads to the root in the proven index, and each touched bucket to that line: what is found is as good as a proof.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.directory.files import IndexFile, open_head, shard_count, shard_path
from verifier.directory.record import subject_key
from verifier.directory.tree import bucket_of, find_record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from verifier.directory.record import Record
    from verifier.gather import Fetcher

Asked = tuple[str, bytes]
"""A subject and its key."""


def look_up_all(fetcher: Fetcher, index: IndexFile, subjects: Iterable[str]) -> Iterator[tuple[str, Record | None]]:
    """Yield each subject once with what the directory holds for it; None is absence. The order is the directory's.

    ``index`` is that of a proven epoch. Raises MalformedError or ProofError for a shard that is not the index's, and
    as fetching does. One shard is in memory at a time.
    """
    width = (1 << index.bits) // shard_count(index.bits)
    buckets: dict[int, list[Asked]] = {}
    for subject in dict.fromkeys(subjects):
        key = subject_key(subject)
        buckets.setdefault(bucket_of(key, index.bits), []).append((subject, key))
    shards: dict[int, list[int]] = {}
    for bucket in sorted(buckets):
        shards.setdefault(bucket // width, []).append(bucket)
    for number, touched in shards.items():
        data = fetcher.fetch(shard_path(index, number))
        head = open_head(index, number, data[: data.find(b"\n") + 1])
        for bucket in touched:
            position = bucket % width
            first, end = head.place(position)
            lines = head.open_bucket(position, data[first:end])
            yield from ((subject, find_record(lines, key)) for subject, key in buckets[bucket])
