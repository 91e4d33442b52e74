"""History as a query: what an object was on a day, as it was known on another, answered from entries alone.

Order is by index, dates are by witnesses: an entry is in effect from the time at which a quorum had seen the first
checkpoint over it. What is known is what the log held then. Two things reach back, once they are known: an annulment,
which makes a mark void from its start, and a key's cut-off, which makes void what the key signed from that index on.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

from verifier.errors import RefusedError
from verifier.names import parse_name
from verifier.replay.clock import Record, standing_of
from verifier.replay.duties import ReportDuty
from verifier.replay.listed_records import OrganisationRecord, fold_evidence, fold_expert, fold_organisation
from verifier.replay.recognition_records import MappingRecord, fold_agreement, fold_mapping, fold_recognition
from verifier.replay.records import (
    Entry,
    KeyRecord,
    MarkRecord,
    Step,
    fold_body,
    fold_key,
    fold_mark,
    step_of,
)

CoveredAt = Callable[[int], int | None]
"""Returns when a quorum had seen the first known checkpoint over the entry at an index, None where none is known."""

NEVER = 2**62


@dataclass(frozen=True)
class Moment:
    """A question's two times: the instant that it is about (UTC seconds), and how many entries count as known."""

    as_of: int
    size: int


@dataclass(frozen=True)
class PlainRecord:
    """An object of which nothing but its state is kept."""

    uri: str
    steps: tuple[Step, ...]

    @property
    def state(self) -> str:
        """The newest state."""
        return self.steps[-1].state


AnyRecord = Record | MappingRecord | PlainRecord


@dataclass(frozen=True)
class PastState:
    """An object as it was. ``state`` is "unknown" where no entry about it was in effect yet.

    ``entry`` is the one that led there, ``since`` when it took effect or when the clock changed the state; ``until`` is
    when the clock would change it next. ``later`` is an entry from after the instant that reaches back to it.
    """

    object: str
    kind: str
    state: str
    entry: int | None = None
    since: int | None = None
    until: int | None = None
    later: int | None = None
    record: AnyRecord | None = None


def size_known_at(instant: int, covered_at: CoveredAt, *, size: int) -> int:
    """Return how many of the first ``size`` entries a quorum of witnesses had seen at that instant."""
    return bisect_right(range(size), instant, key=lambda index: _or_never(covered_at(index)))


def state_at(
    entries: Sequence[Entry], moment: Moment, covered_at: CoveredAt, *, duty: ReportDuty | None = None
) -> PastState:
    """Return the state of the object that all these entries are about, in order, at a moment.

    ``duty`` is a mark's duty to report. Raises RefusedError for entries that no log can hold in this order, and where
    there is none at all.
    """
    if not entries:
        raise RefusedError("the log never held anything about this object")
    uri = entries[0].statement.object
    kind = parse_name(uri).kind
    known = [entry for entry in entries if entry.index < moment.size]
    effective = [entry for entry in known if _or_never(covered_at(entry.index)) <= moment.as_of]
    if not effective:
        return PastState(uri, kind, "unknown")
    record = fold_object(effective)
    if isinstance(record, PlainRecord | MappingRecord):
        found = PastState(uri, kind, record.state)
    else:
        standing = standing_of(record, at=moment.as_of, duty=duty)
        found = PastState(uri, kind, standing.state, since=standing.since, until=standing.until)
    entry = _led_to(record, effective)
    since = found.since if found.since is not None else covered_at(entry)
    return _seen_from_later(replace(found, entry=entry, since=since, record=record), known, moment, covered_at)


def fold_object(entries: Sequence[Entry]) -> AnyRecord:
    """Return the record of the object that all these entries are about, in order. Raises RefusedError."""
    record: AnyRecord | None = None
    for entry in entries:
        record = _FOLDS.get(parse_name(entry.statement.object).kind, _fold_plain)(record, entry)
    if record is None:
        raise RefusedError("the log never held anything about this object")
    return record


def states_of(entries: Sequence[Entry]) -> Iterator[str]:
    """Yield the state that each entry about one object led to. Raises RefusedError."""
    record: AnyRecord | None = None
    for entry in entries:
        record = _FOLDS.get(parse_name(entry.statement.object).kind, _fold_plain)(record, entry)
        yield record.state


def _fold_plain(record: Any, entry: Entry) -> PlainRecord:
    step = step_of(record.state if record else None, entry)
    return PlainRecord(entry.statement.object, (*(record.steps if record else ()), step))


_FOLDS: dict[str, Callable[[Any, Entry], AnyRecord]] = {
    "m": fold_mark,
    "e": fold_body,
    "k": fold_key,
    "x": fold_expert,
    "o": fold_organisation,
    "v": fold_evidence,
    "p": fold_mapping,
    "a": fold_agreement,
    "r": fold_recognition,
}


def _led_to(record: AnyRecord, effective: Sequence[Entry]) -> int:
    """Return the entry from which on the object was in the state that it is in by statements."""
    if isinstance(record, OrganisationRecord):
        return effective[-1].index
    run = takewhile(lambda step: step.state == record.state, reversed(record.steps))
    return min(step.index for step in run)


def _seen_from_later(found: PastState, known: Sequence[Entry], moment: Moment, covered_at: CoveredAt) -> PastState:
    """Apply what was known later and reaches back: the annulment of a mark, the cut-off of a key."""
    newest = fold_object(known)
    match newest:
        case MarkRecord(state="annulled") if found.state != "annulled":
            return replace(found, state="annulled", until=None, later=newest.steps[-1].index)
        case KeyRecord(cutoff=int(cutoff)) if found.state != "revoked":
            then = size_known_at(moment.as_of, covered_at, size=moment.size)
            return replace(found, state="void", later=newest.steps[-1].index) if then >= cutoff else found
        case _:
            return found


def _or_never(time: int | None) -> int:
    return NEVER if time is None else time
