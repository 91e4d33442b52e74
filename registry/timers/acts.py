"""What the clock has made due by now: suspensions over a report, withdrawals after a suspension, ended recognitions.

Every answer applies these times whether or not anybody logs them (see verifier/replay/clock.py); an act puts into the
log what is true already. Nothing here decides whether it is logged: see limits.py.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from verifier.envelope import DAY
from verifier.replay.clock import standing_of
from verifier.replay.duties import OVERDUE, report_duty
from verifier.schema import Closed, Instant, Uri
from verifier.statement.recognition import AgreementStopped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from verifier.replay.duties import ReportDuty
    from verifier.replay.recognition_records import AgreementRecord
    from verifier.replay.records import MarkRecord
    from verifier.replay.state import LogState

SHORTEST_MONTH = 27 * DAY
NOT_LIFTED = "suspension_not_lifted"
TERMINATED = "agreement_terminated"


class Act(Closed):
    """One timed act: from ``due`` (UTC seconds) on, a statement of this type about the object says what is so."""

    due: Instant
    object: Uri
    type: Literal["mark.suspended", "mark.withdrawn", "recognition.ended"]

    def public(self, *, now: int, lift_days: int) -> dict[str, Any]:
        """Return the public part of the statement; a suspension is to be lifted within so many days from now."""
        match self.type:
            case "mark.suspended":
                return {"reason": OVERDUE, "lift_by": now + lift_days * DAY}
            case "mark.withdrawn":
                return {"reason": NOT_LIFTED}
            case "recognition.ended":
                return {"reason": TERMINATED}


@dataclass(frozen=True)
class Due:
    """What is due in one state of the log, in order of time, and how many objects the clock could take something."""

    acts: tuple[Act, ...]
    standing: int


def snapshot(state: LogState) -> LogState:
    """Return a copy of what is looked at here, which stays as it is while the log grows."""
    return replace(
        state,
        heads=dict(state.heads),
        marks=dict(state.marks),
        schemes=dict(state.schemes),
        agreements=dict(state.agreements),
        recognitions=dict(state.recognitions),
    )


def due_acts(state: LogState, *, now: int, zone: str) -> Due:
    """Return what is due at that instant (UTC seconds); ``zone`` is that of the scheme's calendar.

    Raises NotFoundError when the criteria of a mark are not in the log.
    """
    duty_of = _duties(state, zone)
    marks = [one for one in state.marks.values() if one.state in ("active", "suspended")]
    recognitions = [one for one in state.recognitions.values() if standing_of(one, at=now).state == "recorded"]
    acts = [act for one in marks for act in _of_mark(one, duty_of, now)]
    ends = {uri: _ended_at(record, now) for uri, record in state.agreements.items()}
    for one in recognitions:
        ended = ends.get(one.recorded.agreement)
        if ended is not None:
            acts.append(Act(due=ended, object=one.uri, type="recognition.ended"))
    standing = sum(now < one.issued.exp for one in marks) + len(recognitions)
    return Due(tuple(sorted(acts, key=lambda act: (act.due, act.object))), standing)


def _of_mark(record: MarkRecord, duty_of: Callable[[MarkRecord], ReportDuty | None], now: int) -> Iterator[Act]:
    if record.state == "suspended":
        standing = standing_of(record, at=now)
        if standing.state == "withdrawn" and standing.since is not None:
            yield Act(due=standing.since, object=record.uri, type="mark.withdrawn")
    elif now < record.issued.exp:
        duty = duty_of(record)
        # Calendars are slow: most marks are far from their next report.
        if duty is None or now < record.issued.nbf + SHORTEST_MONTH * duty.every_months * (len(record.reports) + 1):
            return
        standing = standing_of(record, at=now, duty=duty)
        if standing.state == "suspended" and standing.since is not None:
            yield Act(due=standing.since, object=record.uri, type="mark.suspended")


def _duties(state: LogState, zone: str) -> Callable[[MarkRecord], ReportDuty | None]:
    schemes = tuple(state.schemes.values())
    examples: dict[tuple[str, str, int], MarkRecord] = {}

    @cache
    def duty(terms: tuple[str, str, int]) -> ReportDuty | None:
        return report_duty(examples[terms].issued, schemes, zone=zone)

    def duty_of(record: MarkRecord) -> ReportDuty | None:
        issued = record.issued
        terms = (issued.scheme, issued.criteria_sha256, issued.tier)
        examples.setdefault(terms, record)
        return duty(terms)

    return duty_of


def _ended_at(record: AgreementRecord, now: int) -> int | None:
    """Return when what an agreement decided before came to its end with it, None while it has not."""
    standing = standing_of(record, at=now)
    if standing.state != "terminated":
        return None
    stopped = next(
        one.event
        for one in reversed(record.happened)
        if not one.event.is_part and one.status == "terminated" and one.event.effective <= now
    )
    if not isinstance(stopped, AgreementStopped):
        return None
    ended = stopped.effective if stopped.until is None else stopped.until
    return ended if ended <= now else None
