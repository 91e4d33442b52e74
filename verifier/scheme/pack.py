"""Scheme pack: one immutable version of a scheme's criteria as three files, pinned by one digest.

``pack.toml`` names the tiers and their rules, ``requirements.csv`` and ``criteria.csv`` the items. A row's
``lowest_tier`` is the lowest level that asks for it and every higher level asks for it too: this is how a higher tier
contains the lower one, by construction. Parsing is pure; reading files is the caller's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from verifier.errors import MalformedError, RefusedError
from verifier.names import LABEL
from verifier.scheme.rule import Category, DeclaredTier, PackHead, TierRule
from verifier.scheme.tables import Row, files_digest, read_rows, read_toml

HEAD, REQUIREMENTS, CRITERIA = "pack.toml", "requirements.csv", "criteria.csv"
FILES = frozenset({HEAD, REQUIREMENTS, CRITERIA})
REQUIREMENT_COLUMNS = ("requirement_id", "category", "lowest_tier", "label_ja", "label_en")
CRITERION_COLUMNS = ("criterion_id", "requirement_id", "lowest_tier", "label_ja", "label_en")


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

    def tier(self, level: int) -> TierRule | DeclaredTier:
        """Return what the pack says about a level. Raises RefusedError when the scheme has no such level."""
        named: tuple[TierRule | DeclaredTier, ...] = (*self.head.tiers, *self.head.declared)
        for tier in named:
            if tier.level == level:
                return tier
        raise RefusedError(f"{self.scheme} {self.version} has no tier {level}")

    def issuable_tier(self, level: int) -> TierRule:
        """Return the rule of a level. Raises RefusedError when the level is unknown or not defined yet."""
        tier = self.tier(level)
        if isinstance(tier, DeclaredTier):
            raise RefusedError(f"{self.scheme} {self.version}, tier {level} cannot be issued", hint=tier.note.en)
        return tier

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

    def statement_public(self) -> dict[str, Any]:
        """Return the public part of the `scheme.published` statement that pins this pack."""
        return {
            "scheme": self.scheme,
            "version": self.version,
            "sha256": self.digest,
            "tiers": [
                {
                    "level": tier.level,
                    "basis": tier.basis,
                    "issuer": tier.issuer,
                    "term_months": tier.term_months,
                    "technical_verification": tier.technical_verification,
                }
                for tier in self.tiers
            ],
        }


def parse_pack(files: Mapping[str, bytes]) -> SchemePack:
    """Return the pack of these three files. Raises MalformedError naming the file and row at fault."""
    if files.keys() != FILES:
        raise MalformedError(f"a scheme pack is exactly the files {', '.join(sorted(FILES))}")
    head = read_toml(files[HEAD], PackHead, file=HEAD)
    _check_levels(head)
    levels = frozenset(tier.level for tier in head.tiers)
    requirements = _requirements(files[REQUIREMENTS], head.categories, levels)
    criteria = _criteria(files[CRITERIA], requirements, levels)
    for tier in head.tiers:
        _check_counts(tier, requirements, criteria)
    return SchemePack(head, requirements, criteria, files_digest(files))


def _check_levels(head: PackHead) -> None:
    issuable = [tier.level for tier in head.tiers]
    levels = [*issuable, *(tier.level for tier in head.declared)]
    if len(set(levels)) != len(levels):
        raise MalformedError(f"{HEAD}: a level is named twice")
    if issuable != sorted(issuable):
        raise MalformedError(f"{HEAD}: tiers must stand lowest first")


def _requirements(data: bytes, categories: Iterable[Category], levels: frozenset[int]) -> tuple[Requirement, ...]:
    known = {category.id for category in categories}
    found: dict[str, Requirement] = {}
    for row in read_rows(data, file=REQUIREMENTS, columns=REQUIREMENT_COLUMNS):
        name = _new_id(row, "requirement_id", found)
        if row["category"] not in known:
            raise row.fault(f"unknown category {row['category']!r}")
        found[name] = Requirement(name, row["category"], _level(row, levels), *_labels(row))
    return tuple(found.values())


def _criteria(data: bytes, requirements: Iterable[Requirement], levels: frozenset[int]) -> tuple[Criterion, ...]:
    lowest = {requirement.id: requirement.lowest_tier for requirement in requirements}
    found: dict[str, Criterion] = {}
    for row in read_rows(data, file=CRITERIA, columns=CRITERION_COLUMNS):
        name = _new_id(row, "criterion_id", found)
        owner, level = row["requirement_id"], _level(row, levels)
        if owner not in lowest:
            raise row.fault(f"unknown requirement {owner!r}")
        if level < lowest[owner]:
            raise row.fault(f"asked for at tier {level}, but its requirement {owner} only from tier {lowest[owner]}")
        found[name] = Criterion(name, owner, level, *_labels(row))
    return tuple(found.values())


def _new_id(row: Row, column: str, taken: Mapping[str, object]) -> str:
    name = row[column]
    if not LABEL.fullmatch(name):
        raise row.fault(f"not an id: {name[:60]!r}")
    if name in taken:
        raise row.fault(f"{name} stands here a second time")
    return name


def _level(row: Row, levels: frozenset[int]) -> int:
    text = row["lowest_tier"]
    if text not in map(str, levels):
        raise row.fault(f"{text!r} is not a tier of this pack")
    return int(text)


def _labels(row: Row) -> tuple[str, str]:
    if not row["label_ja"].strip() or not row["label_en"].strip():
        raise row.fault("a label is missing")
    return row["label_ja"], row["label_en"]


def _check_counts(tier: TierRule, requirements: Iterable[Requirement], criteria: Iterable[Criterion]) -> None:
    wanted = {row.id for row in requirements if row.lowest_tier <= tier.level}
    listed = [row for row in criteria if row.lowest_tier <= tier.level]
    if len(wanted) != tier.counts.requirements:
        raise MalformedError(f"{REQUIREMENTS}: {len(wanted)} requirements for tier {tier.level}, not the stated number")
    if len(listed) != tier.counts.criteria_listed:
        raise MalformedError(f"{CRITERIA}: {len(listed)} criteria for tier {tier.level}, not the stated number")
    # A requirement without a criterion would be met by nobody having looked at it.
    bare = wanted - {row.requirement for row in listed}
    if tier.items == "criteria" and bare:
        raise MalformedError(f"{CRITERIA}: no criterion for requirement {min(bare)} of tier {tier.level}")
