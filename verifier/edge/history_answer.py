"""What an object was on a day, as known on another: the answer as JSON, for command line and reader alike."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Protocol

from verifier.dates import parse_instant
from verifier.errors import NotFoundError, WrongUseError
from verifier.names import parse_name
from verifier.replay.history import Moment, size_known_at, state_at
from verifier.replay.incident import Past, mark_on
from verifier.replay.records import MarkRecord

if TYPE_CHECKING:
    from verifier.replay.history import PastState
    from verifier.replay.incident import Incident


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
    """Return the answer as a JSON object. Raises NotFoundError where nothing was known about the object at all."""
    entries = past.entries(uri)
    if not any(entry.index < moment.size for entry in entries):
        raise NotFoundError(f"nothing was known about {uri}", hint="Look at a later time, or check the name.")
    question = {"as_of": moment.as_of, "known_size": moment.size, "log_size": past.size}
    if parse_name(uri).kind == "m":
        incident = mark_on(uri, moment, past, zone=past.zone)
        return {**question, **_state(incident.mark), "incident": _incident(incident)}
    return {**question, **_state(state_at(entries, moment, past.covered_at))}


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
