"""Scheme pack: one immutable version of a scheme's criteria as three files, pinned by one digest.

``pack.toml`` names the tiers and their rules, ``requirements.csv`` and ``criteria.csv`` the items. A row's
``lowest_tier`` is the lowest level that asks for it and every higher level asks for it too: this is how a higher tier
contains the lower one, by construction. Packs are read in reading.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from verifier.errors import RefusedError
from verifier.scheme.head import PackHead
from verifier.scheme.rule import DeclaredTier, TierRule
from verifier.scheme.transition import Phase

REPORT = "annual_report"


@dataclass(frozen=True)
class Requirement:
    """A requirement of the scheme, asked for from ``lowest_tier`` upwards."""

    id: str
    category: str
    lowest_tier: int
    label_ja: str
    label_en: str


@dataclass(frozen=True)
class Criterion:
    """A criterion under a requirement, asked for from ``lowest_tier`` upwards."""

    id: str
    requirement: str
    lowest_tier: int
    label_ja: str
    label_en: str


@dataclass(frozen=True)
class Item:
    """What an assessment answers one by one: a criterion, or a requirement where the tier is assessed by those."""

    id: str
    requirement: str
    label_ja: str
    label_en: str

    def label(self, lang: str) -> str:
        """Return the label in that language; English where it is not Japanese."""
        return self.label_ja if lang == "ja" else self.label_en


@dataclass(frozen=True)
class SchemePack:
    """A checked pack. ``digest`` pins its three files byte for byte."""

    head: PackHead
    requirements: tuple[Requirement, ...]
    criteria: tuple[Criterion, ...]
    digest: str

    @property
    def scheme(self) -> str:
        """Return the scheme's id."""
        return self.head.scheme

    @property
    def version(self) -> str:
        """Return the version of the scheme's criteria."""
        return self.head.version

    @property
    def zone(self) -> str:
        """Return the time zone in which the scheme counts its terms."""
        return self.head.zone

    @property
    def tiers(self) -> tuple[TierRule, ...]:
        """Return the tiers that can be issued, lowest first."""
        return self.head.tiers

    @property
    def name(self) -> str:
        """Return how the pack is named on the command line, such as ``jp.meti.scs/2026-03-27``."""
        return f"{self.scheme}/{self.version}"

    def tier(self, level: int) -> TierRule | DeclaredTier:
        """Return what the pack says about a level. Raises RefusedError when the scheme has no such level."""
        named: tuple[TierRule | DeclaredTier, ...] = (*self.head.tiers, *self.head.declared)
        for tier in named:
            if tier.level == level:
                return tier
        raise RefusedError(f"{self.scheme} {self.version} has no tier {level}")

    def issuable_tier(self, level: int) -> TierRule:
        """Return the rule of a level. Raises RefusedError when the level is unknown, not defined yet or closed."""
        tier = self.tier(level)
        if isinstance(tier, DeclaredTier):
            raise RefusedError(f"{self.scheme} {self.version}, tier {level} cannot be issued", hint=tier.note.en)
        return tier

    def phase(self, at: int) -> Phase:
        """Return where the version stands at that instant (UTC seconds)."""
        return "closed" if self.head.closed is not None else self.head.transition.phase(at, self.zone)

    def among(self, packs: Iterable[SchemePack]) -> SchemePack:
        """Return this pack with the ends that its successors among these packs set; the digest stays its own."""
        change = self.head.transition
        for pack in packs:
            if pack.scheme == self.scheme:
                for replaced in pack.head.transition.replaces:
                    if replaced.version == self.version:
                        change = change.ended_by(pack.version, replaced)
        return replace(self, head=self.head.model_copy(update={"transition": change}))

    def items_for(self, level: int) -> tuple[Item, ...]:
        """Return what an assessment for the level must answer, all of it. Raises RefusedError."""
        match self.issuable_tier(level).items:
            case "criteria":
                return tuple(Item(c.id, c.requirement, c.label_ja, c.label_en) for c in self.criteria_for(level))
            case "requirements":
                return tuple(Item(r.id, r.id, r.label_ja, r.label_en) for r in self.requirements_for(level))

    def requirements_for(self, level: int) -> tuple[Requirement, ...]:
        """Return the requirements that the level asks for. Raises RefusedError."""
        self.issuable_tier(level)
        return tuple(row for row in self.requirements if row.lowest_tier <= level)

    def criteria_for(self, level: int) -> tuple[Criterion, ...]:
        """Return the criteria listed here that the level asks for; counts say how many exist. Raises RefusedError."""
        self.issuable_tier(level)
        return tuple(row for row in self.criteria if row.lowest_tier <= level)

    def statement_public(self, packs: Iterable[SchemePack] = ()) -> dict[str, Any]:
        """Return the public part of the `scheme.published` statement that pins this pack.

        Where it fixes the last day of decisions under one of ``packs``, the statement ends issuance under that.
        Raises RefusedError for a closed version: nothing could ever refer to it; and where it ends several.
        """
        if self.head.closed is not None:
            raise RefusedError(f"{self.name} is closed: there is nothing to publish", hint=self.head.closed.en)
        return {
            "scheme": self.scheme,
            "version": self.version,
            "sha256": self.digest,
            "tiers": [_terms(tier) for tier in self.tiers],
            **self._ended(packs),
        }

    def _ended(self, packs: Iterable[SchemePack]) -> dict[str, Any]:
        days = {one.version: one.decisions_end(self.zone) for one in self.head.transition.replaces}
        open_ones = {pack.version: pack for pack in packs if pack.scheme == self.scheme and pack.head.closed is None}
        ended = [(open_ones[version].digest, end) for version, end in days.items() if end and version in open_ones]
        if len(ended) > 1:
            raise RefusedError(
                f"{self.name} ends several versions",
                hint="One statement ends one version: each ends the one before.",
            )
        return {"replaces": ended[0][0], "replaced_issuable_until": ended[0][1]} if ended else {}


def _terms(tier: TierRule) -> dict[str, Any]:
    terms: dict[str, Any] = {
        "level": tier.level,
        "basis": tier.basis,
        "issuer": tier.issuer,
        "term_months": tier.term_months,
        "technical_verification": tier.technical_verification,
    }
    # The duty whose neglect the log itself acts upon: it suspends the mark when the grace is over.
    for duty in tier.duties:
        if (duty.code, duty.overdue) == (REPORT, "suspend"):
            terms["report"] = {"every_months": duty.every_months, "grace_days": duty.grace_days}
    return terms
