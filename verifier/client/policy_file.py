"""What a buyer demands, as a program gives it: the policy file that the commands and the API take too.

Specification: docs/specification/policy.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verifier.dates import LAST_INSTANT, parse_instant
from verifier.errors import MarkError, WrongUseError
from verifier.identifier import parse_identifier
from verifier.policy import About, AllOf, AtLeast
from verifier.requirement import Requirement, parse_requirement, requirement_of
from verifier.scheme.shipped import check_awarded
from verifier.tier import parse_tier

if TYPE_CHECKING:
    from verifier.identifier import Identifier
    from verifier.policy import Policy
    from verifier.tier import Tier

_WRITTEN = {"require": "Such as jp.meti.scs/3.", "expect": "Such as 0188-..."}

PolicyFile = str | Path | bytes | Mapping[str, Any]
"""The path of a policy file, its text, its bytes, or its members as the API takes them."""


def read_policy(given: object) -> Requirement:
    """Return the policy of a ``PolicyFile``: a text with a line break is a policy's own, for none has one line.

    A text without one is a path. Raises WrongUseError.
    """
    if not isinstance(given, str | Path | bytes | Mapping):
        raise WrongUseError(
            f"a policy is not {type(given).__name__}",
            hint="Give the path of a policy file, its text, its bytes or its members.",
        )
    try:
        return requirement_of(given) if isinstance(given, Mapping) else parse_requirement(_file(given))
    except MarkError as error:
        raise WrongUseError(error.message, hint=error.hint) from error


def demand_of(require: str | None, expect: str | None, policy: Policy | PolicyFile | None, *, zone: str) -> Policy:
    """Return the demands on a mark: tier, who holds it or is covered by it, and a policy. Raises WrongUseError."""
    for name, given in (("require", require), ("expect", expect)):
        if given is not None and not isinstance(given, str):
            raise WrongUseError(f"{name} is a text, not {type(given).__name__}", hint=_WRITTEN[name])
    subject = _subject(expect) if expect is not None else None
    demands: list[Policy] = [_policy(policy, zone, subject)] if policy is not None else []
    demands += [AtLeast(_tier(require))] if require is not None else []
    demands += [About(subject)] if subject is not None else []
    return AllOf(tuple(demands))


def instant_of(as_of: int | str | None, *, zone: str) -> int | None:
    """Return the instant of UTC seconds, or of a text as a command's ``--at`` reads it. Raises WrongUseError."""
    if as_of is None:
        return None
    if isinstance(as_of, str):
        return parse_instant(as_of, zone=zone)
    if not isinstance(as_of, int) or isinstance(as_of, bool) or not 0 < as_of < LAST_INSTANT:
        raise WrongUseError("as_of is no time", hint="Give UTC seconds or a text like 2027-04-01.")
    return as_of


def _subject(text: str) -> Identifier:
    try:
        return parse_identifier(text)
    except MarkError as error:
        raise WrongUseError(error.message, hint=error.hint or _WRITTEN["expect"]) from error


def _tier(text: str) -> Tier:
    try:
        tier = parse_tier(text)
        # As in a policy file: a level that its scheme does not award is a mistake, and no mark is below it.
        check_awarded(tier)
    except MarkError as error:
        raise WrongUseError(error.message, hint=error.hint or _WRITTEN["require"]) from error
    return tier


def _policy(given: Policy | PolicyFile, zone: str, subject: Identifier | None) -> Policy:
    if isinstance(given, str | Path | bytes | Mapping) or not hasattr(given, "judge"):
        return read_policy(given).policy(zone, subject)
    return given


def _file(given: str | Path | bytes) -> bytes:
    if isinstance(given, bytes):
        return given
    if isinstance(given, str) and "\n" in given:
        return given.encode("utf-8", "replace")
    try:
        return Path(given).read_bytes()
    except (OSError, ValueError) as error:
        raise WrongUseError(
            f"the policy file {str(given)[:200]!r} cannot be read", hint="A policy's own text has several lines."
        ) from error
