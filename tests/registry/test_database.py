"""The database: durable, migrated, and the log in it cannot be rewritten; the same on both engines."""

from __future__ import annotations

import concurrent.futures
import sqlite3
import time
from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from registry.rows import queries
from registry.rows.database import Database, migrations
from registry.rows.database_sqlite import APPLICATION_ID
from registry.rows.queries_bulk import COLUMNS
from registry.rows.tables import metadata
from tests.waiting import GIVES_UP, let_writers_wait
from verifier.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.registry.conftest import Engine, Issued

DATABASES = ("sqlite", "postgresql")
NEWEST = "0004"


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


def test_entries_of_an_older_database_are_found_after_its_migration_and_stay_as_they_are(
    engine: Engine, tmp_path: Path
) -> None:
    database = Database(engine.database() or tmp_path / "older.db")
    older = "INSERT INTO log_entry (seq, statement, leaf_hash, digest, object, type, iss, jti) VALUES (0, {0}, {0}, "
    blob = "'\\x78'" if database.is_shared else "X'78'"
    with database.write() as connection:
        command.upgrade(migrations(connection), "0002")
        connection.exec_driver_sql(older.format(blob) + f"'d', 'o', 't', 'https://a.example', '{'A' * 22}')")
        connection.exec_driver_sql(f"INSERT INTO log_tile VALUES (0, 0, {blob})")
    database.migrate()
    with database.read() as connection:
        assert queries.entries(connection, 0, 1) == [queries.StoredEntry(0, b"x", b"x")]
        assert queries.tile(connection, 0, 0) == b"x"
        assert queries.index_of_token_id(connection, "https://a.example", "A" * 22) == 0
        assert queries.index_of_token_id(connection, "https://b.example", "A" * 22) is None
    with pytest.raises((IntegrityError, UnavailableError), match="append-only"), database.write() as connection:
        connection.exec_driver_sql("DELETE FROM log_entry")
    database.close()


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("page_size", 16_384),
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


def test_opening_a_file_that_is_being_read_turns_no_writer_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as by a command during a backup. What is in the journal is made durable by a commit, not by a checkpoint."""
    let_writers_wait(monkeypatch)
    file = tmp_path / "registry.db"
    first = Database(file)
    first.migrate()
    with first.read() as reader, concurrent.futures.ThreadPoolExecutor(1) as pool:
        reader.exec_driver_sql("SELECT count(*) FROM log_entry")
        with first.write() as connection:
            connection.exec_driver_sql("PRAGMA user_version=7")
        journal = file.with_name("registry.db-wal").stat().st_size
        begun = time.monotonic()
        opening = pool.submit(Database, file)
        with first.write() as connection:
            connection.exec_driver_sql("SELECT 1")
        opened = opening.result(timeout=2 * GIVES_UP)
        assert time.monotonic() - begun < GIVES_UP
        assert file.with_name("registry.db-wal").stat().st_size > journal
    with opened.read() as connection:
        assert connection.exec_driver_sql("PRAGMA user_version").scalar_one() == 7
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one() == GIVES_UP * 1000
    opened.close()
    first.close()


def test_the_database_of_another_program_is_not_taken(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("PRAGMA application_id=1")
    with pytest.raises(UnavailableError, match="another program"):
        Database(tmp_path / "other.db")


@pytest.mark.parametrize(
    "statement", ["UPDATE log_entry SET token_key = 'x'", "DELETE FROM log_entry WHERE seq = 1", "TRUNCATE log_entry"]
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
