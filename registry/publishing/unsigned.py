"""Tiles and bundles that were laid out for a step of the publisher which did not come to its signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.log.tile import TILE_WIDTH, entries_path, tile_path, tile_width, tiles_between

if TYPE_CHECKING:
    from pathlib import Path

    from registry.publishing.files import PublicFolder

_BUNDLES = "log/tile/entries"
_PARTIAL = ".p"


def laid_size(public: Path) -> int:
    """Return the size of the largest tree whose bundles stand in the public folder, signed or not."""
    top = public / _BUNDLES
    sizes = (_size(file.relative_to(top).parts) for file in top.rglob("*") if file.is_file())
    return max(sizes, default=0)


def withdraw_unsigned(public: PublicFolder, *, keep: int, laid: int) -> None:
    """Remove every file that belongs to trees larger than ``keep`` alone. Nobody was promised them."""
    for tile in tiles_between(keep, laid):
        for width in range(tile_width(tile.level, tile.index, keep) + 1, TILE_WIDTH + 1):
            public.withdraw(tile_path(tile.level, tile.index, width))
            if tile.level == 0:
                public.withdraw(entries_path(tile.index, width))


def _size(parts: tuple[str, ...]) -> int:
    width = TILE_WIDTH
    if len(parts) > 1 and parts[-2].endswith(_PARTIAL):
        width = int(parts[-1])
        parts = (*parts[:-2], parts[-2].removesuffix(_PARTIAL))
    index = int("".join(part.removeprefix("x") for part in parts))
    return index * TILE_WIDTH + width
