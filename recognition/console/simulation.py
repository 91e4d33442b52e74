"""Simulation: which tier each certificate of a list would count as, under terms that nobody has signed yet.

It is the decision itself (``recognition.decide``) on complete questions, with one assumption that is said everywhere:
the agreement is taken to be in force since a day. Every case can be taken away as a case file and its receipt, which
anybody recomputes. Comparing is the preview itself: the same cases before and after one change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from recognition.agreement import PinnedMapping
from recognition.case_file import write_case
from recognition.decide import decide
from recognition.home import home_criteria
from recognition.preview import Affected, preview_cases
from recognition.question import Question
from recognition.receipt import receipt_bytes
from recognition.timeline import Event
from verifier.encoding import digest
from verifier.tier import Tier

if TYPE_CHECKING:
    from collections.abc import Iterable

    from recognition.agreement import Agreement
    from recognition.certificate import Certificate
    from recognition.decision import Decision
    from recognition.mapping import ControlMapping
    from recognition.scheme import ForeignScheme
    from verifier.scheme.pack import SchemePack


@dataclass(frozen=True)
class Terms:
    """Under what is simulated: the agreement, the scheme, the mappings and the home pack that they are about."""

    agreement: Agreement
    scheme: ForeignScheme
    mappings: tuple[ControlMapping, ...]
    pack: SchemePack


@dataclass(frozen=True)
class Simulated:
    """One certificate: its name on the list, the question and the decision."""

    name: str
    question: Question
    decision: Decision

    @property
    def counts_as(self) -> int:
        """Return the level of the highest tier that it would count as; 0 for none."""
        best = self.decision.recognised
        return best.tier.level if best else 0

    @property
    def receipt(self) -> bytes:
        """Return the receipt, which recomputes from the case."""
        return receipt_bytes(self.question, self.decision)

    @property
    def receipt_sha256(self) -> str:
        """Return the digest of the receipt."""
        return digest(self.receipt)

    @property
    def case(self) -> bytes:
        """Return the case file with every input."""
        return write_case(self.question)


def in_force_since(agreement: Agreement, moment: int) -> Agreement:
    """Return the agreement as if it were in force from that moment: what a simulation assumes."""
    event = Event(effective_from=moment, recorded_at=moment, status="in_force")
    return agreement.model_copy(update={"timeline": (event,)})


def suspended_from(agreement: Agreement, moment: int) -> Agreement:
    """Return the agreement as if it were suspended from that moment, and nothing kept."""
    event = Event(effective_from=moment, recorded_at=moment, status="suspended")
    return agreement.model_copy(update={"timeline": (*agreement.timeline, event)})


def with_mapping(question: Question, mapping: ControlMapping) -> Question:
    """Return the question with this one mapping, pinned, in the place of all others."""
    agreement = question.agreement.model_copy(update={"mappings": (PinnedMapping(sha256=mapping.digest),)})
    return replace(question, agreement=agreement, mappings=(mapping,))


def questions(
    terms: Terms, certificates: Iterable[tuple[str, Certificate]], *, tier: int, as_of: int
) -> list[tuple[str, Question]]:
    """Return one question for each certificate. Raises WrongUseError for a tier whose criteria are not known."""
    home = home_criteria(terms.pack)
    return [
        (
            name,
            Question(
                home=home,
                agreement=terms.agreement,
                scheme=terms.scheme,
                mappings=terms.mappings,
                certificate=certificate,
                target=Tier(terms.pack.scheme, tier),
                as_of=as_of,
                known_at=as_of,
            ),
        )
        for name, certificate in certificates
    ]


def simulate(asked: Iterable[tuple[str, Question]]) -> list[Simulated]:
    """Return the decision on every question, in the order of the list."""
    return [Simulated(name, question, decide(question)) for name, question in asked]


def compare_mapping(asked: Iterable[tuple[str, Question]], mapping: ControlMapping) -> list[Affected]:
    """Return every certificate that counts otherwise under that mapping instead."""
    return list(preview_cases(asked, lambda question: with_mapping(question, mapping)))


def compare_suspended(asked: Iterable[tuple[str, Question]], moment: int) -> list[Affected]:
    """Return every certificate that counts otherwise once the agreement is suspended."""

    def change(question: Question) -> Question:
        return replace(question, agreement=suspended_from(question.agreement, moment))

    return list(preview_cases(asked, change))
