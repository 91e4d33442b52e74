"""A directory that follows its log: each epoch costs what changed, and its files are those of ``build_directory``.

Identifiers keep all marks that they ever had, and a mark never changes hands. So an identifier's record is made from
its old one and the marks that changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.directory.delta import Delta, in_order
from verifier.directory.files import DirectoryFiles, shard_count, write_index, write_shards
from verifier.directory.record import (
    Line,
    in_order_of_ids,
    mark_in,
    read_marks,
    subject_key,
    write_identifier,
    write_mark,
    write_object,
)
from verifier.directory.tree import DirectoryTree
from verifier.names import log_origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.directory.changes import Changes
    from verifier.replay.records import MarkRecord

_ORGANISATION, _MARK = "/o/", "/m/"


@dataclass(frozen=True)
class Epoch:
    """One epoch: root, index, the shards that no earlier epoch of the same directory had, delta from the one before."""

    size: int
    bits: int
    root: bytes
    files: DirectoryFiles
    delta: Delta | None


class GrowingDirectory:
    """The directory over the first ``size`` entries of one log; it begins empty and takes changes in their order."""

    def __init__(self, *, bits: int | None = None) -> None:
        """Begin with nothing. ``bits`` fixes the number of buckets, which follows from the records otherwise."""
        self._bits = bits
        self.tree = DirectoryTree(bits=bits)
        self.size = 0

    def advance(self, changes: Changes) -> Epoch:
        """Take what changed since ``size``; return the epoch over everything up to ``changes.size``."""
        log = log_origin(changes.host)
        lines = self._lines(changes)
        if self.size == 0:
            self.tree = DirectoryTree(lines, bits=self._bits)
            touched = None
        else:
            touched = self.tree.put([Line(key, data) for key, data in lines])
        self.size = changes.size
        files = DirectoryFiles(
            write_index(self.tree, log=log, size=self.size), write_shards(self.tree, self._shards(touched))
        )
        return Epoch(self.size, self.tree.bits, self.tree.root, files, self._delta(changes, log))

    def _lines(self, changes: Changes) -> Iterator[tuple[bytes, bytes]]:
        for uri, head in changes.heads.items():
            yield subject_key(uri), write_object(uri, head.index, head.leaf, head.state, head.until)
        for identifier, written in _by_identifier(changes.marks).items():
            marks = self._merged(identifier, written) if self.size else in_order_of_ids(written)
            yield subject_key(identifier), write_identifier(identifier, (marks,))

    def _merged(self, identifier: str, written: bytes) -> bytes:
        """Return the marks in an identifier's record so far, with those that changed in place of their old lines."""
        fresh = read_marks(written)
        changed = {mark_in(one) for one in fresh}
        old = read_marks(self.tree.line(identifier) or b"")
        return in_order_of_ids(b",".join([*(one for one in old if mark_in(one) not in changed), *fresh]))

    def _shards(self, touched: set[int] | None) -> list[int]:
        count = shard_count(self.tree.bits)
        width = len(self.tree.runs) // count
        return list(range(count)) if touched is None else sorted({bucket // width for bucket in touched})

    def _delta(self, changes: Changes, log: str) -> Delta | None:
        if changes.previous is None:
            return None
        subjects = dict.fromkeys(changes.after(changes.previous))
        for uri in list(subjects):
            if uri in changes.marks:
                subjects.update(dict.fromkeys(_identifiers(changes.marks[uri])))
        found = ((subject, self.tree.line(subject)) for subject in subjects)
        lines = in_order(Line(subject_key(subject), line) for subject, line in found if line is not None)
        return Delta(log, changes.previous, changes.size, self.tree.bits, self.tree.root, lines)


def _by_identifier(marks: dict[str, MarkRecord]) -> dict[str, bytes]:
    """Return the marks that each identifier holds or that cover it, as they stand in its record, in no order.

    One run of bytes each: a million lists would have the garbage collector walk the whole state of the log.
    """
    found: dict[str, bytes] = {}
    for mark in marks.values():
        issued = mark.issued
        holder, written = issued.sub.rpartition(_ORGANISATION)[2], _written(mark, "held")
        found[holder] = b"%b,%b" % (found[holder], written) if holder in found else written
        for identifier in issued.covered:
            written = _written(mark, "covered")
            found[identifier] = b"%b,%b" % (found[identifier], written) if identifier in found else written
    return found


def _written(mark: MarkRecord, link: str) -> bytes:
    issued = mark.issued
    return write_mark(
        mark.uri.rpartition(_MARK)[2],
        link=link,
        scheme=issued.scheme,
        tier=issued.tier,
        scope_kind=issued.scope_kind,
        state=mark.steps[-1].state,
        nbf=issued.nbf,
        until=mark.lift_by or issued.exp,
    )


def _identifiers(mark: MarkRecord) -> tuple[str, ...]:
    return (mark.issued.sub.rpartition(_ORGANISATION)[2], *mark.issued.covered)
