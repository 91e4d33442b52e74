"""The rights that the how-to grants are enough to run and too few to rewrite the log."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from registry.log.service import Registry
from registry.log.whole_plane import WholePlane
from tests.postgres.test_sequencer import halt, submission
from tests.registry.test_accept import scheme_statement

if TYPE_CHECKING:
    from tests.postgresql_server import Server
    from tests.registry.conftest import World

pytestmark = pytest.mark.system

PAGE = Path(__file__).parents[2] / "docs/how-to/run-on-postgresql.md"
REWRITING = [
    "UPDATE log_entry SET token_key = 'x'",
    "DELETE FROM log_entry",
    "TRUNCATE log_entry",
    "ALTER TABLE log_entry DISABLE TRIGGER ALL",
    "DROP TRIGGER log_entry_append_only ON log_entry",
    "SET session_replication_role = replica",
    "DELETE FROM receipt",
    "UPDATE alembic_version SET version_num = '0001'",
]


@pytest.fixture
def granted(world: World, postgresql: Server) -> str:
    """The name of a database in which the role of the how-to has its rights."""
    (statements,) = re.findall(r"```sql\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    name = str(world.registry.database.place).rpartition("/")[2]
    with postgresql.connect(name) as connection:
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'shirushi_run'").fetchone():
            statements = statements.replace("CREATE ROLE shirushi_run LOGIN;", "")
        connection.execute(statements)
    return name


def test_the_role_of_the_processes_admits_statements(world: World, postgresql: Server, granted: str) -> None:
    request = scheme_statement(world)
    halt(world)
    registry = Registry(
        database=postgresql.url(granted, user="shirushi_run"),
        public=world.public,
        root=world.ceremony.root,
        directory_signer=world.ceremony.keys.directory,
        status_signer=world.ceremony.keys.status,
        organisation="",
        clock=world.clock,
        entropy=secrets.token_bytes,
    )
    plane = WholePlane(registry)
    plane.start()
    assert plane.api_side.submit(submission(request)).result(30).index == 1
    plane.stop()


@pytest.mark.parametrize("statement", REWRITING)
def test_the_role_of_the_processes_cannot_rewrite_the_log(postgresql: Server, granted: str, statement: str) -> None:
    with (
        psycopg.connect(host="127.0.0.1", port=postgresql.port, user="shirushi_run", dbname=granted) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)
