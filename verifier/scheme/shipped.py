"""The scheme packs that come with the product, read from its package data."""

from __future__ import annotations

from functools import cache
from importlib import resources

from verifier.errors import NotFoundError
from verifier.scheme.pack import SchemePack, parse_pack


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
