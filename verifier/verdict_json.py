"""Reading a verdict back from its JSON form (``Verdict.members`` writes it): docs/specification/verdict.md.

A verdict is nobody's word but that of whoever hands it over. Reading it says only that it is one: its headline, checks
and exit code fit each other, and it holds nothing that this version does not know.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any, TypeVar

from pydantic import Field

from verifier.encoding import read_object
from verifier.errors import MalformedError, NewerVersionError
from verifier.schema import Closed, Code, Index, Instant, Many, Uri, read_model
from verifier.statement.public import MarkId, ScopeKind
from verifier.verdict import Check, CheckName, Headline, Result, Shown, Verdict

Word = TypeVar("Word", bound=Enum)
_Text = Annotated[str, Field(max_length=400)]


class _Check(Closed):
    name: Code
    result: Code
    reason: Code
    detail: str | None = None
    as_of: Index | None = None


class _Shown(Closed):
    id: MarkId
    issuer: Uri
    holder: _Text
    holder_latin: _Text | None
    identifiers: Many[_Text]
    scheme: _Text
    tier: Annotated[int, Field(ge=1, le=9)]
    number: _Text | None
    criteria: _Text | None
    basis: _Text | None
    scope_kind: ScopeKind
    scope_summary: str | None
    covered: Many[_Text]
    domains: Many[_Text]
    ot: _Text | None
    nbf: Instant
    exp: Instant


class VerdictMembers(Closed):
    """The members of a verdict."""

    headline: Code
    exit: Annotated[int, Field(ge=0, le=2)]
    as_of: Index
    known_at: Index | None
    environment: Code | None
    zone: _Text
    index: Index | None
    successor: MarkId | None
    mark: _Shown | None
    checks: Many[_Check]


def parse_verdict(data: bytes) -> Verdict:
    """Return the verdict of its JSON form.

    Raises MalformedError or StatementError for what is none, NewerVersionError for a word or member unknown here.
    """
    said = read_model(VerdictMembers, read_object(data), what="verdict")
    checks = tuple(_check(one) for one in said.checks)
    verdict = Verdict(
        headline=_word(Headline, said.headline),
        checks=checks,
        as_of=said.as_of,
        known_at=said.known_at,
        mark=Shown(**dict(said.mark)) if said.mark else None,
        index=said.index,
        successor=said.successor,
        environment=said.environment,
        zone=said.zone,
    )
    _check_agreement(verdict, said.exit)
    return verdict


def _check(said: _Check) -> Check:
    name, result = _word(CheckName, said.name), _word(Result, said.result)
    return Check(name, result, said.reason, said.detail or "", said.as_of)


def _word(kind: type[Word], value: str) -> Word:
    try:
        return kind(value)
    except ValueError as error:
        raise NewerVersionError(f"a verdict holds a word unknown here: {value!r}") from error


def _check_agreement(verdict: Verdict, exit_code: int) -> None:
    if exit_code != verdict.exit_code:
        raise MalformedError(f"exit {exit_code} does not belong to the headline {verdict.headline.value}")
    names = [check.name for check in verdict.checks]
    if names != [name for name in CheckName if name in names]:
        raise MalformedError("each check of a verdict stands once, in the order of the list")
    failing: list[Any] = [check.name.value for check in verdict.checks if check.result is not Result.PASSED]
    if exit_code == 0 and failing:
        raise MalformedError(f"a mark is not valid while a check has not passed: {failing[0]}")
