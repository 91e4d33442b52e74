"""The registry's database on a PostgreSQL server (psycopg 3).

Where the server replicates synchronously, a commit counts only once the standby has flushed it. PostgreSQL waits for
that inside COMMIT, but a wait that is cancelled ends with success and a mere WARNING (SQLSTATE 01000): the transaction
is visible here and may be lost with this machine. So every warning of that class during a transaction makes it
unacknowledged, and whoever answers from what another session committed asks ``flush`` first.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from verifier.errors import UnavailableError, WrongUseError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection, Engine
    from sqlalchemy.pool import ConnectionPoolEntry

DRIVER = "postgresql+psycopg"
READS: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
WRITES: dict[str, Any] = {"isolation_level": "READ COMMITTED", "postgresql_readonly": False}
_WARNING = "01000"
_NOTICED = "shirushi_warnings"
_WAITS_MS = 500
_LINES = {
    # A server that vanished is noticed within seconds, by idle sessions and by waiting ones.
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
_SESSION = (
    # Whatever the server's default is: our commits wait for the disk here and on the synchronous standby.
    "SET synchronous_commit = on",
    "SET timezone = 'UTC'",
)
_FLUSH = text(
    "SELECT CASE WHEN current_setting('synchronous_standby_names') <> ''"
    " THEN pg_logical_emit_message(true, 'shirushi', '') END"
)


def open_postgresql(url: str) -> Engine:
    """Open the database at a URL. Raises WrongUseError for a wrong URL, UnavailableError for a wrong encoding."""
    engine = create_engine(url, connect_args=_LINES, pool_pre_ping=True, hide_parameters=True)
    event.listen(engine, "connect", _prepare)
    with engine.connect() as connection:
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
        if encoding != "UTF8":
            raise UnavailableError(
                f"the database is in {encoding}, not in UTF8", hint="CREATE DATABASE ... ENCODING UTF8"
            )
    return engine


def check_url(url: str) -> None:
    """Raise WrongUseError unless this is the address of a PostgreSQL database, without a password."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise WrongUseError("the database is not named by a URL", hint=f"Such as {DRIVER}://user@host/name.") from error
    if parsed.drivername != DRIVER:
        raise WrongUseError(f"the database is not a {DRIVER}:// URL", hint="Without a URL it is an SQLite file.")
    if parsed.password is not None or "password" in parsed.query:
        raise WrongUseError("a password stands in the database's URL", hint="Give it in PGPASSFILE or PGPASSWORD.")


def expect_no_warning(connection: Connection) -> None:
    """Forget the warnings of this session's past. Call it when a transaction begins."""
    connection.info[_NOTICED].clear()


def check_acknowledged(connection: Connection) -> None:
    """Raise UnavailableError when the transaction that was just committed may not be on the synchronous standby."""
    if connection.info[_NOTICED]:
        raise UnavailableError(
            f"the commit was not confirmed: {connection.info[_NOTICED][0]}",
            hint="Send the very same again: what was stored gets its first answer.",
        )


@contextmanager
def listening(engine: Engine, channel: str) -> Iterator[Callable[[float], None]]:
    """Listen on a session of its own. Raises UnavailableError when it is lost."""
    session = engine.raw_connection()
    driver: Any = session.driver_connection
    try:
        driver.autocommit = True
        driver.execute(f"LISTEN {channel}")
        yield lambda seconds: _drain(driver.notifies(timeout=seconds, stop_after=1))
    except engine.dialect.loaded_dbapi.Error as error:
        told = UnavailableError("the database cannot be used")
        told.add_note(str(error))
        raise told from error
    finally:
        # It must not go back to the pool: it would go on listening.
        session.invalidate()


def flush(connection: Connection) -> None:
    """Write a record that the synchronous standby has to flush; everything committed earlier is flushed with it.

    Nothing is written where no standby is synchronous. The caller commits and checks the acknowledgement.
    """
    connection.execute(_FLUSH)


def forget(engine: Engine, table: str) -> None:
    """Write the table anew without its deleted rows. Archived journals and backups keep them for their own time.

    Raises an error of the driver while somebody reads: whoever waits for the table would let all others wait behind.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"SET lock_timeout = '{_WAITS_MS}ms'"))
        try:
            _write_anew(connection, table)
        finally:
            connection.execute(text("RESET lock_timeout"))


def _write_anew(connection: Connection, table: str) -> None:
    connection.execute(text(f"VACUUM FULL {connection.dialect.identifier_preparer.quote(table)}"))


def _drain(notifications: Iterator[Any]) -> None:
    for _ in notifications:
        pass


def _prepare(connection: Any, record: ConnectionPoolEntry) -> None:
    noticed = record.info[_NOTICED] = []

    def notice(diagnostic: Any) -> None:
        if diagnostic.sqlstate == _WARNING:
            noticed.append(diagnostic.message_primary)

    connection.add_notice_handler(notice)
    with connection.cursor() as cursor:
        for setting in _SESSION:
            cursor.execute(setting)
    connection.commit()
