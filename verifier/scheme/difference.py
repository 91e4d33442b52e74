"""Difference: what changes from one version of a scheme's criteria to another, item by item and tier by tier."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from verifier.scheme.pack import Criterion, Requirement, SchemePack
from verifier.scheme.rule import DeclaredTier, TierRule

Kind = Literal["added", "removed", "moved", "changed"]
What = Literal["tier", "requirement", "criterion"]
Row = Requirement | Criterion


@dataclass(frozen=True)
class Change:
    """One change; ``members`` says for each member that differs what it was and what it is (None: absent)."""

    kind: Kind
    what: What
    id: str
    members: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)

    def as_members(self) -> dict[str, Any]:
        """Return the JSON object."""
        differing = {name: {"old": old, "new": new} for name, (old, new) in self.members.items()}
        return {"kind": self.kind, "what": self.what, "id": self.id, "members": differing}


@dataclass(frozen=True)
class PackDifference:
    """Every change from the old pack to the new one: tiers first, then requirements, then criteria."""

    old: SchemePack
    new: SchemePack
    changes: tuple[Change, ...]

    @property
    def counts(self) -> Counter[tuple[What, Kind]]:
        """How many changes of each sort there are."""
        return Counter((change.what, change.kind) for change in self.changes)

    def members(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {
            "old": {"name": self.old.name, "sha256": self.old.digest},
            "new": {"name": self.new.name, "sha256": self.new.digest},
            "counts": [{"what": what, "kind": kind, "count": count} for (what, kind), count in self.counts.items()],
            "changes": [change.as_members() for change in self.changes],
        }


def difference(old: SchemePack, new: SchemePack) -> PackDifference:
    """Return what changes. A row that asks at another tier has moved; any other difference of it is a change."""
    return PackDifference(
        old,
        new,
        (
            *_tier_changes(old, new),
            *_row_changes("requirement", _by_id(old.requirements), _by_id(new.requirements)),
            *_row_changes("criterion", _by_id(old.criteria), _by_id(new.criteria)),
        ),
    )


def _tier_changes(old: SchemePack, new: SchemePack) -> Iterator[Change]:
    before, after = _tiers(old), _tiers(new)
    for level in sorted(before.keys() | after.keys()):
        name = str(level)
        if level not in before or level not in after:
            yield Change("added" if level in after else "removed", "tier", name)
            continue
        differing = dict(_differing(_tier_members(before[level]), _tier_members(after[level])))
        if differing:
            yield Change("changed", "tier", name, differing)


def _tiers(pack: SchemePack) -> dict[int, TierRule | DeclaredTier]:
    named: tuple[TierRule | DeclaredTier, ...] = (*pack.head.tiers, *pack.head.declared)
    return {tier.level: tier for tier in named}


def _tier_members(tier: TierRule | DeclaredTier) -> dict[str, Any]:
    return {"issuable": isinstance(tier, TierRule), **tier.members()}


def _row_changes(what: What, before: Mapping[str, Row], after: Mapping[str, Row]) -> Iterator[Change]:
    for name in (*before, *(name for name in after if name not in before)):
        if name not in before or name not in after:
            yield Change("added" if name in after else "removed", what, name)
            continue
        differing = dict(_differing(vars(before[name]), vars(after[name])))
        tiers = differing.pop("lowest_tier", None)
        if tiers:
            yield Change("moved", what, name, {"lowest_tier": tiers})
        if differing:
            yield Change("changed", what, name, differing)


def _by_id(rows: tuple[Requirement, ...] | tuple[Criterion, ...]) -> dict[str, Row]:
    return {row.id: row for row in rows}


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Any, Any]]]:
    for name in (*before, *(name for name in after if name not in before)):
        if before.get(name) != after.get(name):
            yield name, (before.get(name), after.get(name))
