"""The portal's schema: versions of its own, and databases of before there were any; the same on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, inspect, select, text

from registry.portal.portal_database import PortalDatabase, migrations
from registry.portal.tables import CLIENT, DIGEST, VERSION_TABLE, WATCH, metadata

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.registry.conftest import Engine

DATABASES = ("sqlite", "postgresql")
UNNOTED = {
    "client",
    "access_token",
    "used_assertion",
    "answered",
    "watch",
    "endpoint",
    "signing_secret",
    "event",
    "delivery",
}
"""The tables of the first version, which noted none."""
CLIENT_ROW = {"id": "abcdefgh", "name": "調達ポータル", "key_sha256": "k", "jwk": None, "per_minute": 600, "made": 1}
WATCH_ROW = {
    "id": "w1",
    "client": "abcdefgh",
    "kind": "body",
    "object": "7",
    "label": "",
    "feed_sha256": "f",
    "made": 1,
    "entry": -1,
}
DIGEST_ROW = {
    "client": "abcdefgh",
    "address": "portal@example.org",
    "period": "daily",
    "lang": "ja",
    "made": 1,
    "due": 2,
    "after": 0,
    "stopped": "",
}


@pytest.fixture
def database(engine: Engine, tmp_path: Path) -> Iterator[PortalDatabase]:
    opened = PortalDatabase(engine.database() or tmp_path / "portal.db")
    yield opened
    opened.close()


def newest(database: PortalDatabase) -> str:
    with database.read() as connection:
        head = ScriptDirectory.from_config(migrations(connection)).get_current_head()
        assert connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalars().all() == [head]
    return str(head)


def differences(database: PortalDatabase) -> list[object]:
    with database.read() as connection:
        opts = {"compare_type": True, "version_table": VERSION_TABLE}
        return list(compare_metadata(MigrationContext.configure(connection, opts=opts), metadata))


def test_the_migrations_lead_to_the_tables_of_the_code_and_migrating_twice_changes_nothing(
    database: PortalDatabase,
) -> None:
    database.migrate()
    first = newest(database)
    database.migrate()
    assert newest(database) == first
    assert differences(database) == []


@pytest.mark.parametrize("has_digests", [False, True], ids=["before digests", "with digests"])
def test_a_database_that_notes_no_version_is_taken_over_with_its_rows(
    database: PortalDatabase, has_digests: bool
) -> None:
    older = [one for one in metadata.sorted_tables if one.name in UNNOTED or (has_digests and one is DIGEST)]
    with database.write() as connection:
        metadata.create_all(connection, tables=older)
        connection.execute(insert(CLIENT), CLIENT_ROW)
        connection.execute(insert(WATCH), WATCH_ROW)
        if has_digests:
            connection.execute(insert(DIGEST), DIGEST_ROW)
    database.migrate()
    newest(database)
    assert differences(database) == []
    with database.read() as connection:
        assert connection.execute(select(CLIENT.c.name)).scalars().all() == [CLIENT_ROW["name"]]
        assert connection.execute(select(WATCH.c.id)).scalars().all() == ["w1"]
        kept = connection.execute(select(DIGEST.c.address)).scalars().all()
        assert kept == ([DIGEST_ROW["address"]] if has_digests else [])


def test_rows_survive_the_way_back_and_forth_between_versions(database: PortalDatabase) -> None:
    database.migrate()
    with database.write() as connection:
        connection.execute(insert(CLIENT), CLIENT_ROW)
        command.downgrade(migrations(connection), "0001")
    database.migrate()
    assert differences(database) == []
    with database.read() as connection:
        assert connection.execute(select(CLIENT.c.id)).scalars().all() == ["abcdefgh"]


def test_a_migration_that_fails_leaves_the_older_database_as_it_was(
    database: PortalDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.write() as connection:
        metadata.create_all(connection, tables=[metadata.tables[name] for name in UNNOTED])
        connection.execute(insert(CLIENT), CLIENT_ROW)

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(command, "upgrade", fail)
        with pytest.raises(ZeroDivisionError):
            database.migrate()
    with database.read() as connection:
        names = set(inspect(connection).get_table_names()) - {"sqlite_sequence"}
        assert names == UNNOTED
    database.migrate()
    assert differences(database) == []
