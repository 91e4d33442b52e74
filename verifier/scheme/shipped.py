"""The scheme packs that come with the product, read from its package data."""

from __future__ import annotations

from functools import cache
from importlib import resources

from verifier.errors import NotFoundError
from verifier.scheme.pack import SchemePack
from verifier.scheme.reading import parse_pack
from verifier.tier import Tier


@cache
def shipped_packs() -> tuple[SchemePack, ...]:
    """Return every shipped pack, sorted by scheme and version."""
    root = resources.files("verifier").joinpath("packs")
    folders = [version for scheme in root.iterdir() for version in scheme.iterdir()]
    packs = (parse_pack({file.name: file.read_bytes() for file in folder.iterdir()}) for folder in folders)
    return tuple(sorted(packs, key=lambda pack: (pack.scheme, pack.version)))


def load_shipped(scheme: str, version: str) -> SchemePack:
    """Return the shipped pack of that scheme and version. Raises NotFoundError."""
    for pack in shipped_packs():
        if (pack.scheme, pack.version) == (scheme, version):
            return pack
    known = ", ".join(f"{pack.scheme} {pack.version}" for pack in shipped_packs())
    raise NotFoundError(f"no scheme pack {scheme} {version} is shipped", hint=f"Shipped: {known}")


def check_awarded(tier: Tier) -> None:
    """Refuse a tier that a shipped scheme does not award in any version: nothing could ever meet a demand for it.

    A scheme that is not shipped awards what its own packs say. Raises RefusedError.
    """
    packs = [pack for pack in shipped_packs() if pack.scheme == tier.scheme and pack.tiers]
    if packs and not any(rule.level == tier.level for pack in packs for rule in pack.tiers):
        packs[-1].issuable_tier(tier.level)
