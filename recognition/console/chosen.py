"""Beside which level and which tier a mapping is looked at: asked for in the address, else the highest of both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from recognition.console.gaps import Gaps, gaps_of
from recognition.home import HomeTier, home_criteria
from verifier.edge.packs import load_pack
from verifier.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recognition.console.desks import Desks
    from recognition.mapping import ControlMapping
    from recognition.scheme import ForeignScheme
    from verifier.scheme.pack import SchemePack


@dataclass(frozen=True)
class Sight:
    """A mapping beside one foreign level and one home tier."""

    mapping: ControlMapping
    scheme: ForeignScheme
    pack: SchemePack
    level: str
    tier: HomeTier

    @property
    def gaps(self) -> Gaps:
        """Return the gap list."""
        return gaps_of(self.mapping, self.scheme, level=self.level, tier=self.tier)

    @property
    def query(self) -> str:
        """Return what keeps the choice from page to page."""
        return urlencode({"level": self.level, "tier": self.tier.tier.level})


def sight(desks: Desks, mapping: ControlMapping, query: Mapping[str, str]) -> Sight:
    """Return the mapping beside what the query chooses. Raises RefusedError where there is nothing to choose from."""
    scheme = desks.folder.scheme(mapping.head.source.scheme)
    pack = load_pack(mapping.head.target.scheme, mapping.head.target.version)
    tiers = home_criteria(pack).tiers
    if not scheme.head.levels or not tiers:
        raise RefusedError("the scheme has no levels, or the home scheme no tier whose criteria are known")
    whole = [one for one in tiers if len(one.criteria) == one.criteria_count] or list(tiers)
    tier = next((one for one in tiers if str(one.tier.level) == query.get("tier")), whole[-1])
    level = query.get("level", "")
    if level not in scheme.head.level_ids:
        level = scheme.head.level_ids[-1]
    return Sight(mapping, scheme, pack, level, tier)
