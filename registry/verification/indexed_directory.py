"""The directory as the search index has it: for lists that are checked where the directory is published.

Whoever is asked here is the one who made the directory, so a proof would prove nothing to itself. Whoever asks gets a
receipt that names the epoch, and can check each row against it.
"""

from __future__ import annotations

from itertools import groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING

from registry.verification import queries_search as queries
from verifier.directory.record import ListedMark

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from verifier.directory.bulk import BulkDirectory
    from verifier.directory.record import Record

AT_ONCE = 500


class IndexedDirectory:
    """A ``verifier.check.lookup.Directory`` over an index that is made of the same epoch as ``bulk``."""

    def __init__(self, line: sqlite3.Connection, bulk: BulkDirectory) -> None:
        self._line = line
        self._bulk = bulk

    def marks(self, identifiers: Iterable[str]) -> Iterator[tuple[str, tuple[ListedMark, ...]]]:
        """Yield each identifier that has marks with them."""
        for some in _parts(identifiers):
            for identifier, rows in groupby(queries.listed(self._line, some), key=itemgetter(0)):
                yield str(identifier), tuple([ListedMark._make(row[1:]) for row in rows])

    def holders(self, marks: set[str]) -> dict[str, tuple[ListedMark, ...]]:
        """Return the marks of whoever holds these, by identifier."""
        held = [one for some in _parts(sorted(marks)) for one in queries.holders_of(self._line, some)]
        return dict(self.marks(dict.fromkeys(held)))

    def records(self, subjects: Iterable[str]) -> Iterable[tuple[str, Record | None]]:
        """Yield each object that the directory has a record of with that record."""
        known = {uri for some in _parts(subjects) for uri in queries.known_objects(self._line, some)}
        return self._bulk.records(sorted(known))


def _parts(many: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(many)
    while some := list(islice(rest, AT_ONCE)):
        yield some
