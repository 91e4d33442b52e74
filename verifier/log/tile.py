"""Tiles and entry bundles (C2SP tlog-tiles v0.1.0): paths, widths, encodings and a reader over them.

Paths are those of the published read plane and start with ``log/``. What a tile or bundle says is not trusted: proofs
built from it are checked against a signed root, and entries against their proof or against a recomputed root.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.errors import MalformedError, NotFoundError, ProofError
from verifier.log.merkle import HASH_BYTES, MAX_SIZE, node_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
MAX_ENTRY = 65_535


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile of a tree: level in steps of 8, index in that level, number of hashes that it holds (1 to 256)."""

    level: int
    index: int
    width: int

    @property
    def path(self) -> str:
        """Where the hashes stand in the read plane."""
        return tile_path(self.level, self.index, self.width)


def tile_path(level: int, index: int, width: int = TILE_WIDTH) -> str:
    """Return ``log/tile/<L>/<N>[.p/<W>]``."""
    return f"log/tile/{level}/{_position(index, width)}"


def entries_path(index: int, width: int = TILE_WIDTH) -> str:
    """Return ``log/tile/entries/<N>[.p/<W>]``."""
    return f"log/tile/entries/{_position(index, width)}"


def tile_width(level: int, index: int, size: int) -> int:
    """Return how many hashes the tile holds in a tree of ``size`` leaves: 0 (absent) to 256 (full)."""
    return max(0, min(TILE_WIDTH, (size >> TILE_HEIGHT * level) - index * TILE_WIDTH))


def tiles_between(old_size: int, new_size: int) -> Iterator[Tile]:
    """Yield every tile that growth from ``old_size`` to ``new_size`` leaves created or widened, as wide as it became.

    The tiles of level 0 name the entry bundles too. From 0 this yields all tiles of the tree.
    """
    level = 0
    while (old := old_size >> TILE_HEIGHT * level) < (new := new_size >> TILE_HEIGHT * level):
        for index in range(old // TILE_WIDTH, (new - 1) // TILE_WIDTH + 1):
            yield Tile(level, index, tile_width(level, index, new_size))
        level += 1


def parse_tile(data: bytes, width: int) -> tuple[bytes, ...]:
    """Return the hashes of a tile of exactly ``width``, 1 to 256. Raises MalformedError."""
    if not 0 < width <= TILE_WIDTH or len(data) != width * HASH_BYTES:
        raise MalformedError(f"a tile holds 1 to {TILE_WIDTH} hashes, of width {width} {width * HASH_BYTES} bytes")
    return tuple(data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES))


def encode_entries(entries: Sequence[bytes]) -> bytes:
    """Return the entry bundle: each entry behind its length as two bytes, big-endian. Raises MalformedError."""
    if any(len(entry) > MAX_ENTRY for entry in entries):
        raise MalformedError(f"an entry is at most {MAX_ENTRY} bytes long")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def parse_entries(data: bytes, width: int) -> tuple[bytes, ...]:
    """Return the exactly ``width`` entries of a bundle, 1 to 256. Raises MalformedError."""
    if not 0 < width <= TILE_WIDTH:
        raise MalformedError(f"an entry bundle holds 1 to {TILE_WIDTH} entries")
    entries, at = [], 0
    for _ in range(width):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or end > len(data):
            raise MalformedError("the entry bundle ends inside an entry")
        entries.append(data[at + 2 : end])
        at = end
    if at != len(data):
        raise MalformedError("the entry bundle holds more than its entries")
    return tuple(entries)


class TileReader:
    """Reads nodes and entries of the tree of ``size`` leaves through ``fetch``, keeping the tiles it has seen.

    ``fetch`` takes a path of the read plane and raises NotFoundError where there is nothing. Nothing that it yields is
    trusted here.
    """

    def __init__(self, fetch: Callable[[str], bytes], size: int) -> None:
        if not 0 <= size <= MAX_SIZE:
            raise ProofError(f"a tree cannot have {size} leaves")
        self.size = size
        self._fetch = fetch
        self._tiles: dict[tuple[int, int], tuple[bytes, ...]] = {}
        self._bundle: tuple[int, tuple[bytes, ...]] = (-1, ())

    def node(self, level: int, index: int) -> bytes:
        """Return the hash of a complete subtree. Raises ProofError outside the tree, MalformedError for a bad tile."""
        if level < 0 or index < 0 or (index + 1) << level > self.size:
            raise ProofError(f"a tree of {self.size} leaves has no node {index} at level {level}")
        tile_level, height = divmod(level, TILE_HEIGHT)
        tile_index, start = divmod(index << height, TILE_WIDTH)
        hashes = self._tile(tile_level, tile_index)[start : start + (1 << height)]
        while len(hashes) > 1:
            hashes = tuple(node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2))
        return hashes[0]

    def entry(self, index: int) -> bytes:
        """Return the entry at ``index``, unproven. Raises ProofError outside the tree."""
        if not 0 <= index < self.size:
            raise ProofError(f"index {index} lies outside a tree of {self.size} leaves")
        bundle, at = divmod(index, TILE_WIDTH)
        if self._bundle[0] != bundle:
            data, width = self._wide_enough(entries_path, bundle, tile_width(0, bundle, self.size))
            self._bundle = (bundle, parse_entries(data, width))
        return self._bundle[1][at]

    def entries(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the entries from ``start`` up to, not including, ``end``, unproven."""
        for index in range(start, end):
            yield self.entry(index)

    def _tile(self, level: int, index: int) -> tuple[bytes, ...]:
        if (level, index) not in self._tiles:
            width = tile_width(level, index, self.size)
            data, width = self._wide_enough(lambda at, wide: tile_path(level, at, wide), index, width)
            self._tiles[level, index] = parse_tile(data, width)
        return self._tiles[level, index]

    def _wide_enough(self, path: Callable[[int, int], str], index: int, width: int) -> tuple[bytes, int]:
        # A log may drop a partial tile once the full one exists; the full one begins with the same hashes.
        try:
            return self._fetch(path(index, width)), width
        except NotFoundError:
            if width == TILE_WIDTH:
                raise
            return self._fetch(path(index, TILE_WIDTH)), TILE_WIDTH


def _position(index: int, width: int) -> str:
    digits = f"{index:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    suffix = "" if width == TILE_WIDTH else f".p/{width}"
    return "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]]) + suffix
