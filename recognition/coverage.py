"""Coverage: what holding some controls says about each criterion, under one mapping or several.

Read as sets of duties: a row says how the union of its sources relates to its target. Full is claimed only where some
row, all of whose sources are held, contains the target; so full always means that the target is met. Partial never
adds up to full: only a joint row can say that several sources together cover a criterion. No mapping is chained to
another one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import IntEnum

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
    """Two pinned mappings answer differently, or a no-relationship row cancelled another row."""


def cover_criteria(
    mappings: Collection[ControlMapping], *, held: Collection[str], criteria: Iterable[str]
) -> tuple[CriterionCover, ...]:
    """Return the cover of each criterion, sorted by id: the pointwise minimum over the mappings.

    Without a mapping nothing is covered. Neither the order of the mappings nor that of their rows matters.
    """
    held_ids = frozenset(held)
    rows = {mapping.digest: _by_target(mapping) for mapping in mappings}
    return tuple(_cover(criterion, rows, held_ids) for criterion in sorted(set(criteria)))


def _by_target(mapping: ControlMapping) -> dict[str, list[MappingRow]]:
    found: dict[str, list[MappingRow]] = {}
    for row in mapping.rows:
        found.setdefault(row.target, []).append(row)
    return found


def _cover(criterion: str, mappings: dict[str, dict[str, list[MappingRow]]], held: frozenset[str]) -> CriterionCover:
    rows = {pin: by_target.get(criterion, []) for pin, by_target in mappings.items()}
    denied = _denied_sources(row for found in rows.values() for row in found)
    answers: list[Cover] = []
    used: list[tuple[str, int]] = []
    cancelled = False
    for pin, found in rows.items():
        claims = [row for row in found if row.relation != "no-relationship"]
        standing = [row for row in claims if not row.sources & denied]
        cancelled = cancelled or len(standing) < len(claims)
        answers.append(max((_row_cover(row, held) for row in standing), default=Cover.NONE))
        used += [(pin, row.number) for row in standing if _row_cover(row, held) is not Cover.NONE]
    conflict = cancelled or len(set(answers)) > 1
    return CriterionCover(criterion, min(answers, default=Cover.NONE), tuple(sorted(used)), conflict)


def _denied_sources(rows: Iterable[MappingRow]) -> frozenset[str]:
    # Whether the source is held plays no part: else holding one more control could take an answer away.
    return frozenset(source for row in rows if row.relation == "no-relationship" for source in row.sources)


def _row_cover(row: MappingRow, held: frozenset[str]) -> Cover:
    if row.relation in COVERING and row.sources <= held:
        return Cover.FULL
    return Cover.PARTIAL if row.sources & held else Cover.NONE
