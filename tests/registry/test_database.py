"""The database: durable, migrated, and the log in it cannot be rewritten; the same on both engines."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from registry.database import Database
from registry.database_sqlite import APPLICATION_ID
from registry.queries_bulk import COLUMNS
from registry.tables import metadata
from verifier.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.registry.conftest import Engine, Issued

DATABASES = ("sqlite", "postgresql")
NEWEST = "0002"


@pytest.fixture
def database(engine: Engine, tmp_path: Path) -> Iterator[Database]:
    database = Database(engine.database() or tmp_path / "registry.db")
    database.migrate()
    yield database
    database.close()


def test_the_migrations_lead_to_the_tables_of_the_code(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_entries_are_stored_with_every_column_of_their_table() -> None:
    assert list(COLUMNS) == [column.name for column in metadata.tables["log_entry"].columns]


def test_migrating_twice_changes_nothing(database: Database) -> None:
    database.migrate()
    with database.read() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == NEWEST


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("trusted_schema", 0),
        ("cell_size_check", 1),
        ("busy_timeout", 5000),
        ("application_id", APPLICATION_ID),
    ],
)
def test_every_connection_is_set_for_durability_and_distrust(tmp_path: Path, pragma: str, value: object) -> None:
    with Database(tmp_path / "registry.db").read() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() == value


def test_the_database_of_another_program_is_not_taken(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("PRAGMA application_id=1")
    with pytest.raises(UnavailableError, match="another program"):
        Database(tmp_path / "other.db")


@pytest.mark.parametrize(
    "statement", ["UPDATE log_entry SET type = 'x'", "DELETE FROM log_entry WHERE seq = 1", "TRUNCATE log_entry"]
)
def test_an_entry_of_the_log_is_neither_changed_nor_deleted(issued: Issued, statement: str) -> None:
    database = issued.world.registry.database
    if not database.is_shared:
        # SQLite has no TRUNCATE: its DELETE of all rows runs the trigger too.
        statement = statement.replace("TRUNCATE", "DELETE FROM")
    with pytest.raises((IntegrityError, UnavailableError), match="append-only"), database.write() as connection:
        connection.exec_driver_sql(statement)


def test_a_block_that_fails_leaves_nothing(database: Database) -> None:
    def fail_half_way() -> None:
        with database.write() as connection:
            connection.exec_driver_sql("INSERT INTO used_token VALUES ('a', 'b')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM used_token").scalar_one() == 0
