"""Where the casebook is kept: a SQLite file of its own, for the authority's eyes only. Steps are only ever added.

It is apart from the registry's database because that one may be copied, mirrored and audited; this one may not. A
reporter's contact can be erased at any time, its matter stays.
"""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, cast

from registry.casebook.matter import Event, Matter, fold
from verifier.errors import ConflictError, NotFoundError, UnavailableError
from verifier.schema import read_model

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from registry.casebook.machines import Kind

_TABLES = """
CREATE TABLE IF NOT EXISTS matter (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, object TEXT NOT NULL, involved TEXT NOT NULL, contact TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS step (
    matter TEXT NOT NULL REFERENCES matter (id), no INTEGER NOT NULL, event TEXT NOT NULL, PRIMARY KEY (matter, no)
) STRICT;
CREATE TRIGGER IF NOT EXISTS step_is_not_changed BEFORE UPDATE ON step BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER IF NOT EXISTS step_is_not_deleted BEFORE DELETE ON step BEGIN SELECT RAISE(ABORT, 'append-only'); END;
"""


class Casebook:
    """An open casebook. Every method is one transaction, durable when it returns."""

    def __init__(self, path: Path) -> None:
        """Open the file, and make it when there is none. Raises UnavailableError."""
        self._path = path
        with self._open() as connection:
            connection.executescript(_TABLES)
        os.chmod(path, 0o600)

    def add(self, matter: Matter, *, contact: str | None) -> None:
        """Store a new matter with its first step, and how to reach whoever reported it."""
        with self._open() as connection:
            row = (matter.id, matter.kind, matter.object, json.dumps(sorted(matter.involved)), contact)
            connection.execute("INSERT INTO matter VALUES (?, ?, ?, ?, ?)", row)
            self._insert(connection, matter)

    def append(self, matter: Matter) -> None:
        """Store a matter's newest step. Raises ConflictError when somebody else took one meanwhile."""
        with self._open() as connection:
            try:
                self._insert(connection, matter)
            except sqlite3.IntegrityError as error:
                raise ConflictError(
                    f"another step was taken in {matter.id}", hint="Look at it and decide again."
                ) from error

    def get(self, id: str) -> Matter:
        """Return a matter. Raises NotFoundError."""
        with self._open() as connection:
            row = connection.execute("SELECT id, kind, object, involved FROM matter WHERE id = ?", (id,)).fetchone()
            if row is None:
                raise NotFoundError(f"the casebook holds no {id}", hint="shirushi registry matter list shows all.")
            return self._read(connection, row)

    def all(self) -> list[Matter]:
        """Return every matter, in order of ids."""
        with self._open() as connection:
            rows = connection.execute("SELECT id, kind, object, involved FROM matter ORDER BY id").fetchall()
            return [self._read(connection, row) for row in rows]

    def contact(self, id: str) -> str | None:
        """Return how to reach whoever reported a matter; None where it was erased or never given."""
        with self._open() as connection:
            row = connection.execute("SELECT contact FROM matter WHERE id = ?", (id,)).fetchone()
            return row[0] if row else None

    def erase_contact(self, id: str) -> None:
        """Forget who reported a matter."""
        with self._open() as connection:
            connection.execute("UPDATE matter SET contact = NULL WHERE id = ?", (id,))

    def _insert(self, connection: sqlite3.Connection, matter: Matter) -> None:
        event = json.dumps(matter.events[-1].members(), ensure_ascii=False)
        connection.execute("INSERT INTO step VALUES (?, ?, ?)", (matter.id, len(matter.events), event))

    def _read(self, connection: sqlite3.Connection, row: tuple[Any, ...]) -> Matter:
        matter_id, kind, about, involved = row
        steps = connection.execute("SELECT event FROM step WHERE matter = ? ORDER BY no", (matter_id,))
        events = [read_model(Event, json.loads(one), what="step of a matter") for (one,) in steps]
        return fold(matter_id, cast("Kind", kind), about, frozenset(json.loads(involved)), events)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path, timeout=10)) as connection:
                for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
                    connection.execute(f"PRAGMA {setting}")
                with connection:
                    yield connection
        except sqlite3.IntegrityError as error:
            raise ConflictError("the casebook holds this matter already", hint="Look at it.") from error
        except sqlite3.Error as error:
            raise UnavailableError(f"the casebook cannot be used: {error}") from error
