"""The directory at every epoch, kept up entry by entry and without its files: audits need the roots of all epochs.

An epoch is over the first ``size`` entries, but its entry comes some entries later. So what an entry changes waits here
until an epoch asks for it. A test compares every epoch with verifier/directory/build.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.directory.record import Line, line_key, subject_key, write_identifier, write_mark, write_object
from verifier.directory.tree import DirectoryTree, bucket_of
from verifier.names import directory_uri, parse_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.replay.records import MarkRecord
    from verifier.replay.state import Head, LogState


@dataclass(frozen=True)
class Waiting:
    """What entries changed since the last epoch: their lines by index, and the lines as the epoch had them by key."""

    lines: tuple[tuple[int, tuple[Line, ...]], ...] = ()
    before: tuple[tuple[bytes, bytes | None], ...] = ()


class DirectoryFold:
    """The directory over a growing log. ``note`` every entry after it was applied; ``advance`` to an epoch's size."""

    def __init__(self, state: LogState, waiting: Waiting | None = None) -> None:
        """Begin with what the state holds, but for what was still waiting when it was left."""
        waiting = waiting or Waiting()
        self._waiting = list(waiting.lines)
        self._marks_of: dict[str, list[str]] = {}
        self._directory = directory_uri(state.host)
        for uri, mark in state.marks.items():
            for identifier in _identifiers(mark):
                self._marks_of.setdefault(identifier, []).append(uri)
        self.tree = DirectoryTree(self._as_of_epoch(state, waiting))
        """The directory of the size last advanced to."""

    def note(self, index: int, uri: str, state: LogState) -> None:
        """Queue the records that the entry at ``index``, which was about ``uri``, changed."""
        if uri == self._directory or uri not in state.heads:
            return
        lines = [_object_line(uri, state.heads[uri])]
        mark = state.marks.get(uri)
        if mark is not None:
            for identifier in _identifiers(mark):
                marks = self._marks_of.setdefault(identifier, [])
                if uri not in marks:
                    marks.append(uri)
                lines.append(self._identifier_line(identifier, state))
        self._waiting.append((index, tuple(lines)))

    def advance(self, size: int) -> tuple[Line, ...]:
        """Take what the entries below ``size`` changed into the directory; return those lines. It never goes back."""
        count = next((at for at, (index, _) in enumerate(self._waiting) if index >= size), len(self._waiting))
        newest = {line.key: line for _, lines in self._waiting[:count] for line in lines}
        del self._waiting[:count]
        self.tree.put(newest.values())
        return tuple(newest.values())

    def waiting(self) -> Waiting:
        """Return what a later fold needs beside the state."""
        keys = dict.fromkeys(line.key for _, lines in self._waiting for line in lines)
        return Waiting(tuple(self._waiting), tuple((key, self._line(key)) for key in keys))

    def _as_of_epoch(self, state: LogState, waiting: Waiting) -> Iterator[Line]:
        before = dict(waiting.before)
        for uri, head in state.heads.items():
            if uri != self._directory and subject_key(uri) not in before:
                yield _object_line(uri, head)
        for identifier in self._marks_of:
            if subject_key(identifier) not in before:
                yield self._identifier_line(identifier, state)
        yield from (Line(key, data) for key, data in before.items() if data is not None)

    def _line(self, key: bytes) -> bytes | None:
        return next((data for data in self.tree.bucket(bucket_of(key, self.tree.bits)) if line_key(data) == key), None)

    def _identifier_line(self, identifier: str, state: LogState) -> Line:
        marks: list[tuple[str, bytes]] = []
        for uri in self._marks_of[identifier]:
            mark, mark_id = state.marks[uri], parse_name(uri).value
            if parse_name(mark.issued.sub).value == identifier:
                marks.append((mark_id, _mark_line(mark_id, mark, link="held")))
            covered = _mark_line(mark_id, mark, link="covered")
            marks += [(mark_id, covered) for one in mark.issued.covered if one == identifier]
        ordered = [line for _, line in sorted(marks, key=lambda one: one[0])]
        return Line(subject_key(identifier), write_identifier(identifier, ordered))


def _identifiers(mark: MarkRecord) -> list[str]:
    """Return the holder's identifier and those covered, each once."""
    return list(dict.fromkeys((parse_name(mark.issued.sub).value, *mark.issued.covered)))


def _object_line(uri: str, head: Head) -> Line:
    data = write_object(uri, head=head.index, leaf=head.leaf, state=head.state, until=head.until)
    return Line(subject_key(uri), data)


def _mark_line(mark_id: str, mark: MarkRecord, *, link: str) -> bytes:
    issued = mark.issued
    return write_mark(
        mark_id,
        link=link,
        scheme=issued.scheme,
        tier=issued.tier,
        scope_kind=issued.scope_kind,
        state=mark.state,
        nbf=issued.nbf,
        until=mark.lift_by or issued.exp,
    )
