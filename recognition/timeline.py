"""Timeline: what was in force at a time, as known at another time.

Events are only ever added. One counts from ``effective_from``, but only for whoever asks as known at or after
``recorded_at``: an answer given before stays as it was. The same form suspends a whole agreement, one issuer or one
version of a mapping. Suspension does not say what becomes of recognitions already given: ``existing`` does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from verifier.schema import Closed, Many

LAST_MOMENT = 253_000_000_000
"""In the year 9987: every instant up to here has a calendar date in every zone."""

Moment = Annotated[int, Field(gt=0, le=LAST_MOMENT)]
Status = Literal["proposed", "announced", "declined", "provisional", "in_force", "suspended", "terminated"]
Existing = Literal["keep_until", "show_under_review", "stop_now"]
STATUSES: tuple[Status, ...] = get_args(Status)
EXISTING: tuple[Existing, ...] = get_args(Existing)


class Event(Closed):
    """A change of status. ``existing`` and ``existing_until`` matter where it ends being in force."""

    effective_from: Moment
    recorded_at: Moment
    status: Status
    reason: Literal["administrative", "integrity"] = "administrative"
    existing: Existing = "stop_now"
    existing_until: Moment | None = None

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if (self.existing == "stop_now") != (self.existing_until is None):
            raise ValueError("existing_until stands exactly where existing recognitions do not stop now")
        if self.existing_until is not None and self.existing_until <= self.effective_from:
            raise ValueError("existing recognitions would end before the event takes effect")
        if self.reason == "integrity" and self.existing != "stop_now":
            raise ValueError("after a loss of integrity existing recognitions stop at once")
        return self


Timeline = Many[Event]


@dataclass(frozen=True)
class Standing:
    """What a timeline says: in force or not, or under review, and the first instant at which that may change."""

    word: Literal["in_force", "under_review", "not_in_force"]
    status: Status | None
    until: int | None = None


def standing(
    timeline: Iterable[Event], *, as_of: int, known_at: int, recognised_at: int | None, unless_told: Status | None
) -> Standing:
    """Return what the timeline means for a recognition recorded at ``recognised_at`` (None: a new one).

    ``unless_told`` is the status before any event: None for an agreement, in_force for what an agreement lists.
    """
    known = [event for event in timeline if event.recorded_at <= known_at]
    if not known:
        return Standing("in_force" if unless_told == "in_force" else "not_in_force", unless_told)
    event = _latest(known, as_of)
    status = event.status if event else unless_told
    if status == "in_force":
        return Standing("in_force", status, _next_end(known, as_of=as_of, keeps=recognised_at is not None))
    if event is None or recognised_at is None or event.existing_until is None or as_of >= event.existing_until:
        return Standing("not_in_force", status)
    before = _latest(known, recognised_at)
    if (before.status if before else unless_told) != "in_force":
        return Standing("not_in_force", status)
    word: Literal["in_force", "under_review"] = "in_force" if event.existing == "keep_until" else "under_review"
    later = _next_end(known, as_of=as_of, keeps=True)
    return Standing(word, status, min(event.existing_until, later) if later else event.existing_until)


def _latest(events: Iterable[Event], at: int) -> Event | None:
    effective = [event for event in events if event.effective_from <= at]
    ended = [event for event in effective if event.status == "terminated"]
    # Termination is final. Of two events at one instant the stricter counts, whatever their order in the file.
    return max(ended or effective, key=_rank, default=None)


def _rank(event: Event) -> tuple[int, int, int, int, int]:
    strictness = 0 if event.status == "in_force" else 1 + STATUSES.index(event.status)
    keeps = -(event.existing_until or 0)
    return (event.effective_from, event.recorded_at, strictness, keeps, EXISTING.index(event.existing))


def _next_end(events: Iterable[Event], *, as_of: int, keeps: bool) -> int | None:
    ends = [
        event.existing_until if keeps and event.existing == "keep_until" else event.effective_from
        for event in events
        if event.effective_from > as_of and event.status != "in_force"
    ]
    return min((end for end in ends if end is not None), default=None)
