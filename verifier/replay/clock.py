"""What the clock makes of a record: the state at an instant, and what changes by time alone.

Statements move objects through their machines; time ends terms, suspensions and duties without any. Every answer
applies it, so that nobody has to be awake for a mark to expire.
"""

from __future__ import annotations

from dataclasses import dataclass

from verifier.replay.duties import ReportDuty
from verifier.replay.listed_records import Declaration, EvidenceRecord, ExpertRecord, OrganisationRecord
from verifier.replay.recognition_records import AgreementRecord, RecognitionRecord
from verifier.replay.records import BodyRecord, KeyRecord, MarkRecord

Record = (
    BodyRecord
    | ExpertRecord
    | KeyRecord
    | MarkRecord
    | OrganisationRecord
    | EvidenceRecord
    | AgreementRecord
    | RecognitionRecord
)


@dataclass(frozen=True)
class Standing:
    """A state at an instant: ``since`` when the clock led to it, None where a statement did; ``until`` when it ends."""

    state: str
    since: int | None = None
    until: int | None = None


def standing_of(record: Record, *, at: int, duty: ReportDuty | None = None) -> Standing:
    """Return how a record stands at that instant (UTC seconds), if nothing more is said about it.

    ``duty`` is the mark's duty to report, None where it has none or it is not known.
    """
    match record:
        case MarkRecord():
            return _mark(record, duty, at=at)
        case BodyRecord() | ExpertRecord():
            begins = record.begins if isinstance(record, BodyRecord) else record.windows[-1].begins
            return _listed(record.state, begins, record.ends, at=at)
        case OrganisationRecord():
            return _organisation(record, at=at)
        case AgreementRecord():
            return _agreement(record, at=at)
        case RecognitionRecord():
            return _recognition(record, at=at)
        case _:
            return Standing(record.state)


def declaration_standing(declaration: Declaration, *, at: int) -> Standing:
    """Return how one declaration stands at that instant."""
    if declaration.state != "declared":
        return Standing(declaration.state)
    if at < declaration.nbf:
        return Standing("not_yet_valid", until=declaration.nbf)
    if at >= declaration.exp:
        return Standing("expired", since=declaration.exp)
    return Standing("declared", until=declaration.exp)


def _mark(record: MarkRecord, duty: ReportDuty | None, *, at: int) -> Standing:
    nbf, exp = record.issued.nbf, record.issued.exp
    if record.state not in ("active", "suspended"):
        return Standing(record.state)
    # What ends a mark first by the clock is what ended it.
    if record.lift_by is not None and record.lift_by <= min(at, exp):
        return Standing("withdrawn", since=record.lift_by)
    if at >= exp:
        return Standing("expired", since=exp)
    if record.state == "suspended":
        return Standing("suspended", until=min(record.lift_by or exp, exp))
    if at < nbf:
        return Standing("not_yet_valid", until=nbf)
    overdue_at = duty.overdue_at(record) if duty else None
    if overdue_at is not None and at >= overdue_at:
        return Standing("suspended", since=overdue_at)
    return Standing("active", until=min(overdue_at or exp, exp))


def _listed(state: str, begins: int, ends: int, *, at: int) -> Standing:
    if state != "active":
        return Standing(state)
    if at < begins:
        return Standing("not_yet", until=begins)
    if at >= ends:
        return Standing("lapsed", since=ends)
    return Standing("active", until=ends)


def _organisation(record: OrganisationRecord, *, at: int) -> Standing:
    standings = [declaration_standing(one, at=at) for one in record.declarations]
    for state in ("declared", "not_yet_valid", "expired", "stopped"):
        found = [one for one in standings if one.state == state]
        if found:
            # The state holds as long as the last of them holds.
            return max(found, key=lambda one: (one.until or 0, one.since or 0))
    return Standing(record.state)


def _agreement(record: AgreementRecord, *, at: int) -> Standing:
    """Apply the times from which its events count: the newest event that counts already says how it stands."""
    whole = [one for one in record.happened if not one.event.is_part]
    if not whole:
        return Standing(record.state)
    later = min((one.event.effective for one in whole if one.event.effective > at), default=None)
    effective = [one for one in whole if one.event.effective <= at]
    if not effective:
        return Standing("announced", until=later)
    newest = effective[-1]
    return Standing(newest.status, since=newest.event.effective, until=later)


def _recognition(record: RecognitionRecord, *, at: int) -> Standing:
    until = record.recorded.until
    if record.state != "recorded":
        return Standing(record.state)
    return Standing("expired", since=until) if at >= until else Standing("recorded", until=until)
