"""A private database in one SQLite file that only its owner may read, migrated when it is opened.

WAL with synchronous=FULL: what was stored before it was told or sent is still there after a power cut.
"""

from __future__ import annotations

from contextlib import contextmanager
from importlib import resources
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, event
from sqlmodel import Session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from sqlite3 import Connection as SqliteConnection

    from sqlalchemy import Connection


class PrivateDatabase:
    """An open database. Every look and every change happens inside ``transaction``."""

    def __init__(self, path: Path, migrations: Config) -> None:
        path.touch(mode=0o600)
        self._engine = create_engine(f"sqlite:///{path}", hide_parameters=True)
        event.listen(self._engine, "connect", _prepare)
        event.listen(self._engine, "begin", _begin)
        with self._engine.connect() as connection:
            migrations.attributes["connection"] = connection
            command.upgrade(migrations, "head")
            connection.commit()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a session; commit at the end, roll back when an error leaves the block."""
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def migrations_beside(module: str) -> Config:
    """Return Alembic's configuration for the scripts in ``migrations/`` beside the module of that name.

    They are package data, so an installed wheel migrates like a checkout.
    """
    config = Config()
    config.set_main_option("script_location", str(resources.files(module.rpartition(".")[0]) / "migrations"))
    return config


def _prepare(connection: SqliteConnection, record: Any) -> None:
    # The driver would open transactions late and by its own rules; `_begin` opens them.
    connection.isolation_level = None
    # Erased names are overwritten, not only let go.
    settings = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", "busy_timeout=10000")
    for setting in settings:
        connection.execute(f"PRAGMA {setting}")


def _begin(connection: Connection) -> None:
    # IMMEDIATE: two processes or two people wait for each other instead of failing halfway.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
