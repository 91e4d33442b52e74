"""Difference: what changes from one version of a mapping to the next, row by row, and what criteria gain or lose by it.

A row is the same row when its sources and its target are. What a criterion gains or loses is told for a holder of every
control with every condition met: the most that either version can give. Whose marks that touches is the preview's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from recognition.mapping import ControlMapping, MappingRow, denies
from recognition.relation import COVERING
from verifier.errors import RefusedError

Kind = Literal["added", "removed", "changed"]
Key = tuple[tuple[str, ...], str]
COVERS = ("none", "partial", "full")


@dataclass(frozen=True)
class RowChange:
    """One row that differs; ``members`` says for each member that differs what it was and what it is."""

    kind: Kind
    sources: tuple[str, ...]
    target: str
    members: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def as_members(self) -> dict[str, Any]:
        """Return the JSON object."""
        differing = {name: {"old": old, "new": new} for name, (old, new) in self.members.items()}
        return {"kind": self.kind, "sources": list(self.sources), "target": self.target, "members": differing}


@dataclass(frozen=True)
class CoverChange:
    """A criterion of which the new version can cover more or less: none, partial or full."""

    criterion: str
    old: str
    new: str

    @property
    def gains(self) -> bool:
        """Say whether the new version covers more."""
        return COVERS.index(self.new) > COVERS.index(self.old)


@dataclass(frozen=True)
class MappingDifference:
    """Every change from the old mapping to the new one: head first, then rows, then what follows for the criteria."""

    old: ControlMapping
    new: ControlMapping
    head: Mapping[str, tuple[Any, Any]]
    rows: tuple[RowChange, ...]
    covers: tuple[CoverChange, ...]

    @property
    def losing(self) -> tuple[CoverChange, ...]:
        """Return the criteria of which the new version covers less."""
        return tuple(change for change in self.covers if not change.gains)

    def members(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {
            "old": {"id": self.old.head.id, "sha256": self.old.digest},
            "new": {"id": self.new.head.id, "sha256": self.new.digest},
            "head": {name: {"old": old, "new": new} for name, (old, new) in self.head.items()},
            "rows": [change.as_members() for change in self.rows],
            "criteria": [{"id": one.criterion, "old": one.old, "new": one.new} for one in self.covers],
        }


def mapping_difference(old: ControlMapping, new: ControlMapping) -> MappingDifference:
    """Return what changes. Raises RefusedError where the two are not between the same schemes."""
    for side in ("source", "target"):
        before, after = getattr(old.head, side).scheme, getattr(new.head, side).scheme
        if before != after:
            raise RefusedError(
                f"not two versions of one mapping: the {side} is {before} in one and {after} in the other"
            )
    return MappingDifference(old, new, dict(_head(old, new)), tuple(_rows(old, new)), tuple(_covers(old, new)))


def _head(old: ControlMapping, new: ControlMapping) -> Iterator[tuple[str, tuple[Any, Any]]]:
    before, after = old.head.members(), new.head.members()
    for name in ("id", "status", "notice", "source", "target"):
        if before[name] != after[name]:
            yield name, (before[name], after[name])


def _rows(old: ControlMapping, new: ControlMapping) -> Iterator[RowChange]:
    before, after = _by_key(old), _by_key(new)
    for key in (*before, *(key for key in after if key not in before)):
        if key not in before or key not in after:
            yield RowChange("added" if key in after else "removed", *key, _row_members(before.get(key), after.get(key)))
        elif differing := _row_members(before[key], after[key]):
            yield RowChange("changed", *key, differing)


def _by_key(mapping: ControlMapping) -> dict[Key, MappingRow]:
    return {(tuple(sorted(row.sources)), row.target): row for row in mapping.rows}


def _row_members(before: MappingRow | None, after: MappingRow | None) -> dict[str, tuple[str, str]]:
    names = ("relation", "qualifier", "condition", "note_en")
    values = {name: (str(getattr(before, name, "")), str(getattr(after, name, ""))) for name in names}
    return {name: pair for name, pair in values.items() if pair[0] != pair[1]}


def _covers(old: ControlMapping, new: ControlMapping) -> Iterator[CoverChange]:
    targets = {row.target for row in (*old.rows, *new.rows)}
    for target in sorted(targets):
        before, after = best_cover(old, target), best_cover(new, target)
        if before != after:
            yield CoverChange(target, before, after)


def best_cover(mapping: ControlMapping, target: str) -> str:
    """Return the most that the mapping can give a criterion: none, partial or full."""
    rows = [row for row in mapping.rows if row.target == target]
    denied = {source for row in rows if denies(row) for source in row.sources}
    standing = [row for row in rows if not denies(row) and not row.sources & denied]
    if any(row.relation in COVERING and row.qualifier != "restricted" for row in standing):
        return "full"
    return "partial" if standing else "none"
