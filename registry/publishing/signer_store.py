"""What the log key signed last, in a file of its own beside the key.

It is never part of a backup: a restored database may lack entries that were signed, and this file is what notices.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.edge.whole_file import fsync_folder
from verifier.errors import UnavailableError

if TYPE_CHECKING:
    from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS signed (
    id INTEGER PRIMARY KEY CHECK (id = 1), size INTEGER NOT NULL, root BLOB NOT NULL
) STRICT
"""
_INSERT = "INSERT INTO signed (id, size, root) VALUES (1, ?, ?) ON CONFLICT DO NOTHING"
_ADVANCE = "UPDATE signed SET size = ?, root = ? WHERE size = ? AND root = ?"


@dataclass(frozen=True)
class SignedHead:
    """A tree that the log key vouched for."""

    size: int
    root: bytes


class SignerStore:
    """The store of one log key. Every method raises UnavailableError when the file cannot be used."""

    def __init__(self, path: Path) -> None:
        try:
            self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=FULL")
            self._database.execute(_SCHEMA)
            # A process killed while it noted a head leaves one that is read as noted: it is made durable first.
            self._database.execute("PRAGMA wal_checkpoint(FULL)")
        except sqlite3.Error as error:
            raise UnavailableError(f"the signer store {path} cannot be opened: {error}") from error
        fsync_folder(path.parent)

    def last(self) -> SignedHead | None:
        """Return what was signed last."""
        row = self._run("SELECT size, root FROM signed", ()).fetchone()
        return SignedHead(*row) if row else None

    def advance(self, expected: SignedHead | None, signed: SignedHead) -> None:
        """Move from ``expected`` to what is signed now, durable on return.

        Raises UnavailableError when another process moved it.
        """
        values = (signed.size, signed.root)
        if expected is None:
            done = self._run(_INSERT, values)
        else:
            done = self._run(_ADVANCE, (*values, expected.size, expected.root))
        if done.rowcount != 1:
            raise UnavailableError("another process signs with this log key")

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _run(self, statement: str, values: tuple[object, ...]) -> sqlite3.Cursor:
        try:
            return self._database.execute(statement, values)
        except sqlite3.Error as error:
            raise UnavailableError(f"the signer store cannot be used: {error}") from error


def last_signed(path: Path) -> SignedHead | None:
    """Return what was signed last, without opening the file for writing. Raises UnavailableError."""
    if not path.exists():
        return None
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=5)) as database:
            row = database.execute("SELECT size, root FROM signed").fetchone()
    except sqlite3.Error as error:
        raise UnavailableError(f"the signer store {path} cannot be read: {error}") from error
    return SignedHead(*row) if row else None
