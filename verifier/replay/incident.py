"""The incident view: on a day, what did the mark say, who had decided it, and in what standing did they decide.

Everything is derived from entries and the times at which witnesses saw them. Who a holder is, only the body knows: the
log holds lasting pseudonyms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from verifier.errors import RefusedError
from verifier.names import authority_uri, key_uri
from verifier.replay.duties import report_duty
from verifier.replay.history import NEVER, Moment, PastState, fold_object, state_at
from verifier.replay.records import BodyRecord, Entry, KeyRecord, MarkRecord, Version, state_before

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.envelope import Token
    from verifier.statement import Statement
    from verifier.statement.public import SchemePublished


class Past(Protocol):
    """Where the entries come from: a whole log, or the chains of single objects."""

    @property
    def host(self) -> str:
        """The authority's host."""
        ...

    def entries(self, uri: str) -> Sequence[Entry]:
        """Return every entry about an object, in order; none where there is none. Raises UnavailableError."""
        ...

    def covered_at(self, index: int) -> int | None:
        """Return when a quorum had seen the first known checkpoint over an entry."""
        ...

    def second(self, statement: Statement) -> Token | None:
        """Return the second person's token, None where it is not at hand."""
        ...

    def criteria(self, mark: MarkRecord) -> SchemePublished | None:
        """Return the criteria version of a mark."""
        ...


@dataclass(frozen=True)
class Person:
    """Whoever signed: the key, its holder's pseudonym, the key's state then, and whether it is void as known now."""

    kid: str
    entity: str
    role: str | None
    holder: str | None
    no: int | None
    state: str | None
    is_void: bool


@dataclass(frozen=True)
class BodyStanding:
    """A body as an entry found it: its state, its window, and whether its rows held the mark's tier and criteria."""

    uri: str
    state: str | None
    begins: int | None
    ends: int | None
    is_in_window: bool
    is_in_scope: bool


@dataclass(frozen=True)
class Decision:
    """One entry about the mark: what was decided, when it was dated and seen, by whom, in what standing."""

    entry: int
    type: str
    dated: int
    seen: int | None
    persons: tuple[Person, ...]
    body: BodyStanding | None


@dataclass(frozen=True)
class Incident:
    """A mark on a day: its state, what it said in which bytes, every decision until then, the issuer on that day."""

    mark: PastState
    version: Version | None
    decisions: tuple[Decision, ...]
    issuer: PastState | None

    @property
    def is_void(self) -> bool:
        """Say whether a key that issued the mark is void, as far as it is known."""
        return any(one.is_void for made in self.decisions if made.type == "mark.issued" for one in made.persons)


def mark_on(uri: str, moment: Moment, past: Past, *, zone: str) -> Incident:
    """Return the incident view of a mark. Raises RefusedError where the log never held the mark."""
    entries = [entry for entry in past.entries(uri) if entry.index < moment.size]
    if not entries:
        raise RefusedError("the log did not hold this mark yet, as far as it was known")
    record = fold_object(entries)
    if not isinstance(record, MarkRecord):
        raise RefusedError("only a mark has an incident view")
    criteria = past.criteria(record)
    duty = report_duty(record.issued, [criteria], zone=zone) if criteria else None
    found = state_at(entries, moment, past.covered_at, duty=duty)
    effective = [entry for entry in entries if _seen_by(past, entry, moment)]
    decisions = tuple(_decision(entry, record, moment, past) for entry in effective)
    then = found.record if isinstance(found.record, MarkRecord) else None
    bodies = past.entries(record.issuer)
    issuer = state_at(bodies, moment, past.covered_at) if bodies else None
    return Incident(found, then.version if then else None, decisions, issuer)


def _seen_by(past: Past, entry: Entry, moment: Moment) -> bool:
    seen = past.covered_at(entry.index)
    return (NEVER if seen is None else seen) <= moment.as_of


def _decision(entry: Entry, mark: MarkRecord, moment: Moment, past: Past) -> Decision:
    statement = entry.statement
    tokens = [statement.token]
    second = past.second(statement) if statement.second is not None else None
    if second is not None:
        tokens.append(second)
    persons = tuple(_person(token, entry.index, moment, past) for token in tokens)
    body = _body(entry, mark, past) if _is_body(statement.iss, past.host) else None
    seen = past.covered_at(entry.index)
    return Decision(entry.index, statement.type, statement.iat, seen, persons, body)


def _person(token: Token, index: int, moment: Moment, past: Past) -> Person:
    entity = str(token.payload.get("iss"))
    known = [entry for entry in past.entries(key_uri(past.host, token.kid)) if entry.index < moment.size]
    if not known:
        # An operator's key, or the directory's: it stands in the trust root and not in the log.
        return Person(token.kid, entity, None, None, None, None, is_void=False)
    record = fold_object(known)
    if not isinstance(record, KeyRecord):
        raise RefusedError("only keys sign")
    then = state_before(record.steps, index)
    cut = record.cutoff is not None and index >= record.cutoff
    return Person(token.kid, entity, record.role, record.holder, record.no, then, is_void=cut)


def _body(entry: Entry, mark: MarkRecord, past: Past) -> BodyStanding:
    uri, index, dated = entry.statement.iss, entry.index, entry.statement.iat
    before = [one for one in past.entries(uri) if one.index < index]
    if not before:
        return BodyStanding(uri, None, None, None, is_in_window=False, is_in_scope=False)
    record = fold_object(before)
    if not isinstance(record, BodyRecord):
        raise RefusedError("only bodies decide")
    rows = {(row.scheme, row.level, row.criteria_sha256) for row in record.scope}
    issued = mark.issued
    return BodyStanding(
        uri,
        record.state,
        record.begins,
        record.ends,
        is_in_window=record.begins <= dated < record.ends,
        is_in_scope=(issued.scheme, issued.tier, issued.criteria_sha256) in rows,
    )


def _is_body(iss: str, host: str) -> bool:
    return iss != authority_uri(host)
