"""fsck of tiles and entry bundles: every one is computed again from the entries, at every level and every width.

The widest form of each tile (full, or that of the latest checkpoint) is compared while the entries pass by; narrower
ones, kept for earlier checkpoints, have to be its beginning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.audit.kinds import Code
from verifier.audit.plane import optional
from verifier.errors import MalformedError
from verifier.log.merkle import HASH_BYTES
from verifier.log.tile import (
    TILE_HEIGHT,
    TILE_WIDTH,
    encode_entries,
    entries_path,
    parse_entries,
    tile_path,
    tile_width,
    tiles_between,
)
from verifier.log.tree import Frontier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from verifier.audit.finding import Findings
    from verifier.audit.plane import Listing
    from verifier.gather import Fetcher

ENTRIES = -1
"""The level under which entry bundles are handled."""


class TileCheck:
    """The tiles of one log, grown entry by entry; holds one tile of each level."""

    def __init__(self, fetcher: Fetcher, findings: Findings) -> None:
        self._fetcher = fetcher
        self._findings = findings
        self._entries: list[bytes] = []
        self._levels: list[list[bytes]] = [[]]
        self._done = [0]

    def append(self, entry: bytes, leaf: bytes) -> None:
        """Take the next entry and its leaf hash. Raises UnavailableError."""
        self._entries.append(entry)
        self._push(0, leaf)

    def close(self) -> None:
        """Compare the tiles that are not full yet. Raises UnavailableError."""
        for level, hashes in enumerate(self._levels):
            if hashes:
                self._compare(level)

    def _push(self, level: int, value: bytes) -> None:
        if level == len(self._levels):
            self._levels.append([])
            self._done.append(0)
        self._levels[level].append(value)
        if len(self._levels[level]) == TILE_WIDTH:
            self._compare(level)
            tree = Frontier()
            for one in self._levels[level]:
                tree.append(one)
            self._levels[level] = []
            self._done[level] += 1
            self._push(level + 1, tree.root())

    def _compare(self, level: int) -> None:
        index, hashes = self._done[level], self._levels[level]
        self._check(tile_path(level, index, len(hashes)), b"".join(hashes), Code.TILE_WRONG)
        if level == 0:
            self._check(entries_path(index, len(hashes)), encode_entries(self._entries), Code.BUNDLE_WRONG)
            self._entries = []

    def _check(self, path: str, expected: bytes, code: Code) -> None:
        data = optional(self._fetcher, path)
        if data is None:
            self._findings.add(Code.MISSING_FILE, path=path)
        elif data != expected:
            self._findings.add(code, path=path)


class PartialCheck:
    """The narrower tiles that earlier checkpoints of a tree of ``size`` entries left behind."""

    def __init__(self, fetcher: Fetcher, findings: Findings, size: int) -> None:
        self._fetcher = fetcher
        self._findings = findings
        self._size = size

    def check(self, sizes: Iterable[int], listing: Listing | None) -> None:
        """Compare what the kept checkpoints of these sizes need and, in a folder, whatever else is there.

        Raises UnavailableError.
        """
        needed: dict[tuple[int, int], set[int]] = {}
        for size in sizes:
            for level, index, width in _partials(size):
                needed.setdefault((level, index), set()).add(width)
        for level, index in self._places(listing) if listing else list(needed):
            self._check_place(level, index, needed.get((level, index), set()), listing)

    def _places(self, listing: Listing) -> Iterable[tuple[int, int]]:
        for tile in tiles_between(0, self._size):
            yield tile.level, tile.index
            if tile.level == 0:
                yield ENTRIES, tile.index

    def _check_place(self, level: int, index: int, needed: set[int], listing: Listing | None) -> None:
        covering = tile_width(max(level, 0), index, self._size)
        widths = set(needed)
        if listing is not None:
            names = listing.names(f"{_path(level, index, TILE_WIDTH)}.p")
            widths |= {int(name) for name in names if name.isdecimal() and len(name) < 4}
        widths = {width for width in widths if 0 < width < covering}
        whole = optional(self._fetcher, _path(level, index, covering)) if widths else None
        if whole is None:
            return
        for width in sorted(widths):
            path = _path(level, index, width)
            data = optional(self._fetcher, path)
            if data is None:
                # A log may drop a partial tile once the full one exists.
                if width in needed and covering < TILE_WIDTH:
                    self._findings.add(Code.MISSING_FILE, "a kept checkpoint needs it", path=path)
            elif data != _beginning(whole, level, width, covering):
                self._findings.add(Code.BUNDLE_WRONG if level == ENTRIES else Code.TILE_WRONG, path=path)


def _partials(size: int) -> Iterator[tuple[int, int, int]]:
    """Yield level, index and width of every partial tile that a tree of this size has, bundles included."""
    level = 0
    while count := size >> TILE_HEIGHT * level:
        index, width = divmod(count, TILE_WIDTH)
        if width:
            yield level, index, width
            if level == 0:
                yield ENTRIES, index, width
        level += 1


def _path(level: int, index: int, width: int) -> str:
    return entries_path(index, width) if level == ENTRIES else tile_path(level, index, width)


def _beginning(whole: bytes, level: int, width: int, covering: int) -> bytes:
    if level != ENTRIES:
        return whole[: width * HASH_BYTES]
    try:
        return encode_entries(parse_entries(whole, covering)[:width])
    except MalformedError:
        return b""


def in_tree(level: int, index: int, width: int, size: int) -> bool:
    """Say whether a tree of ``size`` entries has a tile of that width, or had one when it was smaller."""
    return level * TILE_HEIGHT < 64 and 0 < width <= tile_width(level, index, size)
