"""The registry's database: an SQLite file, or a PostgreSQL database named by a URL. The code above is the same.

Transactions are opened by us, never by the driver, and are durable when they end: on the disk, and on the synchronous
standby where the server has one. The schema comes from the migrations beside this file.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from registry.rows import database_postgresql as postgresql
from registry.rows import database_sqlite as sqlite
from verifier.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

_MIGRATING = 0x73687276
"""The key of the advisory lock under which one process at a time migrates."""


class Database:
    """One database with its connections."""

    def __init__(self, place: Path | str) -> None:
        """Open the file (created durably where there is none) or the database at the URL. Raises UnavailableError."""
        self.place = place
        self.is_shared = isinstance(place, str)
        self._reads, self._writes = (
            (postgresql.READS, postgresql.WRITES) if self.is_shared else (sqlite.READS, sqlite.WRITES)
        )
        with _explained():
            self._engine = postgresql.open_postgresql(place) if isinstance(place, str) else sqlite.open_sqlite(place)

    def migrate(self) -> None:
        """Bring the schema to the newest version."""
        with self.write() as connection:
            if self.is_shared:
                connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))
            command.upgrade(migrations(connection), "head")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the database."""
        with _explained(), self._engine.connect() as connection:
            yield connection.execution_options(**self._reads)

    @contextmanager
    def write(self, session: Connection | None = None) -> Iterator[Connection]:
        """Give a connection that may write; it commits at the end, durable on return, or rolls back.

        On SQLite it alone may write. A ``session`` is one opened before. Raises UnavailableError, also when the commit
        was made but not confirmed by the synchronous standby.
        """
        with _explained():
            connection = session or self.open_session()
            try:
                yield from self._written(connection)
            finally:
                if session is None:
                    connection.close()

    def open_session(self) -> Connection:
        """Return a connection to write with that stays open until the caller closes it. Raises UnavailableError."""
        with _explained():
            return self._engine.connect().execution_options(**self._writes)

    def forget(self, table: str) -> None:
        """Take rows that were deleted from the table out of the database's own files. Raises UnavailableError."""
        with _explained():
            if self.is_shared:
                postgresql.forget(self._engine, table)
            else:
                sqlite.forget(self._engine)

    @contextmanager
    def listen(self, channel: str) -> Iterator[Callable[[float], None]]:
        """Give a function that waits so many seconds, or less when somebody notifies the channel (PostgreSQL)."""
        with _explained(), postgresql.listening(self._engine, channel) as wait:
            yield wait

    def flush(self) -> None:
        """Wait until everything that was visible before this call is as durable as a commit of our own.

        Only PostgreSQL shows what is not: after a crash, or when somebody cancelled the wait for the standby.
        Raises UnavailableError when the standby did not confirm it.
        """
        if self.is_shared:
            with self.write() as connection:
                postgresql.flush(connection)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def _written(self, connection: Connection) -> Iterator[Connection]:
        with connection.begin():
            if self.is_shared:
                postgresql.expect_no_warning(connection)
            yield connection
        if self.is_shared:
            postgresql.check_acknowledged(connection)


class FlushedDatabase(Database):
    """The database as the publisher reads it: what a snapshot shows is flushed before it is used."""

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the database, durable everywhere. Raises UnavailableError."""
        with super().read() as connection:
            connection.execute(select(1))
            self.flush()
            yield connection


def migrations(connection: Connection) -> Config:
    """Return Alembic's configuration for the migrations that ship with this package."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parents[1] / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        # Addresses, names and keys stand in it: a note is for whoever runs this, and in no answer.
        told = UnavailableError("the database cannot be used", hint="Ask again in a moment.")
        told.add_note(str(error.orig))
        raise told from error
