"""What a witness remembers, in one SQLite file: the last checkpoint cosigned for each origin, and evidence of forks.

Checking the old head and storing the new one is a single statement, durable (synchronous=FULL) before it returns, so
that neither a race nor a crash lets a witness cosign two histories.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.witness.decision import NOTHING_YET, Head
from verifier.edge.whole_file import fsync_folder
from verifier.encoding import sha256
from verifier.errors import UnavailableError

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.log.checkpoint import SignedCheckpoint

_SCHEMA = """
CREATE TABLE IF NOT EXISTS head (
    origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, time INTEGER NOT NULL, checkpoint BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS fork (
    digest BLOB PRIMARY KEY, origin TEXT NOT NULL, time INTEGER NOT NULL, cosigned BLOB NOT NULL, refused BLOB NOT NULL
) STRICT;
"""
_INSERT = "INSERT INTO head (origin, size, root, time, checkpoint) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
_ADVANCE = """
UPDATE head SET size = ?, root = ?, time = ?, checkpoint = ? WHERE origin = ? AND size = ? AND root = ? AND time = ?
"""


@dataclass(frozen=True)
class Record:
    """The head of an origin, the time of its last cosignature, and the cosigned checkpoint (empty: none yet)."""

    head: Head
    time: int
    checkpoint: bytes


@dataclass(frozen=True)
class Fork:
    """Two checkpoints signed by one log of which at most one can be true; ``cosigned`` is empty when there was none."""

    origin: str
    time: int
    cosigned: bytes
    refused: bytes


class WitnessStore:
    """The store of one witness. Every method raises UnavailableError when the file cannot be used."""

    def __init__(self, path: Path) -> None:
        try:
            # Handlers may move between threads, one at a time; processes on the same file are kept apart by SQLite.
            self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=FULL")
            self._database.executescript(_SCHEMA)
            # A process killed while it stored a head leaves one that is read as stored: it is made durable first.
            self._database.execute("PRAGMA wal_checkpoint(FULL)")
        except sqlite3.Error as error:
            raise UnavailableError(f"the witness store {path} cannot be opened: {error}") from error
        fsync_folder(path.parent)

    def record(self, origin: str) -> Record:
        """Return what was cosigned last for the origin."""
        rows = self._run("SELECT size, root, time, checkpoint FROM head WHERE origin = ?", (origin,)).fetchall()
        if not rows:
            return Record(NOTHING_YET, 0, b"")
        size, root, time, checkpoint = rows[0]
        return Record(Head(size, root), time, checkpoint)

    def advance(self, expected: Record, cosigned: SignedCheckpoint, *, time: int) -> bool:
        """Move the origin's head from ``expected`` to the cosigned checkpoint; durable once True is returned.

        False: the head is no longer ``expected``, and nothing was stored.
        """
        new = cosigned.checkpoint
        stored = (new.size, new.root, time, cosigned.serialize())
        if not expected.checkpoint:
            return self._run(_INSERT, (new.origin, *stored)).rowcount == 1
        before = (new.origin, expected.head.size, expected.head.root, expected.time)
        return self._run(_ADVANCE, (*stored, *before)).rowcount == 1

    def keep_fork(self, cosigned: bytes, refused: SignedCheckpoint, *, time: int) -> None:
        """Keep a refused checkpoint beside the one cosigned before it; the same text is kept once."""
        self._run(
            "INSERT INTO fork (digest, origin, time, cosigned, refused) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                sha256(refused.note.text.encode()),
                refused.checkpoint.origin,
                time,
                cosigned,
                refused.serialize(),
            ),
        )

    def forks(self, origin: str | None = None) -> list[Fork]:
        """Return the evidence kept about an origin, or about every one, oldest first."""
        query = "SELECT origin, time, cosigned, refused FROM fork WHERE ?1 IS NULL OR origin = ?1 ORDER BY time, digest"
        return [Fork(*row) for row in self._run(query, (origin,))]

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _run(self, statement: str, values: tuple[object, ...]) -> sqlite3.Cursor:
        try:
            return self._database.execute(statement, values)
        except sqlite3.Error as error:
            raise UnavailableError(f"the witness store cannot be used: {error}") from error
