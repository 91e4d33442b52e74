"""The gap list of a mapping: what a certificate of a level leaves open of a tier, and what would close it.

The same coverage as the decision's, for a holder who has excluded nothing and has shown no condition to be met.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recognition.coverage import Cover, CriterionCover, cover_criteria
from recognition.home import home_criteria
from verifier.errors import NotFoundError

if TYPE_CHECKING:
    from recognition.home import HomeTier
    from recognition.mapping import ControlMapping
    from recognition.scheme import ForeignScheme
    from verifier.scheme.pack import SchemePack


@dataclass(frozen=True)
class Gaps:
    """Every criterion of a tier by its cover for one level, and the assurance that the level does not bring."""

    level: str
    tier: int
    covers: tuple[CriterionCover, ...]
    unknown: int
    missing_assurance: tuple[str, ...]

    @property
    def open(self) -> tuple[CriterionCover, ...]:
        """Return the criteria that are not covered in full: what supplements would have to evaluate."""
        return tuple(one for one in self.covers if one.cover is not Cover.FULL)

    def count(self, cover: Cover) -> int:
        """Return how many criteria have that cover."""
        return sum(one.cover is cover for one in self.covers)

    @property
    def can_be_closed(self) -> bool:
        """Say whether supplements alone would do: they bring no assurance that a certificate lacks."""
        return not self.missing_assurance and not self.unknown


def gaps_of(mapping: ControlMapping, scheme: ForeignScheme, *, level: str, tier: HomeTier) -> Gaps:
    """Return the gap list of one level beside one tier. Raises RefusedError for no such level."""
    covers = cover_criteria([mapping], held=scheme.controls_of(level), criteria=tier.criteria)
    missing = tuple(tier.assurance.missing_from(scheme.level(level).assurance))
    unknown = tier.criteria_count - len(tier.criteria)
    return Gaps(level, tier.tier.level, covers, unknown, missing)


def tier_of(pack: SchemePack, level: int) -> HomeTier:
    """Return a tier whose criteria are known. Raises NotFoundError."""
    for one in home_criteria(pack).tiers:
        if one.tier.level == level:
            return one
    raise NotFoundError(f"{pack.name} has no tier {level} whose criteria are known")
