"""Which criteria the supplements close, and until when."""

from __future__ import annotations

from recognition.certificate import Supplement
from recognition.home import HomeTier
from recognition.listing import listed_standing
from recognition.question import Question


def closing_dates(question: Question, tier: HomeTier) -> dict[str, int]:
    """Return the criteria that supplements close for this tier, with the end (exclusive) of the longest one each.

    A supplement counts only for its holder, on the same home criteria, at the tier's assurance or better, while it
    lasts, and if its evaluator was accredited when it was made and still is.
    """
    closing: dict[str, int] = {}
    for supplement in question.supplements:
        end = _counts_until(question, tier, supplement)
        if end is None:
            continue
        for criterion in supplement.criteria:
            closing[criterion] = max(end, closing.get(criterion, 0))
    return closing


def _counts_until(question: Question, tier: HomeTier, supplement: Supplement) -> int | None:
    fits = (
        supplement.holder == question.certificate.holder
        and supplement.criteria_sha256 == question.home.sha256
        and supplement.issued <= question.as_of < supplement.expires
        and not tier.assurance.missing_from(supplement.assurance)
    )
    standings = [
        listed_standing(evaluator, issued=supplement.issued, question=question)
        for evaluator in question.evaluators
        if evaluator.id == supplement.evaluator
    ]
    ends = [
        min(supplement.expires, supplement.expires if one.until is None else one.until)
        for one in standings
        if one.word == "in_force"
    ]
    return max(ends, default=None) if fits else None
