"""What is looked for in a data folder after a power cut or a kill: promises that the folder no longer keeps.

The promises are what the outside world was told before. Nothing here repairs anything; ``heal`` does what a start of
the product does, over a copy, and then lets fsck derive everything again.
"""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from registry.publishing.published import LATEST, Published, checkpoint_path, kept_sizes
from registry.rows import queries
from registry.witness.decision import NOTHING_YET
from registry.witness.store import Record, WitnessStore
from tests.registry.conftest import Keys, open_world
from verifier.audit.fsck import Published as Plane
from verifier.audit.fsck import fsck
from verifier.audit.kinds import Code
from verifier.edge.folder import FolderFetcher
from verifier.edge.read_plane import FolderListing
from verifier.encoding import digest as digest_of
from verifier.encoding import unb64
from verifier.errors import MarkError
from verifier.log.checkpoint import SignedCheckpoint
from verifier.log.merkle import EMPTY_ROOT, leaf_hash
from verifier.log.tile import TileReader
from verifier.log.tree import Frontier, root_at
from verifier.trust.root import pin

_HARMLESS = (Code.STRAY_FILE, Code.UNFINISHED_FILE)
"""Files of a directory whose entry was never written: nothing refers to them."""

if TYPE_CHECKING:
    from verifier.trust.root import TrustRoot


@dataclass
class Promised:
    """What the outside world was told so far."""

    acknowledged: dict[int, tuple[str, str]] = field(default_factory=dict)
    cosigned: dict[str, SignedCheckpoint] = field(default_factory=dict)
    published: int = 0
    founded: bool = False

    def hear(self, line: str) -> None:
        """Take one line of the file of promises."""
        match line.split():
            case ["founded"]:
                self.founded = True
            case ["ack", index, digest, mark]:
                self.acknowledged[int(index)] = (digest, mark)
            case ["cosigned", name, note]:
                self.cosigned[name] = SignedCheckpoint.parse(unb64(note))
            case ["published", size]:
                self.published = max(self.published, int(size))


