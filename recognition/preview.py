"""Preview: which recognitions a change would end, shorten, lengthen or bring about, before anybody signs it.

Two kinds of change. An event (an agreement, an issuer or a mapping is suspended) touches what was recognised already:
``preview_event`` computes how every recorded recognition would stand. Other terms, mappings or criteria touch what
would be decided: ``preview_cases`` decides every case before and after. Nothing is estimated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from recognition.coverage import CompiledMappings
from recognition.decide import decide
from recognition.question import Question
from recognition.standing import Recognised, recognised_standing

Effect = Literal["gained", "lost", "raised", "lowered", "shortened", "lengthened", "under_review", "unchanged"]
if TYPE_CHECKING:
    from recognition.agreement import Agreement
    from recognition.public_receipt import PublicReceipt

Change = Callable[[Question], Question]
"""Returns the question as it would be asked after the change."""

Progress = Callable[[int], None]
"""Is told how many cases were decided so far."""


@dataclass(frozen=True)
class Before:
    """What a case counts as: the level of the highest recognised tier (0: none), and until when."""

    level: int
    until: int | None


@dataclass(frozen=True)
class Affected:
    """One case that the change touches; ``name`` is the caller's for it."""

    name: str
    effect: Effect
    before: Before
    after: Before


class Preview:
    """Decides cases before and after one change. Mappings are made ready once for all of them."""

    def __init__(self, change: Change) -> None:
        self._change = change
        self._compiled: dict[tuple[str, ...], CompiledMappings] = {}

    def of(self, name: str, question: Question) -> Affected:
        """Return what the change does to one case."""
        changed = self._change(question)
        before = self._standing(question)
        after = before if changed is question else self._standing(changed)
        return Affected(name, effect_of(before, after), before, after)

    def _standing(self, question: Question) -> Before:
        pins = {pin.sha256 for pin in question.agreement.mappings}
        used = [mapping for mapping in question.mappings if mapping.digest in pins]
        key = tuple(sorted(mapping.digest for mapping in used))
        if key not in self._compiled:
            self._compiled[key] = CompiledMappings(used)
        best = decide(question, compiled=self._compiled[key]).recognised
        return Before(best.tier.level, best.until) if best else Before(0, None)


def preview_cases(
    cases: Iterable[tuple[str, Question]], change: Change, *, progress: Progress = lambda done: None, every: int = 1000
) -> Iterator[Affected]:
    """Yield every case that the change touches, in the order given; ``progress`` is told every so many cases.

    A change that leaves a question alone returns the very same one, which is then decided once at most.
    """
    compared, done = Preview(change), 0
    for name, question in cases:
        found = compared.of(name, question)
        done += 1
        if done % every == 0:
            progress(done)
        if found.effect != "unchanged":
            yield found
    progress(done)


def preview_event(
    recognitions: Iterable[tuple[str, PublicReceipt, int]],
    agreements: tuple[Agreement, Agreement],
    *,
    now: int,
    progress: Progress = lambda done: None,
    every: int = 1000,
) -> Iterator[Affected]:
    """Yield every recorded recognition that an event touches.

    ``recognitions`` are (name, public receipt, when it was recorded); ``agreements`` is the agreement without the event
    and with it; what was ended by a statement is not among them.
    """
    done = 0
    for name, receipt, recorded_at in recognitions:
        times = {"recorded_at": recorded_at, "as_of": now, "known_at": now}
        before, after = (recognised_standing(receipt, one, **times) for one in agreements)
        done += 1
        if done % every == 0:
            progress(done)
        if before != after:
            level = int(receipt.tier.rpartition("/")[2])
            shown = (_shown(before, level), _shown(after, level))
            effect = "under_review" if after.word == "under_review" else effect_of(*shown)
            yield Affected(name, effect, *shown)
    progress(done)


def _shown(standing: Recognised, level: int) -> Before:
    counts = standing.word in ("recognised", "under_review")
    return Before(level, standing.until) if counts else Before(0, None)


def effect_of(before: Before, after: Before) -> Effect:
    """Return what lies between two standings."""
    if before.level != after.level:
        if not before.level:
            return "gained"
        if not after.level:
            return "lost"
        return "raised" if after.level > before.level else "lowered"
    if before.until == after.until:
        return "unchanged"
    return "shortened" if (after.until or 0) < (before.until or 0) else "lengthened"


def totals(affected: Iterable[Affected]) -> Counter[str]:
    """Return how many cases have each effect."""
    return Counter(one.effect for one in affected)


def with_agreement(question: Question, **changes: object) -> Question:
    """Return the question under an agreement with some members replaced: the usual change."""
    return replace(question, agreement=question.agreement.model_copy(update=changes))
