"""The registry's database file: SQLite in WAL mode with synchronous=FULL, so that a commit is on the disk.

Transactions are opened by us (BEGIN IMMEDIATE where something is written), never by the driver. The schema comes from
the migrations beside this file. PostgreSQL is not done here yet.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, event
from sqlalchemy.exc import DBAPIError

from verifier.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

APPLICATION_ID = 0x73687275
"""Stands in the file's header ("shru"), so that another program's database is never taken for ours."""

_WRITES = "shirushi_writes"
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=5000",
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
)


class Database:
    """One database file with its connections."""

    def __init__(self, path: Path) -> None:
        """Open the file, or create it durably. Raises UnavailableError for another program's database."""
        is_new = not path.exists()
        self.path = path
        self._engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 5, "check_same_thread": False})
        event.listen(self._engine, "connect", _prepare)
        event.listen(self._engine, "begin", _begin)
        with self.read() as connection:
            mark = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
            if mark not in (0, APPLICATION_ID):
                raise UnavailableError(f"{path} is the database of another program")
        if is_new:
            # Without this a power cut may leave the folder without the file that was committed to.
            fsync_folder(path.parent)

    def migrate(self) -> None:
        """Bring the schema to the newest version."""
        with self.write() as connection:
            command.upgrade(migrations(connection), "head")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the database."""
        with _explained(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection that alone may write; it commits at the end, durable on return, or rolls back."""
        with _explained(), self._engine.connect() as connection:
            writing = connection.execution_options(**{_WRITES: True})
            with writing.begin():
                yield writing

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def migrations(connection: Connection) -> Config:
    """Return Alembic's configuration for the migrations that ship with this package."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def fsync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _prepare(connection: Any, _: Any) -> None:
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    if connection.execute("PRAGMA application_id").fetchone() == (0,):
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise UnavailableError(f"the database cannot be used: {error.orig}") from error
