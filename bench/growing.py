"""What becomes slower or larger as the log grows from 10,000 entries to a million, and to ten million on tiles alone.

One log is filled by the product's ledger and laid out by the product's publisher; at each size it is measured in turn
with a second log that stays small, so that what else the machine does falls on both. Above ``LARGEST_DATABASE`` only
the tiles are made, from random leaf hashes: a proof needs nothing else.
"""

from __future__ import annotations

import gc
import os
import time
from dataclasses import dataclass, field
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Any

from bench.appending import append
from bench.measuring import percentile, spread
from bench.statements import HOST, START, Desk
from registry.log.growth import Growth
from registry.log.ledger import Ledger
from registry.publishing.files import PublicFolder
from registry.rows import queries
from registry.rows.database import Database
from tests.registry.conftest import make_keys
from verifier.edge.folder import FolderFetcher
from verifier.log.checkpoint import Checkpoint, sign_checkpoint
from verifier.log.cosignature import Cosigner
from verifier.log.merkle import HASH_BYTES, node_hash, verify_inclusion
from verifier.log.note import NoteSigner
from verifier.log.tile import TILE_WIDTH, TileReader, tile_path
from verifier.log.tlog_proof import TlogProof
from verifier.log.tree import inclusion_path, root_at
from verifier.names import log_origin

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

LARGEST_DATABASE = 1_000_000
GROUP = 256
LAID_TOGETHER = 100 * GROUP
ROUNDS = 7
WINDOW = 20 * GROUP
"""Entries that are appended in one round of the comparison."""

ASKED = 500
WITNESSES = 3


@dataclass
class GrowingLog:
    """A log over a folder: its database and, once laid out, its read plane."""

    folder: Path
    desk: Desk
    size: int = 0
    own_bytes: int = 0
    """Of all entries."""
    _laid: int = field(default=0)

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self.database = Database(self.folder / "registry.db")
        self.database.migrate()
        self.ledger = Ledger(self.database)
        self.public = PublicFolder(self.folder / "public", writer="publisher")

    def append(self, count: int) -> float:
        """Append so many entries, made before the clock starts; return entries per second."""
        statements = list(self.desk.made_up(count))
        gc.collect()
        gc.freeze()
        times, entries = append(self.ledger, statements, GROUP)
        self.size += entries
        self.own_bytes += sum(len(one.entry) for one in statements)
        return entries / sum(times)

    def grow(self, size: int) -> None:
        """Append and lay out until the log has so many entries."""
        while self.size < size:
            self.append(min(LAID_TOGETHER, size - self.size))
            self.lay()

    def lay(self) -> None:
        """Write what is new into the read plane, as the publisher does."""
        with self.database.read() as connection:
            head = queries.log_size(connection)
            growth = Growth(connection, self.public, start=self._laid, head=head)
            growth.check(None)
            growth.write()
        self._laid = head.size

    def look_up(self, chance: Random, count: int) -> list[float]:
        """Return the seconds of so many look-ups of an entry by its index, each on its own."""

        def look(index: int) -> None:
            with self.database.read() as connection:
                queries.entries(connection, index, index + 1)

        return _each(look, [chance.randrange(self.size) for _ in range(count)])

    def overhead(self) -> dict[str, float]:
        """Return the bytes for each entry over its own, in the database and in the read plane."""
        # The last connection that is closed moves what stands beside the file into it.
        self.database.close()
        plane = [path.stat() for path in (self.folder / "public/log").rglob("*") if path.is_file()]
        files = {
            "database": sum(path.stat().st_size for path in self.folder.glob("registry.db")),
            "tiles_and_bundles": sum(one.st_size for one in plane),
            "tiles_and_bundles_in_blocks_of_the_disk": sum(one.st_blocks * 512 for one in plane),
        }
        return {name: round((size - self.own_bytes) / self.size, 1) for name, size in files.items()}


def measure(folder: Path, sizes: Sequence[int], seed: int) -> dict[str, Any]:
    """Grow a log to each size and measure it there, beside a log of the smallest size."""
    desk, chance, found = Desk(seed), Random(seed), {}
    with_database = [size for size in sizes if size <= LARGEST_DATABASE]
    if with_database:
        large = GrowingLog(folder / "large", desk)
        for size in with_database:
            large.grow(size)
            small = GrowingLog(folder / f"beside-{size}", desk)
            small.grow(min(with_database))
            found[str(size)] = _measured(small, large, chance)
    for size in sizes:
        if size > LARGEST_DATABASE:
            place = folder / f"tiles-{size}"
            started = time.perf_counter()
            write_tiles(place, size, chance)
            made = round(time.perf_counter() - started, 1)
            found[str(size)] = {"made_of": "tiles alone", "made_in_seconds": made, **proofs(place, size, chance)}
    return found


