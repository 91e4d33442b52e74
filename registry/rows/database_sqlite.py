"""The registry's database as one SQLite file: WAL mode with synchronous=FULL, so that a commit is on the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event

from verifier.edge.whole_file import fsync_folder
from verifier.errors import UnavailableError

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection, Engine

APPLICATION_ID = 0x73687275
"""Stands in the file's header ("shru"), so that another program's database is never taken for ours."""

_WAITS_MS = 5000
_CHECKPOINT_MS = 500
"""What waits for readers to end keeps all writers waiting: it gives up long before they would."""

_PRAGMAS: tuple[str, ...] = (
    # Of a new file: in pages of 4096 bytes entries of a third of a page leave a fifth of the space unused.
    "page_size=16384",
    "journal_mode=WAL",
    "synchronous=FULL",
    f"busy_timeout={_WAITS_MS}",
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    # What was erased is overwritten: it may be somebody's name.
    "secure_delete=ON",
)
READS: dict[str, Any] = {}
WRITES: dict[str, Any] = {"shirushi_writes": True}


def open_sqlite(path: Path) -> Engine:
    """Open the file, or create it durably. Raises UnavailableError for another program's database."""
    lines = {"timeout": 5, "check_same_thread": False}
    # What a statement carries may be an opened commitment: it never stands in an error.
    engine = create_engine(f"sqlite:///{path}", connect_args=lines, hide_parameters=True)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    with engine.connect() as connection:
        mark = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
        if mark not in (0, APPLICATION_ID):
            raise UnavailableError(f"{path} is the database of another program")
    _settle(engine)
    # Without this a power cut may leave the folder without the file that was committed to.
    fsync_folder(path.parent)
    return engine


def forget(engine: Engine) -> None:
    """Take what was deleted out of the journal beside the file as well. Raises UnavailableError while it is read."""
    if not _checkpoint(engine, "TRUNCATE"):
        raise UnavailableError("the database is being read; what was erased is still in its journal", hint="Try again.")


def _settle(engine: Engine) -> None:
    # A process killed between writing and synchronising leaves frames that are read as committed. SQLite synchronises
    # them before a checkpoint; opening the file beside SQLite would drop this process's locks on it. Where somebody
    # reads, a commit of our own that changes nothing synchronises the same journal.
    if not _checkpoint(engine, "FULL"):
        with engine.connect().execution_options(**WRITES) as connection, connection.begin():
            version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            connection.exec_driver_sql(f"PRAGMA user_version={version}")


def _checkpoint(engine: Engine, how: str) -> bool:
    """Bring the journal into the file; say whether it was possible: not while somebody reads what was before."""
    driver = engine.raw_connection()
    try:
        driver.cursor().execute(f"PRAGMA busy_timeout={_CHECKPOINT_MS}")
        busy = driver.cursor().execute(f"PRAGMA wal_checkpoint({how})").fetchone()[0]
    finally:
        # It goes back to the pool.
        driver.cursor().execute(f"PRAGMA busy_timeout={_WAITS_MS}")
        driver.close()
    return not busy


def _prepare(connection: Any, _: Any) -> None:
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    if connection.execute("PRAGMA application_id").fetchone() == (0,):
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("shirushi_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
