"""Coverage: what holding some controls says about each criterion, under one mapping or several.

Read as sets of duties: a row says how the union of its sources relates to its target. Full is claimed only where some
row, all of whose sources are held, contains the target; so full always means that the target is met. Partial never
adds up to full: only a joint row can say that several sources together cover a criterion. No mapping is chained to
another one. A qualifier only ever lowers what its row says.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from recognition.mapping import ControlMapping, MappingRow
from recognition.relation import COVERING


class Cover(IntEnum):
    """How much of a criterion is covered, from least to most."""

    NONE = 0
    PARTIAL = 1
    FULL = 2

    @property
    def word(self) -> str:
        """Return the word used in documents."""
        return self.name.lower()


@dataclass(frozen=True)
class CriterionCover:
    """The answer for one criterion, with the rows (mapping digest, row number) that give it."""

    criterion: str
    cover: Cover
    rows: tuple[tuple[str, int], ...] = ()
    conflict: bool = False
    """Two pinned mappings answer differently, or a row that denies cancelled another row."""

    conditions: tuple[str, ...] = ()
    """What would still have to be met for a row, all of whose sources are held, to count in full."""


@dataclass(frozen=True)
class Held:
    """What a certificate brings: the controls that its holder has, and the conditions that it shows to be met."""

    controls: frozenset[str]
    conditions: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Covers:
    """The covers of some criteria, sorted by id, and what decisions count of them."""

    all: tuple[CriterionCover, ...]

    @cached_property
    def open(self) -> tuple[str, ...]:
        """The criteria that are not covered in full, in order."""
        return tuple(one.criterion for one in self.all if one.cover is not Cover.FULL)

    @cached_property
    def partial(self) -> int:
        """How many are covered in part."""
        return sum(one.cover is Cover.PARTIAL for one in self.all)

    @property
    def none(self) -> int:
        """How many are not covered at all."""
        return len(self.open) - self.partial


class CompiledMappings:
    """Mappings made ready for many decisions: rows by target, and the covers that were asked for before."""

    def __init__(self, mappings: Collection[ControlMapping]) -> None:
        """Read the rows once. Neither the order of the mappings nor that of their rows matters."""
        self._rows = {mapping.digest: _by_target(mapping) for mapping in mappings}
        self._known: dict[tuple[Held, frozenset[str]], Covers] = {}

    def cover(self, held: Held, criteria: frozenset[str]) -> Covers:
        """Return the cover of each criterion: the pointwise minimum over the mappings."""
        key = (held, criteria)
        if key not in self._known:
            found = tuple(_cover(criterion, self._rows, held) for criterion in sorted(criteria))
            self._known[key] = Covers(found)
        return self._known[key]


def cover_criteria(
    mappings: Collection[ControlMapping],
    *,
    held: Collection[str],
    criteria: Iterable[str],
    conditions: Collection[str] = (),
) -> tuple[CriterionCover, ...]:
    """Return the cover of each criterion, sorted by id. Without a mapping nothing is covered."""
    return CompiledMappings(mappings).cover(Held(frozenset(held), frozenset(conditions)), frozenset(criteria)).all


def _by_target(mapping: ControlMapping) -> dict[str, list[MappingRow]]:
    found: dict[str, list[MappingRow]] = {}
    for row in mapping.rows:
        found.setdefault(row.target, []).append(row)
    return found


def _cover(criterion: str, mappings: dict[str, dict[str, list[MappingRow]]], held: Held) -> CriterionCover:
    rows = {pin: by_target.get(criterion, []) for pin, by_target in mappings.items()}
    denied = _denied_sources(row for found in rows.values() for row in found)
    answers: list[Cover] = []
    used: list[tuple[str, int]] = []
    wanted: set[str] = set()
    cancelled = False
    for pin, found in rows.items():
        claims = [row for row in found if not _denies(row)]
        standing = [row for row in claims if not row.sources & denied]
        cancelled = cancelled or len(standing) < len(claims)
        answers.append(max((_row_cover(row, held) for row in standing), default=Cover.NONE))
        used += [(pin, row.number) for row in standing if _row_cover(row, held) is not Cover.NONE]
        wanted |= {row.condition for row in standing if _waits(row, held)}
    cover = min(answers, default=Cover.NONE)
    conditions = tuple(sorted(wanted)) if cover is not Cover.FULL else ()
    return CriterionCover(criterion, cover, tuple(sorted(used)), cancelled or len(set(answers)) > 1, conditions)


def _denies(row: MappingRow) -> bool:
    return row.relation == "no-relationship" or row.qualifier == "blocked"


def _denied_sources(rows: Iterable[MappingRow]) -> frozenset[str]:
    # Whether the source is held plays no part: else holding one more control could take an answer away.
    return frozenset(source for row in rows if _denies(row) for source in row.sources)


def _row_cover(row: MappingRow, held: Held) -> Cover:
    if _contains(row, held) and row.qualifier != "restricted" and not _waits(row, held):
        return Cover.FULL
    return Cover.PARTIAL if row.sources & held.controls else Cover.NONE


def _contains(row: MappingRow, held: Held) -> bool:
    return row.relation in COVERING and row.sources <= held.controls


def _waits(row: MappingRow, held: Held) -> bool:
    """Say whether the row would count in full but for its condition."""
    return row.qualifier == "addressable" and _contains(row, held) and row.condition not in held.conditions
