"""What an asker demands: small policies that combine. "Is it authentic" and "is it enough for me" stay apart.

A policy returns checks for a mark that is already judged; it never turns a verdict greener.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from verifier.identifier import Identifier
from verifier.tier import Tier
from verifier.verdict import Check, CheckName, Result, Shown


@dataclass(frozen=True)
class Facts:
    """What a policy may look at: the mark, the present and the instant of the evidence (UTC seconds)."""

    mark: Shown
    now: int
    known_at: int | None


class Policy(Protocol):
    """A demand."""

    def judge(self, facts: Facts) -> tuple[Check, ...]:
        """Return the checks of this demand."""
        ...


@dataclass(frozen=True)
class AtLeast:
    """A tier of the same scheme, or a higher one, is demanded."""

    tier: Tier

    def judge(self, facts: Facts) -> tuple[Check, ...]:
        """Return the check of the requirement."""
        held = Tier(facts.mark.scheme, facts.mark.tier)
        if held.covers(self.tier):
            return (Check(CheckName.REQUIREMENT, Result.PASSED),)
        detail = f"{held} is held, {self.tier} is demanded"
        return (Check(CheckName.REQUIREMENT, Result.FAILED, "below_requirement", detail),)


@dataclass(frozen=True)
class About:
    """The mark must be held by, or cover, this organisation."""

    subject: Identifier

    def judge(self, facts: Facts) -> tuple[Check, ...]:
        """Return the check of the subject."""
        if str(self.subject) in (*facts.mark.identifiers, *facts.mark.covered):
            return (Check(CheckName.SUBJECT, Result.PASSED),)
        detail = f"the mark is held by {', '.join(facts.mark.identifiers)}, not by {self.subject}"
        return (Check(CheckName.SUBJECT, Result.FAILED, "subject_mismatch", detail),)


@dataclass(frozen=True)
class HeldBy:
    """The mark must be held by this organisation itself; that another one's mark covers it is not enough."""

    subject: Identifier

    def judge(self, facts: Facts) -> tuple[Check, ...]:
        """Return the check of the subject, and that of the requirement where the mark does speak of it."""
        about = About(self.subject).judge(facts)
        if str(self.subject) in facts.mark.identifiers:
            return (*about, Check(CheckName.REQUIREMENT, Result.PASSED))
        if str(self.subject) not in facts.mark.covered:
            return about
        detail = f"the mark covers {self.subject} and is held by {', '.join(facts.mark.identifiers)}"
        return (*about, Check(CheckName.REQUIREMENT, Result.FAILED, "group_not_accepted", detail))


@dataclass(frozen=True)
class FreshWithin:
    """The evidence may be at most this many seconds old."""

    seconds: int

    def judge(self, facts: Facts) -> tuple[Check, ...]:
        """Return the check of the freshness; too old is "could not be made", not "failed"."""
        if facts.known_at is not None and facts.now - facts.known_at <= self.seconds:
            return (Check(CheckName.FRESHNESS, Result.PASSED, as_of=facts.known_at),)
        return (Check(CheckName.FRESHNESS, Result.UNKNOWN, "stale", as_of=facts.known_at),)


@dataclass(frozen=True)
class ScopeIn:
    """The mark's scope must be of one of these kinds."""

    kinds: tuple[str, ...]

    def judge(self, facts: Facts) -> tuple[Check, ...]:
        """Return the check of the scope."""
        if facts.mark.scope_kind in self.kinds:
            return (Check(CheckName.REQUIREMENT, Result.PASSED),)
        detail = f"the mark is about a {facts.mark.scope_kind}, {' or '.join(self.kinds)} is demanded"
        return (Check(CheckName.REQUIREMENT, Result.FAILED, "scope_too_narrow", detail),)


@dataclass(frozen=True)
class WithOt:
    """Operational technology must be in the mark's scope."""

    def judge(self, facts: Facts) -> tuple[Check, ...]:
        """Return the check of the scope; a seal alone does not tell, which is "could not be made", not "failed"."""
        match facts.mark.ot:
            case "included":
                return (Check(CheckName.REQUIREMENT, Result.PASSED),)
            case "excluded":
                return (Check(CheckName.REQUIREMENT, Result.FAILED, "ot_excluded"),)
            case _:
                return (Check(CheckName.REQUIREMENT, Result.UNKNOWN, "ot_unknown"),)


@dataclass(frozen=True)
class ValidThrough:
    """The mark's term must not end before this instant, in UTC seconds."""

    end: int

    def judge(self, facts: Facts) -> tuple[Check, ...]:
        """Return the check of the term."""
        if facts.mark.exp >= self.end:
            return (Check(CheckName.REQUIREMENT, Result.PASSED),)
        return (Check(CheckName.REQUIREMENT, Result.FAILED, "ends_early"),)


@dataclass(frozen=True)
class AllOf:
    """Every one of the demands; with none of them, nothing is demanded."""

    each: tuple[Policy, ...] = ()

    def judge(self, facts: Facts) -> tuple[Check, ...]:
        """Return the checks of all demands."""
        return tuple(check for policy in self.each for check in policy.judge(facts))


@dataclass(frozen=True)
class AnyOf:
    """At least one of the demands."""

    each: tuple[Policy, ...]

    def judge(self, facts: Facts) -> tuple[Check, ...]:
        """Return the checks of the first demand that is met, or else of the first one."""
        judged = [policy.judge(facts) for policy in self.each]
        met = (checks for checks in judged if all(check.result is Result.PASSED for check in checks))
        return next(met, judged[0] if judged else ())


NOTHING = AllOf()