def _measured(small: GrowingLog, large: GrowingLog, chance: Random) -> dict[str, Any]:
    size = large.size
    figures = {"made_of": "database and read plane", **proofs(large.public.folder, size, chance)}
    figures["overhead_bytes_per_entry"] = large.overhead()
    figures["entry_bytes"] = round(large.own_bytes / size, 1)
    window = max(GROUP, min(WINDOW, small.size // 2 // GROUP * GROUP))
    looks: tuple[list[float], list[float]] = ([], [])
    rates: tuple[list[float], list[float]] = ([], [])
    for round_ in range(ROUNDS):
        # Who begins changes from round to round.
        for which in (0, 1) if round_ % 2 else (1, 0):
            looks[which].extend((small, large)[which].look_up(chance, ASKED // ROUNDS + 1))
            rates[which].append((small, large)[which].append(window))
    large.lay()
    small_look, large_look = (percentile(times, 0.5) for times in looks)
    small_rate, large_rate = (percentile(per_second, 0.5) for per_second in rates)
    return {
        **figures,
        "look_up": spread(looks[1]),
        "look_up_times_that_of_the_small_log": round(large_look / small_look, 2),
        "appends_per_second": round(large_rate, 1),
        "append_times_that_of_the_small_log": round(small_rate / large_rate, 2),
    }


def proofs(public: Path, size: int, chance: Random) -> dict[str, Any]:
    """Return how long a proof of inclusion takes from the files, and how large it is; every path is verified.

    Cold is the reader: it keeps no tile from one proof to the next. The operating system may have cached the files.
    """
    fetch, paths = FolderFetcher(public).fetch, dict[int, list[bytes]]()

    def prove(index: int) -> None:
        paths[index] = inclusion_path(TileReader(fetch, size), index, size)

    rounds = [_each(prove, [chance.randrange(size) for _ in range(ASKED)]) for _ in range(ROUNDS)]
    reader = TileReader(fetch, size)
    root = root_at(reader, size)
    for index, path in paths.items():
        verify_inclusion(leaf=reader.node(0, index), index=index, size=size, path=path, root=root)
    index = max(paths, key=lambda one: len(paths[one]))
    return {
        # Of several rounds the one that other work on the machine disturbed least.
        "cold_proof": spread(min(rounds, key=lambda times: percentile(times, 0.99))),
        "proof_hashes": len(paths[index]),
        "proof_bytes_without_the_entry": len(_proof(index, paths[index], Checkpoint(log_origin(HOST), size, root))),
    }


def _proof(index: int, path: list[bytes], checkpoint: Checkpoint) -> bytes:
    keys = make_keys()
    signed = sign_checkpoint(checkpoint, NoteSigner(checkpoint.origin, keys.ceremony.keys.log))
    cosigners = [Cosigner(f"{name}.example", key) for name, key in list(keys.witnesses.items())[:WITNESSES]]
    signed = signed.adding(*(one.cosign(signed, START) for one in cosigners))
    return TlogProof(index, tuple(path), signed).serialize()


def write_tiles(public: Path, size: int, chance: Random) -> None:
    """Write every tile of a tree over so many random leaf hashes."""
    level, hashes = 0, (chance.randbytes(HASH_BYTES) for _ in range(size))
    while tile := list(islice(hashes, TILE_WIDTH)):
        above, index = [], 0
        while tile:
            path = public / tile_path(level, index, len(tile))
            if index % 1000 == 0 or len(tile) < TILE_WIDTH:
                os.makedirs(path.parent, exist_ok=True)
            path.write_bytes(b"".join(tile))
            if len(tile) == TILE_WIDTH:
                above.append(_root(tile))
            tile, index = list(islice(hashes, TILE_WIDTH)), index + 1
        level, hashes = level + 1, (one for one in above)


def _root(tile: list[bytes]) -> bytes:
    while len(tile) > 1:
        tile = [node_hash(tile[at], tile[at + 1]) for at in range(0, len(tile), 2)]
    return tile[0]


def _each(work: Callable[[int], None], asked: Sequence[int]) -> list[float]:
    times = []
    for one in asked:
        started = time.perf_counter()
        work(one)
        times.append(time.perf_counter() - started)
    return times