@dataclass
class Aftermath:
    """What was found wrong in one state of the folder, in the terms of the targets."""

    lost: list[int] = field(default_factory=list)
    """Acknowledged issuances that the database does not hold."""
    uncovered: list[str] = field(default_factory=list)
    """Checkpoints over bytes that are missing or wrong."""
    broken: list[str] = field(default_factory=list)
    """Everything else: a log that went back behind a cosignature, a signer store behind it, a database unsound."""

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found."""
        return not (self.lost or self.uncovered or self.broken)


class Inspector:
    """Looks at one folder again and again; what was verified once by its bytes is not verified twice."""

    def __init__(self, folder: Path, root: TrustRoot) -> None:
        self.folder = folder
        self._published = Published(folder / "public", root)
        self._fetcher = FolderFetcher(folder / "public")

    def inspect(self, promised: Promised) -> Aftermath:
        """Return what is wrong with the folder as it stands."""
        found = Aftermath()
        entries = self._database(promised, found)
        if entries is not None:
            history = History(entries)
            self._signer(promised, history, found)
            self._checkpoints(promised, history, found)
        return found

    def _database(self, promised: Promised, found: Aftermath) -> list[tuple[bytes, str]] | None:
        place = self.folder / "registry.db"
        if not place.exists():
            found.lost += sorted(promised.acknowledged)
            if promised.founded:
                found.broken.append("there is no database")
            return [] if not promised.founded else None
        database = sqlite3.connect(place)
        try:
            faults = database.execute("PRAGMA quick_check").fetchone()[0]
            if faults != "ok":
                found.broken.append(f"the database is not sound: {faults}")
            rows = database.execute("SELECT seq, statement FROM log_entry ORDER BY seq").fetchall()
            head = database.execute("SELECT size, root FROM log_state").fetchone() or (0, EMPTY_ROOT)
        except sqlite3.DatabaseError as error:
            if promised.founded or promised.acknowledged:
                found.broken.append(f"the database: {error}")
                found.lost += sorted(promised.acknowledged)
                return None
            return []
        finally:
            database.close()
        entries = [(statement, statement_digest(statement)) for _, statement in rows]
        if [seq for seq, _ in rows] != list(range(len(rows))):
            found.broken.append("the indices are not dense")
        if head != (len(rows), History(entries).root(len(rows))):
            found.broken.append("the head is not that of the entries")
        if promised.founded and not rows:
            found.broken.append("the log is empty")
        for index, (digest, _) in promised.acknowledged.items():
            if index >= len(entries) or entries[index][1] != digest:
                found.lost.append(index)
        return entries

    def _signer(self, promised: Promised, history: History, found: Aftermath) -> None:
        size, root = 0, EMPTY_ROOT
        if (self.folder / "signer.db").exists():
            store = sqlite3.connect(self.folder / "signer.db")
            try:
                size, root = store.execute("SELECT size, root FROM signed").fetchone() or (0, EMPTY_ROOT)
            except sqlite3.DatabaseError as error:
                if promised.cosigned:
                    found.broken.append(f"the signer store: {error}")
            finally:
                store.close()
        if history.root(size) != root:
            found.broken.append(f"the signer store knows of {size} entries that the database denies")
        for name, signed in promised.cosigned.items():
            checkpoint = signed.checkpoint
            if size < checkpoint.size:
                found.broken.append(f"{name} cosigned {checkpoint.size}, the signer store knows of {size}")
            if history.root(checkpoint.size) != checkpoint.root:
                found.broken.append(f"{name} cosigned {checkpoint.size} entries that the database denies")

    def _checkpoints(self, promised: Promised, history: History, found: Aftermath) -> None:
        public = self.folder / "public"
        try:
            latest = self._published.latest()
        except MarkError as error:
            found.uncovered.append(f"{LATEST}: {error.message}")
            return
        size = latest.size if latest else 0
        if size < promised.published:
            found.broken.append(f"{promised.published} entries were published, the checkpoint says {size}")
        for kept in sorted({*kept_sizes(public), *([size] if size else [])}):
            path = LATEST if kept == size and not (public / checkpoint_path(kept)).exists() else checkpoint_path(kept)
            try:
                self._covered(path, kept, history)
            except MarkError as error:
                found.uncovered.append(f"{path}: {error.message}")
        for index, (_, mark) in promised.acknowledged.items():
            if index < promised.published and not (public / f"m/{mark}.tlog-proof").exists():
                found.broken.append(f"the published mark {mark} has no proof")

    def _covered(self, path: str, size: int, history: History) -> None:
        """Raise MarkError when the checkpoint covers bytes that are not there or are others."""
        checkpoint = SignedCheckpoint.parse(self._fetcher.fetch(path)).checkpoint
        reader = TileReader(self._fetcher.fetch, size)
        if root_at(reader, size) != checkpoint.root or history.root(size) != checkpoint.root:
            raise MarkError("its root is not that of the tiles and of the database")
        if [leaf_hash(entry) for entry in reader.entries(0, size)] != history.leaves[:size]:
            raise MarkError("its entries are not those of the database")


class History:
    """The roots of all sizes of a list of entries."""

    def __init__(self, entries: list[tuple[bytes, str]]) -> None:
        self.leaves = [leaf_hash(statement) for statement, _ in entries]

    def root(self, size: int) -> bytes | None:
        """Return the root of the first ``size`` entries; None when there are not so many."""
        return self._roots[size] if size < len(self._roots) else None

    @cached_property
    def _roots(self) -> list[bytes]:
        frontier, roots = Frontier(), [EMPTY_ROOT]
        for leaf in self.leaves:
            frontier.append(leaf)
            roots.append(frontier.root())
        return roots


def heal(folder: Path, keys: Keys, promised: Promised, *, seed: str) -> list[str]:
    """Start the product over the folder, as after a reboot, bring it to rest, and return what fsck finds."""
    for name in keys.witnesses:
        _remember(folder / f"{name}.db", promised.cosigned.get(name))
    world = open_world(folder, keys, seed=seed)
    try:
        world.settle()
        for index, (digest, _) in promised.acknowledged.items():
            with world.registry.database.read() as connection:
                (entry,) = queries.entries(connection, index, index + 1) or (None,)
            if entry is None or statement_digest(entry.statement) != digest:
                return [f"entry {index} is lost"]
    finally:
        world.close()
    shutil.rmtree(folder / "public/.incoming")
    return fsck_faults(folder / "public")


def statement_digest(statement: bytes) -> str:
    """Return the digest of an entry's signing input."""
    return digest_of(statement.rpartition(b".")[0])


def fsck_faults(public: Path) -> list[str]:
    """Return what fsck finds in a published folder, without what no entry refers to."""
    root = pin((public / "trust/1.json").read_bytes())
    report = fsck(Plane(FolderFetcher(public), root, FolderListing(public), True), lambda done, total: None)
    findings = [one for one in report.findings if one.code not in _HARMLESS]
    return [f"{one.code.value} {one.path or ''} {one.detail or ''}" for one in findings]


def _remember(place: Path, last: SignedCheckpoint | None) -> None:
    """Make the store of a witness that has cosigned this checkpoint last."""
    place.unlink(missing_ok=True)
    store = WitnessStore(place)
    if last is not None:
        time = int.from_bytes(last.note.signatures[-1].signature[:8], "big")
        store.advance(Record(NOTHING_YET, 0, b""), last, time=time)
    store.close()
