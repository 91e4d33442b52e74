"""The work order: exactly what a home evaluator has to look at so that a certificate counts, and nothing more.

A conditional decision turns into one. The supplement that answers it names its digest; whether the criteria are then
closed is decided again, from all inputs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from recognition.decision import Verdict
from recognition.receipt import receipt_bytes
from verifier.encoding import canonical, digest
from verifier.errors import RefusedError
from verifier.schema import Closed, Digest, Instant, Label, Many
from verifier.scheme.assurance import Assurance

if TYPE_CHECKING:
    from recognition.certificate import Supplement
    from recognition.decision import Decision
    from recognition.question import Question


class OpenCriterion(Closed):
    """One criterion that the certificate leaves open, how far it is covered, and the conditions that would close it."""

    criterion: Label
    cover: Literal["none", "partial"]
    conditions: Many[Label] = ()


class WorkOrder(Closed):
    """What is to be evaluated, for whom, at which assurance, and until when it is worth doing."""

    order: Literal["recognition-work-order"]
    agreement: Label
    agreement_sha256: Digest
    certificate_sha256: Digest
    receipt_sha256: Digest
    holder: Label
    tier: Annotated[str, Field(max_length=80)]
    criteria_sha256: Digest
    assurance: Assurance
    criteria: Annotated[Many[OpenCriterion], Field(min_length=1)]
    as_of: Instant
    until: Instant

    @property
    def digest(self) -> str:
        """Return the base64url SHA-256 of the canonical form."""
        return digest(canonical(self.members()))

    @property
    def names(self) -> frozenset[str]:
        """Return the criteria to be evaluated."""
        return frozenset(one.criterion for one in self.criteria)


def work_order(question: Question, decision: Decision) -> WorkOrder:
    """Return the work order of a conditional decision. Raises RefusedError for any other, or without a holder."""
    asked, holder = decision.asked, question.certificate.holder
    if decision.verdict is not Verdict.CONDITIONAL:
        raise RefusedError("only a conditional decision leaves work for a home evaluator")
    if holder is None:
        raise RefusedError("the certificate names no holder to evaluate")
    covers = {cover.criterion: cover for cover in asked.covers}
    tier = next(tier for tier in question.home.tiers if tier.tier == decision.target)
    ends = [gate.until for gate in asked.gates if gate.until is not None]
    return WorkOrder.model_validate(
        {
            "order": "recognition-work-order",
            "agreement": question.agreement.id,
            "agreement_sha256": question.agreement.digest,
            "certificate_sha256": question.certificate.digest,
            "receipt_sha256": digest(receipt_bytes(question, decision)),
            "holder": holder,
            "tier": str(decision.target),
            "criteria_sha256": question.home.sha256,
            "assurance": tier.assurance,
            "criteria": [
                {"criterion": gap, "cover": covers[gap].cover.word, "conditions": covers[gap].conditions}
                for gap in asked.gaps
            ],
            "as_of": question.as_of,
            "until": min(ends),
        }
    )


def check_answers(order: WorkOrder, supplement: Supplement) -> None:
    """Check that a supplement answers this order. Raises RefusedError naming what does not fit."""
    said = {
        "work order": (supplement.work_order_sha256, order.digest),
        "holder": (supplement.holder, order.holder),
        "home criteria": (supplement.criteria_sha256, order.criteria_sha256),
    }
    for what, (found, wanted) in said.items():
        if found != wanted:
            raise RefusedError(f"the supplement is about another {what}")
    if order.assurance.missing_from(supplement.assurance):
        raise RefusedError("the supplement was made at a lower assurance than the order asks for")
    strange = set(supplement.criteria) - order.names
    if strange:
        raise RefusedError(f"the order does not ask for {', '.join(sorted(strange))}")


def left_open(order: WorkOrder, supplements: tuple[Supplement, ...]) -> tuple[str, ...]:
    """Return the criteria of the order that these supplements do not answer, in order."""
    answered: set[str] = set()
    for supplement in supplements:
        check_answers(order, supplement)
        answered |= set(supplement.criteria)
    return tuple(sorted(order.names - answered))
