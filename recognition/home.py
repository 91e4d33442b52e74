"""The home side of a decision: for each tier its criteria, the assurance it requires and the longest recognition."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.encoding import canonical, digest
from verifier.scheme.assurance import Assurance
from verifier.scheme.pack import SchemePack
from verifier.tier import Tier


@dataclass(frozen=True)
class HomeTier:
    """What a certificate must show to count as this tier.

    ``criteria_count`` is how many criteria the tier has; fewer in ``criteria`` means that some are not known here.
    """

    tier: Tier
    criteria: frozenset[str]
    criteria_count: int
    assurance: Assurance
    max_days: int


@dataclass(frozen=True)
class HomeCriteria:
    """One version of the home scheme, its digest and its tiers, lowest first."""

    scheme: str
    version: str
    sha256: str
    tiers: tuple[HomeTier, ...]

    @property
    def digest(self) -> str:
        """Return the base64url SHA-256 of everything that the decision reads."""
        tiers = [
            {
                "tier": str(tier.tier),
                "criteria": sorted(tier.criteria),
                "criteria_count": tier.criteria_count,
                "assurance": tier.assurance.members(),
                "max_days": tier.max_days,
            }
            for tier in self.tiers
        ]
        return digest(canonical({"scheme": self.scheme, "version": self.version, "pack": self.sha256, "tiers": tiers}))


def home_criteria(pack: SchemePack) -> HomeCriteria:
    """Return the home side of a scheme pack: the tiers whose number of criteria is known."""
    tiers = tuple(
        HomeTier(
            Tier(pack.scheme, rule.level),
            frozenset(criterion.id for criterion in pack.criteria_for(rule.level)),
            rule.counts.criteria,
            rule.assurance,
            # Whole days, rounded down: never longer than a mark of the tier itself would last.
            rule.term_months * 365 // 12,
        )
        for rule in pack.tiers
        # Unknown is not none: a tier of no criteria would be met by every certificate.
        if rule.counts.criteria
    )
    return HomeCriteria(pack.scheme, pack.version, pack.digest, tiers)
