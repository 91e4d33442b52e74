"""Recognised equivalents: what recorded recognitions say, as far as the directory shows that they are the newest word.

The directory names the newest entry of every object by its hash. So a statement that hashes to it is in the log, is
about that object, and nothing was said since; its signature was judged when it was admitted, and by every auditor.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from verifier.directory.record import ObjectRecord
from verifier.encoding import b64u
from verifier.errors import MarkError, NewerVersionError, WrongUseError
from verifier.log.merkle import leaf_hash
from verifier.names import parse_name
from verifier.statement import Statement, parse_statement
from verifier.statement.recognition import AgreementInForce, RecognitionRecorded

if TYPE_CHECKING:
    from verifier.directory.record import Record

_IN_FORCE = "in_force"
Gap = Literal["", "missing", "newer"]


@dataclass(frozen=True)
class Recognitions:
    """The statements about recognitions and agreements that are at hand, and why more may be recognised than they say.

    ``gap`` is empty where nothing is left out; some are ``missing``, or of a ``newer`` version than this one reads.
    """

    statements: tuple[Statement, ...] = ()
    gap: Gap = ""


NOTHING_RECOGNISED = Recognitions()


@dataclass(frozen=True)
class Recognised:
    """A foreign certificate that counts as a tier: the recognition's URI, the kind of its agreement, until when.

    ``kind`` is empty where it is not shown that the agreement is in force.
    """

    uri: str
    scheme: str
    tier: int
    kind: str
    until: int


def read_statements(tokens: Iterable[str]) -> tuple[Statement, ...]:
    """Return statements about recognitions and agreements. Raises WrongUseError for a token that is none."""
    found = []
    for number, token in enumerate(tokens, 1):
        try:
            statement = parse_statement(token)
        except MarkError as error:
            raise WrongUseError(f"line {number} of the recognitions cannot be read: {error.message}") from error
        if not isinstance(statement.public, RecognitionRecorded | AgreementInForce):
            raise WrongUseError(f"line {number} of the recognitions is about something else: {statement.type}")
        found.append(statement)
    return tuple(found)


def kept_statements(tokens: Iterable[str]) -> Recognitions:
    """Return the statements that a copy keeps, without those that need a newer version of this programme.

    Raises EvidenceError for a token that is no statement.
    """
    found: list[Statement] = []
    gap: Gap = ""
    for token in tokens:
        try:
            found.append(parse_statement(token))
        except NewerVersionError:
            gap = "newer"
    return Recognitions(tuple(found), gap)


def subjects_of(statements: Iterable[Statement]) -> tuple[str, ...]:
    """Return the objects to look up for these statements."""
    return tuple(dict.fromkeys(statement.object for statement in statements))


def recognised_tiers(
    statements: Iterable[Statement], records: Mapping[str, Record | None]
) -> dict[str, tuple[Recognised, ...]]:
    """Return what the recognitions say by identifier. One that the directory does not show as newest says nothing."""
    shown = [statement for statement in statements if _is_newest(statement, records.get(statement.object))]
    kinds = {
        one.object: one.public.kind
        for one in shown
        if isinstance(one.public, AgreementInForce) and _state(records.get(one.object)) == _IN_FORCE
    }
    found: dict[str, tuple[Recognised, ...]] = {}
    for statement in shown:
        public = statement.public
        if not isinstance(public, RecognitionRecorded):
            continue
        identifier, kind = parse_name(public.sub).value, kinds.get(public.agreement, "")
        one = Recognised(statement.object, public.scheme, public.tier, kind, public.until)
        found[identifier] = (*found.get(identifier, ()), one)
    return found


def _is_newest(statement: Statement, record: Record | None) -> bool:
    return isinstance(record, ObjectRecord) and record.leaf == b64u(leaf_hash(statement.entry))


def _state(record: Record | None) -> str:
    return record.state if isinstance(record, ObjectRecord) else ""
