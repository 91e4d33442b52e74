"""Where applications are kept: a SQLite file of its own, for the authority's eyes only. Steps are only ever added."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from registry.applications.application import Application, Step, fold
from verifier.errors import ConflictError, NotFoundError, UnavailableError
from verifier.schema import read_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_TABLES = """
CREATE TABLE IF NOT EXISTS application (
    id TEXT PRIMARY KEY, window TEXT NOT NULL, role TEXT NOT NULL, identifier TEXT NOT NULL, name TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS step (
    application TEXT NOT NULL REFERENCES application (id), no INTEGER NOT NULL, step TEXT NOT NULL,
    PRIMARY KEY (application, no)
) STRICT;
CREATE TRIGGER IF NOT EXISTS step_is_not_changed BEFORE UPDATE ON step BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER IF NOT EXISTS step_is_not_deleted BEFORE DELETE ON step BEGIN SELECT RAISE(ABORT, 'append-only'); END;
"""
_COLUMNS = "SELECT id, window, role, identifier, name FROM application"


class Applications:
    """An open register. Every method is one transaction, durable when it returns."""

    def __init__(self, path: Path) -> None:
        """Open the file, and make it when there is none. Raises UnavailableError."""
        self._path = path
        with self._open() as connection:
            connection.executescript(_TABLES)
        os.chmod(path, 0o600)

    def add(self, application: Application) -> None:
        """Store a new application with its first step."""
        with self._open() as connection:
            self._add(connection, application)

    def add_beside(self, make: Callable[[list[Application]], Application]) -> Application:
        """Store what ``make`` opens beside those that there are, while nobody else opens one. Raises as it does."""
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            new = make(self._all(connection))
            self._add(connection, new)
            return new

    def append(self, application: Application) -> None:
        """Store an application's newest step. Raises ConflictError when somebody else took one meanwhile."""
        with self._open() as connection:
            try:
                self._insert(connection, application)
            except sqlite3.IntegrityError as error:
                raise ConflictError(
                    f"another step was taken in {application.id}", hint="Look at it and decide again."
                ) from error

    def get(self, id: str) -> Application:
        """Return an application. Raises NotFoundError."""
        with self._open() as connection:
            row = connection.execute(f"{_COLUMNS} WHERE id = ?", (id,)).fetchone()
            if row is None:
                raise NotFoundError(f"the register holds no {id}", hint="shirushi registry application list shows all.")
            return self._read(connection, row)

    def all(self) -> list[Application]:
        """Return every application, in order of ids."""
        with self._open() as connection:
            return self._all(connection)

    def _all(self, connection: sqlite3.Connection) -> list[Application]:
        return [self._read(connection, row) for row in connection.execute(f"{_COLUMNS} ORDER BY id").fetchall()]

    def _add(self, connection: sqlite3.Connection, application: Application) -> None:
        row = (application.id, application.window, application.role, application.identifier, application.name)
        connection.execute("INSERT INTO application VALUES (?, ?, ?, ?, ?)", row)
        self._insert(connection, application)

    def _insert(self, connection: sqlite3.Connection, application: Application) -> None:
        step = json.dumps(application.steps[-1].members(), ensure_ascii=False)
        connection.execute("INSERT INTO step VALUES (?, ?, ?)", (application.id, len(application.steps), step))

    def _read(self, connection: sqlite3.Connection, row: tuple[Any, ...]) -> Application:
        stored = connection.execute("SELECT step FROM step WHERE application = ? ORDER BY no", (row[0],))
        steps = [read_model(Step, json.loads(one), what="step of an application") for (one,) in stored]
        return fold(Application(*row), steps)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path, timeout=10)) as connection:
                for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
                    connection.execute(f"PRAGMA {setting}")
                with connection:
                    yield connection
        except sqlite3.OperationalError as error:
            raise UnavailableError(f"the register of applications cannot be used: {error}") from error
