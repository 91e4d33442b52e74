"""Transition: from which day a version of the criteria is applied for, until when it is used, when its marks end.

Two versions may be alive at once. The days are those of the scheme's zone and are public with the pack; a mark keeps
the version under which it was issued, and ends at the sunset of that version at the latest. A published pack never
changes: the days on which an older version ends stand in the pack of the version that replaces it.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

from verifier.dates import day_start, local_date
from verifier.schema import Closed, Many
from verifier.scheme.rule import SchemeVersion

Phase = Literal["announced", "open", "closing", "closed_for_new", "sunset", "closed"]
ACCEPTING: frozenset[Phase] = frozenset({"open", "closing"})


class Replaced(Closed):
    """An older version and its last days: of evaluations and decisions, and of its marks."""

    version: SchemeVersion
    evaluations_until: date | None = None
    marks_until: date | None = None

    def decisions_end(self, zone: str) -> int | None:
        """Return the first second at which no mark is issued under it any more, None where none is fixed."""
        return None if self.evaluations_until is None else day_start(self.evaluations_until + timedelta(days=1), zone)


class Transition(Closed):
    """The days of a version; a day that is absent is not fixed. The two ends are the last days.

    ``illustrative`` says that the days are this product's and not the scheme's.
    """

    accepted_from: date | None = None
    evaluations_until: date | None = None
    marks_until: date | None = None
    replaces: Many[Replaced] = ()
    replaced_by: SchemeVersion | None = None
    illustrative: bool = False

    @property
    def is_dated(self) -> bool:
        """Say whether any day is fixed."""
        return any(day is not None for day in (self.accepted_from, self.evaluations_until, self.marks_until))

    def phase(self, at: int, zone: str) -> Phase:
        """Return where the version stands at that instant (UTC seconds)."""
        day = local_date(at, zone)
        if self.accepted_from is not None and day < self.accepted_from:
            return "announced"
        if self.marks_until is not None and day > self.marks_until:
            return "sunset"
        if self.evaluations_until is not None:
            return "closed_for_new" if day > self.evaluations_until else "closing"
        return "open"

    def sunset(self, zone: str) -> int | None:
        """Return the first second at which no mark of the version counts any more, None where none is fixed."""
        return None if self.marks_until is None else day_start(self.marks_until + timedelta(days=1), zone)

    def ended_by(self, successor: str, replaced: Replaced) -> Transition:
        """Return these days with the earlier ends that a successor sets; a successor never gives back a day."""
        return self.model_copy(
            update={
                "evaluations_until": _earlier(self.evaluations_until, replaced.evaluations_until),
                "marks_until": _earlier(self.marks_until, replaced.marks_until),
                "replaced_by": self.replaced_by or successor,
            }
        )


def _earlier(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)
