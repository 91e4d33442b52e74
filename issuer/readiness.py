"""Readiness: what is left to do before an application, item by item, and which evidence to prepare.

Pure, and meant for the applicant's own machine: nothing is sent or kept. Numbers of answered items are progress for
whoever fills in the sheet; there is no score, and every item has to be met.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal, get_args

from issuer.answers import Answers, ItemAnswer
from verifier.scheme.pack import Item, SchemePack
from verifier.scheme.rule import Deed, Part, TierRule, Words

Open = Literal["unanswered", "not_met", "to_approve", "evidence"]
OPEN: tuple[Open, ...] = get_args(Open)


@dataclass(frozen=True)
class ToDo:
    """One item that is left: what it is, why it is open, and what usually shows that it is met."""

    item: Item
    why: Open
    evidence: Words | None

    def members(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {
            "id": self.item.id,
            "requirement": self.item.requirement,
            "label": {"ja": self.item.label_ja, "en": self.item.label_en},
            "why": self.why,
            "why_text": WHY[self.why].members(),
            "evidence": self.evidence.members() if self.evidence else None,
        }


@dataclass(frozen=True)
class Readiness:
    """What a filled-in sheet leaves to do. ``after`` is what others do once every item is settled."""

    pack: SchemePack
    tier: TierRule
    counts: Counter[str]
    todo: tuple[ToDo, ...]
    after: tuple[Part, ...]

    @property
    def is_ready(self) -> bool:
        """Say whether every item is met, or waits for nothing but an approval by the body."""
        return not any(one.why in ("unanswered", "not_met") for one in self.todo)

    def members(self) -> dict[str, Any]:
        """Return the JSON object."""
        total = sum(self.counts.values())
        return {
            "pack": self.pack.name,
            "sha256": self.pack.digest,
            "level": self.tier.level,
            "notice": self.pack.head.notice.members(),
            "ready": self.is_ready,
            "progress": {"items": total, "answered": total - self.counts["unanswered"], **self.counts},
            "todo": [one.members() for one in self.todo],
            "after": [
                {"role": part.role, "deed": part.deed, "text": STEPS[part.deed].members()} for part in self.after
            ],
        }


def readiness(pack: SchemePack, level: int, answers: Answers) -> Readiness:
    """Return what is left to do for a level, in the pack's order. Raises RefusedError for one that is not issued."""
    tier = pack.issuable_tier(level)
    given = {answer.item: answer for answer in answers}
    hints = _hints(pack)
    todo = []
    for item in pack.items_for(level):
        why = _why(given.get(item.id, ItemAnswer(item.id)))
        if why is not None:
            todo.append(ToDo(item, why, hints.get(item.requirement)))
    counts = Counter({"met": 0, "not_met": 0, "not_applicable": 0, "unanswered": 0})
    counts.update(answer.word for answer in answers)
    return Readiness(pack, tier, counts, tuple(todo), tuple(part for part in tier.parts if part.deed in STEPS))


def _why(answer: ItemAnswer) -> Open | None:
    match answer.word:
        case "unanswered" | "not_met":
            return answer.word
        case "not_applicable":
            return None if answer.approved_by else "to_approve"
        case "met":
            return None if answer.evidence else "evidence"


def _hints(pack: SchemePack) -> dict[str, Words]:
    by_category = {category.id: category.evidence for category in pack.head.categories}
    hints = {requirement.id: by_category[requirement.category] for requirement in pack.requirements}
    return {name: words for name, words in hints.items() if words is not None}


def _words(ja: str, en: str) -> Words:
    return Words(ja=ja, en=en)


WHY: dict[Open, Words] = {
    "unanswered": _words("未回答", "not answered yet"),
    "not_met": _words("満たしていない", "not met"),
    "to_approve": _words("該当しない（理由の承認が必要）", "does not apply: the reason needs approval"),
    "evidence": _words("満たす（証跡の参照がない）", "met, but no evidence is named"),
}
STEPS: dict[Deed, Words] = {
    "confirms": _words("登録されたセキュリティ専門家が回答を確認する", "A listed security expert confirms the answers"),
    "swears": _words("経営層が回答の真正を宣誓する", "An executive swears that the answers are true"),
    "tests": _words("技術検証事業者が技術検証を行う", "A technical verification body tests"),
    "attests": _words("評価機関の評価者が結果を証明する", "An assessor of the body attests the result"),
    "decides": _words("評価機関の別の者が決定する", "Another person of the body decides"),
    "declares": _words("自ら宣言する", "The holder declares"),
    "registers": _words("登録機関が登録する", "A registrar registers"),
}
