"""The decision: a verdict per tier with every gate, every uncovered criterion and the last moment of validity.

There is no percentage and no score. A verdict is never shown without its gates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import Literal, NamedTuple

from recognition.coverage import Cover, CriterionCover
from verifier.scheme.rule import Words
from verifier.tier import Tier

Outcome = Literal["passed", "open", "undecided", "failed"]


class Verdict(IntEnum):
    """From worst to best for the holder. UNDECIDED means that it could not be found out, which is not a no."""

    NOT_RECOGNISED = 0
    UNDECIDED = 1
    CONDITIONAL = 2
    RECOGNISED = 3

    @property
    def word(self) -> str:
        """Return the word used in documents."""
        return self.name.lower()


class Gate(NamedTuple):
    """One named condition, its outcome, the facts it was judged on and the end it sets (exclusive), if any.

    A fact is a text, or an instant in UTC seconds.
    """

    code: str
    outcome: Outcome
    facts: Mapping[str, str | int] = MappingProxyType({})
    until: int | None = None


@dataclass(frozen=True)
class TierDecision:
    """The answer for one tier. ``gaps`` are the criteria still open, which is what a home evaluator would look at."""

    tier: Tier
    verdict: Verdict
    gates: tuple[Gate, ...]
    covers: tuple[CriterionCover, ...]
    gaps: tuple[str, ...]
    until: int | None

    @property
    def counts(self) -> dict[str, int]:
        """Return how many criteria are covered in full, in part and not at all."""
        found = Counter(cover.cover for cover in self.covers)
        return {cover.word: found[cover] for cover in sorted(Cover, reverse=True)}

    @property
    def failing(self) -> tuple[Gate, ...]:
        """Return every gate that did not pass, in the order of judgement."""
        return tuple(gate for gate in self.gates if gate.outcome != "passed")


@dataclass(frozen=True)
class Decision:
    """The answers for the target tier and for each tier below it, lowest first.

    ``watermarks`` are the notices of every input that is only a draft; whoever shows the decision shows them.
    """

    target: Tier
    tiers: tuple[TierDecision, ...]
    watermarks: tuple[Words, ...]

    @property
    def asked(self) -> TierDecision:
        """Return the answer for the target tier."""
        return next(tier for tier in self.tiers if tier.tier == self.target)

    @property
    def verdict(self) -> Verdict:
        """Return the verdict on the target tier."""
        return self.asked.verdict

    @property
    def recognised(self) -> TierDecision | None:
        """Return the highest recognised tier up to the target, if any."""
        found = [tier for tier in self.tiers if tier.verdict is Verdict.RECOGNISED]
        return max(found, key=lambda tier: tier.tier.level, default=None)


def verdict_of(gates: Collection[Gate]) -> Verdict:
    """Return the verdict that follows from the gates: the worst outcome decides."""
    outcomes = {gate.outcome for gate in gates}
    if "failed" in outcomes:
        return Verdict.NOT_RECOGNISED
    if "undecided" in outcomes:
        return Verdict.UNDECIDED
    return Verdict.CONDITIONAL if "open" in outcomes else Verdict.RECOGNISED
