"""Reuse: the answers to one questionnaire, drafted out of the answers to another, as proposals that nobody confirmed.

Pure. A draft says why, row by row, and is never an answer: it is written on a sheet of its own form, which no command
imports as answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from issuer.answers import Word
from issuer.crosswalk import Directed, Link, Relation
from issuer.questionnaire import Answered
from verifier.edge.check.spreadsheet import Choices, Row, Sheet
from verifier.scheme.rule import Words

Draft = Literal["met", "not_met", "partly", "conflict", "none"]
DRAFTS: tuple[Draft, ...] = get_args(Draft)
COVERING: frozenset[Relation] = frozenset({"equal-to", "equivalent-to", "superset-of"})
DEMANDED: frozenset[Relation] = frozenset({"equal-to", "equivalent-to", "subset-of"})
"""What is asked demands all of what is known: where that is not met, this is not either."""

NOTICE = Words(
    ja="未確認の下書きです。対応付けから機械的に作成しました。一件ずつ確かめてから回答に転記してください。",
    en="Unconfirmed proposals, drawn mechanically from a mapping. Check each one before you copy it into an answer.",
)
HEADINGS_JA: Row = ("対象の項目", "質問", "下書き", "根拠", "証跡の参照", "確認した")
HEADINGS_EN: Row = ("proposal_for", "question", "proposal", "because", "evidence", "confirmed")
WIDTHS = (16, 48, 12, 48, 40, 12)


@dataclass(frozen=True)
class Proposal:
    """What is proposed for one item, and out of which rows of the mapping."""

    item: str
    label: str
    draft: Draft
    because: tuple[Link, ...]
    evidence: tuple[str, ...]

    def members(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {
            "item": self.item,
            "label": self.label,
            "proposal": self.draft,
            "confirmed": False,
            "because": [{"items": sorted(link.known), "relation": link.relation} for link in self.because],
            "evidence": list(self.evidence),
        }


@dataclass(frozen=True)
class Proposals:
    """All proposals, in the order of the questionnaire, and how the mapping calls itself."""

    rows: tuple[Proposal, ...]
    mapping_status: str
    left_aside: int

    @property
    def counts(self) -> Counter[Draft]:
        """How many proposals of each sort there are."""
        return Counter(row.draft for row in self.rows)

    def members(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {
            "notice": NOTICE.members(),
            "mapping_status": self.mapping_status,
            "left_aside": self.left_aside,
            "counts": {draft: self.counts[draft] for draft in DRAFTS},
            "proposals": [row.members() for row in self.rows],
        }


def propose(known: Mapping[str, Answered], wanted: Mapping[str, Answered], directed: Directed) -> tuple[Proposal, ...]:
    """Return a proposal for every item that is asked, ``none`` where the mapping says nothing of use."""
    return tuple(_proposal(item, asked.label, known, directed) for item, asked in wanted.items())


def _proposal(item: str, label: str, known: Mapping[str, Answered], directed: Directed) -> Proposal:
    drawn = [(draft, link) for link in directed.links if item in link.wanted and (draft := _drawn(link, known))]
    drafts = {draft for draft, _ in drawn}
    verdict: Draft = "none"
    if {"met", "not_met"} <= drafts:
        verdict = "conflict"
    else:
        verdict = next((draft for draft in ("met", "not_met", "partly") if draft in drafts), "none")
    because = tuple(link for draft, link in drawn if verdict == "conflict" or draft == verdict)
    used = sorted({name for link in because for name in link.known})
    evidence = tuple(dict.fromkeys(known[name].evidence for name in used if known[name].evidence))
    return Proposal(item, label, verdict, because, evidence)


def _drawn(link: Link, known: Mapping[str, Answered]) -> Draft | None:
    words: list[Word] = [known[name].word for name in sorted(link.known)]
    if all(word == "met" for word in words) and link.relation in COVERING:
        return "met"
    # Of several that are asked together one is not met, nobody knows which.
    if "not_met" in words and link.relation in DEMANDED and len(link.wanted) == 1:
        return "not_met"
    if "met" in words and link.relation != "no-relationship":
        return "partly"
    return None


def draft_sheet(proposals: Proposals, *, source: str, mapping: str) -> Sheet:
    """Return the sheet of proposals, with an empty column in which a person confirms."""
    rows: list[Row] = [
        (NOTICE.ja, NOTICE.en),
        (f"{source} / {mapping} ({proposals.mapping_status})",),
        HEADINGS_JA,
        HEADINGS_EN,
        *_rows(proposals),
    ]
    choices = (Choices(5, 4, ("yes", "no")),) if proposals.rows else ()
    return Sheet("proposals", tuple(rows), headings=4, widths=WIDTHS, choices=choices)


def _rows(proposals: Proposals) -> Iterator[Row]:
    for one in proposals.rows:
        because = "; ".join(f"{' + '.join(sorted(link.known))} {link.relation}" for link in one.because)
        yield one.item, one.label, one.draft, because, "; ".join(one.evidence), ""
