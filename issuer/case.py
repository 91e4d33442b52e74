"""The case: one application of one organisation for one tier, with everything that the desk knows about it.

Pure. What may happen to a case stands as a closed table in machine.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from issuer.answers import Answers, answers_members
from issuer.record import Attested, Confirmation, Decision, Handling, Oath, Reservation
from verifier.dates import term_end
from verifier.encoding import canonical, digest
from verifier.mark import Holder, Scope
from verifier.scheme.pack import SchemePack
from verifier.scheme.rule import TierRule
from verifier.scheme.transition import Transition
from verifier.statement.attestation import TechnicalVerification

LAPSE_MONTHS = 6
"""Illustrative: the scheme's own figure was not published."""

MOST_RETURNS = 2
"""How often a case may be returned to its applicant. Illustrative: the scheme's own figure was not published."""

OLDEST_TEST_MONTHS = 12
"""How old a technical verification may be. Illustrative: the scheme's own figure was not published."""


class State(StrEnum):
    """Where a case stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    IN_ASSESSMENT = "in_assessment"
    ASSESSED = "assessed"
    IN_REVIEW = "in_review"
    GRANTED = "granted"
    REFUSED = "refused"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class Event(StrEnum):
    """What can happen to a case."""

    SUBMIT = "submit"
    ACCEPT = "accept"
    BEGIN = "begin"
    ATTEST = "attest"
    REVIEW = "review"
    GRANT = "grant"
    REFUSE = "refuse"
    RETURN = "return"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"


FINAL = frozenset({State.GRANTED, State.REFUSED, State.WITHDRAWN, State.LAPSED})


@dataclass(frozen=True)
class Rules:
    """What the scheme demands of a case: the tier's rule, the ids of all items, its zone, the days of its version."""

    tier: TierRule
    items: frozenset[str]
    zone: str
    transition: Transition = field(default_factory=Transition)

    @classmethod
    def of(cls, pack: SchemePack, level: int) -> Rules:
        """Return the rules of one level of a pack. Raises RefusedError when it cannot be issued."""
        items = frozenset(item.id for item in pack.items_for(level))
        return cls(pack.issuable_tier(level), items, pack.zone, pack.head.transition)

    def mark_end(self, nbf: int) -> int:
        """Return the first second after the longest mark that begins at ``nbf``: its term, cut at the sunset."""
        end, sunset = term_end(nbf, self.tier.term_months, self.zone), self.transition.sunset(self.zone)
        return end if sunset is None else min(end, sunset)


@dataclass(frozen=True)
class Case:
    """Everything the desk knows about an application. ``revision`` counts its stored changes."""

    id: str
    scheme: str
    version: str
    level: int
    criteria_sha256: str
    holder: Holder
    scope: Scope
    opened_at: int
    state: State = State.DRAFT
    assessing_since: int | None = None
    reservation: Reservation | None = None
    answers: Answers = ()
    confirmation: Confirmation | None = None
    oath: Oath | None = None
    technical: TechnicalVerification | None = None
    attested: Attested | None = None
    decision: Decision | None = None
    revision: int = 0
    handling: Handling = field(default_factory=Handling)

    @property
    def digest(self) -> str:
        """Return the base64url SHA-256 of what is confirmed and sworn to: the answers, and exclusions if any."""
        return digest(self.result)

    @property
    def result(self) -> bytes:
        """Return the RFC 8785 form of answers and exclusions; without an exclusion, that of the answers alone."""
        exclusions = [one.members() for one in self.handling.exclusions]
        return result_bytes(answers_members(self.answers), exclusions)


def lapse_time(opened_at: int, zone: str) -> int:
    """Return the first second at which an application that was opened then, and is not finished, has lapsed."""
    return term_end(opened_at, LAPSE_MONTHS, zone)


def result_bytes(answers: list[dict[str, Any]], exclusions: list[dict[str, Any]]) -> bytes:
    """Return the RFC 8785 form of a result: of the answers alone where the scope excludes nothing."""
    return canonical({"answers": answers, "exclusions": exclusions} if exclusions else answers)


@dataclass(frozen=True)
class Step:
    """One attempt to move a case: by the holder of which key, when, under which rules."""

    case: Case
    by: str
    at: int
    rules: Rules
