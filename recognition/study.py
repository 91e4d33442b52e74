"""The gap study of an agreement: what each foreign level covers of each home tier, before anybody decides anything.

It is the same coverage that the decision uses, for a certificate whose holder has excluded nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from recognition.coverage import Cover, cover_criteria
from recognition.home import home_criteria

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recognition.treaty import Treaty
    from verifier.scheme.pack import SchemePack


@dataclass(frozen=True)
class Studied:
    """One foreign level beside one home tier: criteria by cover, and the assurance that is missing."""

    level: str
    tier: int
    full: tuple[str, ...]
    partial: tuple[str, ...]
    none: tuple[str, ...]
    unknown: int
    missing_assurance: tuple[str, ...]
    within_cap: bool

    @property
    def gaps(self) -> tuple[str, ...]:
        """The criteria that a certificate leaves open, in order."""
        return tuple(sorted((*self.partial, *self.none)))

    def members(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {**vars(self), "gaps": [*self.gaps]}


def study(treaty: Treaty, pack: SchemePack) -> Iterator[Studied]:
    """Yield every level that the agreement caps beside every tier whose criteria are known, lowest first."""
    held = treaty.scheme.control_ids
    for level in treaty.scheme.head.levels:
        cap = treaty.agreement.cap_by_level.get(level.id, 0)
        for tier in home_criteria(pack).tiers:
            covers = cover_criteria(treaty.mappings, held=held, criteria=tier.criteria)
            found = {cover: tuple(one.criterion for one in covers if one.cover is cover) for cover in Cover}
            yield Studied(
                level.id,
                tier.tier.level,
                found[Cover.FULL],
                found[Cover.PARTIAL],
                found[Cover.NONE],
                tier.criteria_count - len(tier.criteria),
                tuple(tier.assurance.missing_from(level.assurance)),
                tier.tier.level <= cap,
            )


def study_lines(treaty: Treaty, pack: SchemePack) -> Iterator[str]:
    """Yield the study as Markdown."""
    yield f"# Gap study: {treaty.scheme.id} for {pack.name}"
    yield ""
    yield f"Agreement folder {treaty.sha256}, pack {pack.digest}."
    for one in study(treaty, pack):
        yield ""
        yield f"## {one.level} for tier {one.tier}"
        yield ""
        cap = "" if one.within_cap else " The agreement does not let this level count that far."
        yield f"{len(one.full)} criteria in full, {len(one.partial)} in part, {len(one.none)} not at all.{cap}"
        if one.unknown:
            yield f"{one.unknown} criteria of the tier are not at hand, so it cannot be recognised yet."
        if one.missing_assurance:
            yield f"Assurance that is missing: {', '.join(one.missing_assurance)}."
        if one.gaps:
            yield ""
            yield f"Left open: {', '.join(one.gaps)}."
