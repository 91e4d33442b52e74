"""Answers to the items of a tier: one word for each, with its reason and where the evidence is.

There is no score and no partial star: an item is settled or it is open. Answers never leave the desk; the attestation
carries a salted commitment to ``canonical_answers``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from verifier.encoding import canonical, digest
from verifier.errors import RefusedError

Word = Literal["unanswered", "met", "not_met", "not_applicable"]
WORDS: tuple[Word, ...] = get_args(Word)


@dataclass(frozen=True)
class ItemAnswer:
    """The answer to one item. ``approved_by`` is the holder who accepted the reason why an item does not apply."""

    item: str
    word: Word = "unanswered"
    justification: str = ""
    evidence: str = ""
    approved_by: str | None = None

    @property
    def settled(self) -> bool:
        """Say whether the item is met, or does not apply for a reason that somebody approved."""
        match self.word:
            case "met":
                return True
            case "not_applicable":
                return bool(self.justification and self.approved_by)
            case "unanswered" | "not_met":
                return False


Answers = tuple[ItemAnswer, ...]


def answers_members(answers: Iterable[ItemAnswer]) -> list[dict[str, Any]]:
    """Return the answers as JSON objects, in the order of their ids."""
    return [dict(vars(answer)) for answer in sorted(answers, key=lambda answer: answer.item)]


def canonical_answers(answers: Iterable[ItemAnswer]) -> bytes:
    """Return the RFC 8785 form of the answers in the order of their ids: what confirmations and results refer to."""
    return canonical(answers_members(answers))


def answers_digest(answers: Iterable[ItemAnswer]) -> str:
    """Return the base64url SHA-256 of the canonical answers."""
    return digest(canonical_answers(answers))


def open_items(answers: Iterable[ItemAnswer]) -> tuple[str, ...]:
    """Return the items that are not settled yet."""
    return tuple(answer.item for answer in answers if not answer.settled)


def approve(answers: Answers, items: Iterable[str], *, by: str) -> Answers:
    """Return the answers with the named not-applicable items approved.

    Raises RefusedError for an item that is not answered so.
    """
    wanted = set(items)
    approvable = {answer.item for answer in answers if answer.word == "not_applicable"}
    if wanted - approvable:
        raise RefusedError(
            f"not answered as not applicable: {', '.join(sorted(wanted - approvable))}",
            hint="Only the reason why an item does not apply is approved.",
        )
    return tuple(replace(answer, approved_by=by) if answer.item in wanted else answer for answer in answers)


def keeping_approvals(answers: Answers, earlier: Answers) -> Answers:
    """Return new answers with the approvals of those earlier ones that say exactly the same."""
    approved = {replace(answer, approved_by=None): answer.approved_by for answer in earlier}
    return tuple(replace(answer, approved_by=approved.get(answer)) for answer in answers)
