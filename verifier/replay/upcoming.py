"""What the clock will change by itself: terms that begin or end, deadlines of suspensions, overdue reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.names import key_uri
from verifier.replay.clock import standing_of
from verifier.replay.records import MarkRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from verifier.replay.clock import Record
    from verifier.replay.duties import ReportDuty
    from verifier.replay.state import LogState

MOST_STEPS = 8


@dataclass(frozen=True, order=True)
class Transition:
    """At ``at`` (UTC seconds) the clock leads the object from one state to another."""

    at: int
    object: str
    before: str
    after: str


def upcoming(
    state: LogState, *, now: int, until: int, duty_of: Callable[[MarkRecord], ReportDuty | None]
) -> list[Transition]:
    """Return every transition in (now, until], in order of time, if nothing more is said about any object."""
    found = [
        one
        for uri, record in _records(state)
        for one in _of(uri, record, duty_of(record) if isinstance(record, MarkRecord) else None, now=now, until=until)
    ]
    return sorted(found)


def _records(state: LogState) -> Iterator[tuple[str, Record]]:
    yield from state.marks.items()
    yield from state.bodies.items()
    yield from state.experts.items()
    yield from state.organisations.items()
    yield from ((key_uri(state.host, kid), record) for kid, record in state.keys.items())


def _of(uri: str, record: Record, duty: ReportDuty | None, *, now: int, until: int) -> Iterator[Transition]:
    standing = standing_of(record, at=now, duty=duty)
    for _ in range(MOST_STEPS):
        at = standing.until
        if at is None or at > until:
            return
        following = standing_of(record, at=at, duty=duty)
        yield Transition(at, uri, standing.state, following.state)
        standing = following
