"""What an object was on a day, as known on another: the answer as JSON, for command line and reader alike."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Protocol

from verifier.dates import parse_instant
from verifier.errors import NotFoundError, WrongUseError
from verifier.names import mark_uri, parse_name
from verifier.replay.history import Moment, PastState, size_known_at, state_at
from verifier.replay.incident import Past, mark_on
from verifier.replay.listed_records import OrganisationRecord
from verifier.replay.records import MarkRecord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.replay.incident import Incident


MOST_MARKS = 100
"""Marks of one organisation whose past one answer tells."""


class KnownPast(Past, Protocol):
    """A past with its end: how many entries it knows of, and in which zone its days begin."""

    @property
    def size(self) -> int:
        """How many entries are known."""
        ...

    @property
    def zone(self) -> str:
        """The time zone of the scheme's calendar."""
        ...

    def marks_of(self, identifier: str) -> Sequence[tuple[str, str]]:
        """Return link (held or covered) and id of every mark that an organisation ever had, in order of the ids."""
        ...


def moment_of(past: KnownPast, *, as_of: str | None, known_at: str | None, now: int) -> Moment:
    """Return the two times of a question.

    Raises WrongUseError for a text that is no time, for the future, and for a size that the log does not have.
    """
    instant = now if as_of is None else parse_instant(as_of, zone=past.zone)
    if known_at is None:
        return Moment(instant, past.size)
    if not known_at.isdecimal() or len(known_at) > 15:
        known = parse_instant(known_at, zone=past.zone)
        return Moment(instant, size_known_at(known, past.covered_at, size=past.size))
    if not 0 < int(known_at) <= past.size:
        raise WrongUseError(f"the log has {past.size} entries, not {known_at}", hint="Give a day, or a smaller number.")
    return Moment(instant, int(known_at))


def answer_of(uri: str, moment: Moment, past: KnownPast) -> dict[str, Any]:
    """Return the answer as a JSON object. That nothing was known of an organisation is an answer too.

    Raises NotFoundError where nothing was known about any other object at all.
    """
    entries = past.entries(uri)
    if parse_name(uri).kind == "o":
        return _of_organisation(uri, moment, past)
    if not any(entry.index < moment.size for entry in entries):
        raise NotFoundError(f"nothing was known about {uri}", hint="Look at a later time, or check the name.")
    question = {"as_of": moment.as_of, "known_size": moment.size, "log_size": past.size}
    if parse_name(uri).kind == "m":
        incident = mark_on(uri, moment, past, zone=past.zone)
        return {**question, **_state(incident.mark), "incident": _incident(incident)}
    return {**question, **_state(state_at(entries, moment, past.covered_at))}


def _of_organisation(uri: str, moment: Moment, past: KnownPast) -> dict[str, Any]:
    """Return what was known of an organisation: its own declarations, and each mark that it held or was covered by."""
    entries = [entry for entry in past.entries(uri) if entry.index < moment.size]
    own = state_at(entries, moment, past.covered_at) if entries else PastState(uri, "o", "unknown")
    then, listed = own.record, past.marks_of(parse_name(uri).value)
    return {
        "as_of": moment.as_of,
        "known_size": moment.size,
        "log_size": past.size,
        **_state(own),
        "declarations": [vars(one) for one in then.declarations] if isinstance(then, OrganisationRecord) else [],
        "marks": [found for one in listed[:MOST_MARKS] if (found := _of_listed(*one, moment, past)) is not None],
        "marks_left_out": max(len(listed) - MOST_MARKS, 0),
    }


def _of_listed(link: str, mark_id: str, moment: Moment, past: KnownPast) -> dict[str, Any] | None:
    """Return what a mark was, None where no entry about it was known and in effect then."""
    uri = mark_uri(past.host, mark_id)
    if not any(entry.index < moment.size for entry in past.entries(uri)):
        return None
    incident = mark_on(uri, moment, past, zone=past.zone)
    record = incident.mark.record
    if not isinstance(record, MarkRecord):
        return None
    said = {"scheme": record.issued.scheme, "tier": record.issued.tier}
    return {"link": link, "mark": mark_id, **said, **_state(incident.mark), "void": incident.is_void}


def _state(found: PastState) -> dict[str, Any]:
    return {
        "object": found.object,
        "state": found.state,
        "entry": found.entry,
        "since": found.since,
        "until": found.until,
        "changed_by_later_entry": found.later,
    }


def _incident(incident: Incident) -> dict[str, Any]:
    record = incident.mark.record
    issued = record.issued if isinstance(record, MarkRecord) else None
    return {
        "said": issued.members() if issued else None,
        "void": incident.is_void,
        "issuer": _state(incident.issuer) if incident.issuer else None,
        "decisions": [asdict(one) for one in incident.decisions],
    }
