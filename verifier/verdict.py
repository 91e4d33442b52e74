"""The verdict: named checks, each passed, failed or not to be made, and one headline from a closed list.

"Not found", "could not confirm" and "not valid" are three different answers. The words are the same in API, command
line, page and browser; what people read for each word is in the catalogues of the edge.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Result(Enum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class CheckName(Enum):
    """The checks of a full verdict, in the order in which they are shown."""

    FORMAT = "format"
    TRUST_ROOT = "trust_root"
    REGISTRY = "registry"
    CHECKPOINT = "checkpoint"
    WITNESSES = "witnesses"
    HISTORY = "history"
    INCLUSION = "inclusion"
    SIGNATURE = "signature"
    SEAL = "seal"
    REGISTRATION = "registration"
    TWO_PERSONS = "two_persons"
    KEYS = "keys"
    ACCREDITATION = "accreditation"
    CRITERIA = "criteria"
    TECHNICAL_VERIFICATION = "technical_verification"
    DATING = "dating"
    DIRECTORY = "directory"
    STATE = "state"
    VALIDITY_PERIOD = "validity_period"
    SUBJECT = "subject"
    REQUIREMENT = "requirement"
    FRESHNESS = "freshness"


class Headline(Enum):
    """The one word of a verdict. The order is the order of precedence: the first that fits wins."""

    FORGED = "forged"
    UNKNOWN_ISSUER = "unknown_issuer"
    ANNULLED = "annulled"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    SUSPENDED = "suspended"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    VOID_KEY = "void_key"
    BELOW_REQUIREMENT = "below_requirement"
    SUBJECT_MISMATCH = "subject_mismatch"
    NOT_FOUND = "not_found"
    UNKNOWN_REGISTRY = "unknown_registry"
    NOT_CONFIRMED = "not_confirmed"
    TEST_MARK = "test_mark"
    SEAL_ONLY = "seal_only"
    VALID_OFFLINE = "valid_offline"
    VALID = "valid"

    @property
    def exit_code(self) -> int:
        """0 valid, 1 not valid, 2 could not confirm."""
        if self in (Headline.VALID, Headline.VALID_OFFLINE):
            return 0
        return 2 if self in (Headline.UNKNOWN_REGISTRY, Headline.NOT_CONFIRMED, Headline.SEAL_ONLY) else 1


ORDER = tuple(Headline)


@dataclass(frozen=True)
class Check:
    """One check. ``reason`` is a stable code, ``detail`` says it in English for whoever repairs things."""

    name: CheckName
    result: Result
    reason: str = "ok"
    detail: str = ""
    as_of: int | None = None

    def members(self) -> dict[str, Any]:
        """Return the JSON object of the check; ``as_of`` is in UTC seconds."""
        members: dict[str, Any] = {"name": self.name.value, "result": self.result.value, "reason": self.reason}
        if self.detail:
            members["detail"] = self.detail
        if self.as_of is not None:
            members["as_of"] = self.as_of
        return members


@dataclass(frozen=True)
class Shown:
    """What a mark says about itself, for display beside the verdict; trust it as far as the headline goes."""

    id: str
    issuer: str
    holder: str
    holder_latin: str | None
    identifiers: tuple[str, ...]
    scheme: str
    tier: int
    number: str | None
    criteria: str | None
    basis: str | None
    scope_kind: str
    scope_summary: str | None
    covered: tuple[str, ...]
    domains: tuple[str, ...]
    ot: str | None
    nbf: int
    exp: int

    def members(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in vars(self).items()}


@dataclass(frozen=True)
class Verdict:
    """The answer about one mark. ``as_of`` is the instant for which it speaks, ``known_at`` that of the evidence."""

    headline: Headline
    checks: tuple[Check, ...]
    as_of: int
    known_at: int | None = None
    mark: Shown | None = None
    index: int | None = None
    successor: str | None = None
    environment: str | None = None
    zone: str = field(default="UTC")

    @property
    def exit_code(self) -> int:
        """0 valid, 1 not valid, 2 could not confirm."""
        return self.headline.exit_code

    def check(self, name: CheckName) -> Check | None:
        """Return a check by its name, None when it does not apply."""
        return next((check for check in self.checks if check.name is name), None)

    def members(self) -> dict[str, Any]:
        """Return the JSON object of the verdict."""
        return {
            "headline": self.headline.value,
            "exit": self.exit_code,
            "as_of": self.as_of,
            "known_at": self.known_at,
            "environment": self.environment,
            "zone": self.zone,
            "index": self.index,
            "successor": self.successor,
            "mark": self.mark.members() if self.mark else None,
            "checks": [check.members() for check in self.checks],
        }
