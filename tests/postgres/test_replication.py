"""Synchronous replication with a real standby: what it has not flushed is neither acknowledged nor published.

The trap: cancelling a session that waits for the standby ends its COMMIT with success and a WARNING.
"""

from __future__ import annotations

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from registry.publishing.files import PublicFolder
from registry.publishing.publisher import Publisher
from registry.publishing.signer_store import SignerStore
from registry.rows import queries
from registry.rows.database import Database, FlushedDatabase
from tests.postgresql_server import Server, binaries, new_folder, run, serving, started
from tests.registry.conftest import HOST, Engine
from tests.registry.test_accept import scheme_statement
from tests.waiting import wait_until
from verifier.errors import UnavailableError
from verifier.log.note import NoteSigner

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.registry.conftest import World

pytestmark = pytest.mark.system


class Pair:
    """A primary whose commits wait for one standby, and that standby, which can be away for a while."""

    def __init__(self, primary: Server, standby: Path) -> None:
        self.primary = primary
        self._standby = standby

    @contextmanager
    def with_standby(self) -> Iterator[None]:
        """Run the standby until the block ends."""
        with started(self._standby, primary_conninfo=self._conninfo, hot_standby="on"):
            wait_until(lambda: self.ask("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") == 1)
            yield

    @property
    def _conninfo(self) -> str:
        return f"host=127.0.0.1 port={self.primary.port} user=shirushi application_name=s1"

    def ask(self, query: str) -> Any:
        with self.primary.connect() as connection:
            row = connection.execute(query).fetchone()
        return row[0] if row else None

    def cancel_waiting(self) -> None:
        """Cancel one session that waits for the standby, as an administrator or a time-out would."""
        waiting = "FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        wait_until(lambda: self.ask(f"SELECT count(*) {waiting}") > 0)
        assert self.ask(f"SELECT pg_cancel_backend(pid) {waiting} LIMIT 1")


@pytest.fixture(scope="session")
def pair() -> Iterator[Pair]:
    """A primary and the folder of its standby."""
    with serving(wal_level="replica", max_wal_senders="4") as primary, new_folder() as folder:
        place = ["-h", "127.0.0.1", "-p", str(primary.port), "-U", "shirushi"]
        run(binaries() / "pg_basebackup", *place, "-D", folder / "standby", "-R", "-N", "-X", "stream", "-c", "fast")
        yield Pair(primary, folder / "standby")


@pytest.fixture(scope="session")
def engine(pair: Pair) -> Engine:
    """What makes databases: the primary."""
    return Engine(pair.primary)


_names = (f"plain_{number}" for number in itertools.count())


@pytest.fixture
def database(pair: Pair) -> Iterator[Database]:
    """A database with the registry's tables."""
    database = Database(pair.primary.create(next(_names)))
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def synchronous(pair: Pair, database: Database) -> Iterator[Pair]:
    """The pair, with commits that wait for the standby once the database is made."""
    configure(pair, "s1")
    yield pair
    configure(pair, "")


def configure(pair: Pair, names: str) -> None:
    with pair.primary.connect() as connection:
        connection.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
        connection.execute("SELECT pg_reload_conf()")
    wait_until(lambda: pair.ask("SHOW synchronous_standby_names") == names)


def use_token(database: Database, name: str) -> None:
    with database.write() as connection:
        queries.use_token(connection, "test", name)


def is_used(database: Database, name: str) -> bool:
    with database.read() as connection:
        found = connection.exec_driver_sql("SELECT 1 FROM used_token WHERE kind = 'test' AND id = %s", (name,))
        return found.first() is not None


def test_a_commit_returns_only_once_the_standby_has_flushed_it(synchronous: Pair, database: Database) -> None:
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(use_token, database, "late")
        wait_until(lambda: synchronous.ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") == 1)
        assert not writing.done()
        with synchronous.with_standby():
            writing.result(30)
            use_token(database, "at once")
            lag = "SELECT flush_lsn >= pg_current_wal_insert_lsn() - 0::numeric FROM pg_stat_replication"
            wait_until(lambda: bool(synchronous.ask(lag)))


def test_the_server_calls_a_cancelled_wait_success(synchronous: Pair, database: Database) -> None:
    """The negative control: without attention to the warning, this would be an acknowledgement."""
    with synchronous.primary.connect(str(database.place).rpartition("/")[2]) as connection:
        notices: list[str | None] = []
        connection.add_notice_handler(lambda diagnostic: notices.append(diagnostic.sqlstate))
        cancelling = threading.Thread(target=synchronous.cancel_waiting)
        cancelling.start()
        assert connection.execute("INSERT INTO used_token VALUES ('test', 'control')").rowcount == 1
        cancelling.join()
        assert notices == ["01000"]


def test_a_cancelled_wait_for_the_standby_is_no_acknowledgement(synchronous: Pair, database: Database) -> None:
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(use_token, database, "cancelled")
        synchronous.cancel_waiting()
        with pytest.raises(UnavailableError, match="not confirmed") as refused:
            writing.result(30)
    assert "the very same again" in refused.value.hint
    assert is_used(database, "cancelled")


def test_what_is_visible_but_not_flushed_is_not_relied_upon(synchronous: Pair, database: Database) -> None:
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(use_token, database, "visible")
        synchronous.cancel_waiting()
        assert isinstance(writing.exception(30), UnavailableError)
        flushing = pool.submit(database.flush)
        synchronous.cancel_waiting()
        assert isinstance(flushing.exception(30), UnavailableError)
    with synchronous.with_standby():
        database.flush()


def test_the_same_bytes_again_get_the_first_answer_after_a_wait_that_was_cancelled(pair: Pair, world: World) -> None:
    request = scheme_statement(world)
    configure(pair, "s1")
    try:
        with ThreadPoolExecutor(1) as pool:
            sending = pool.submit(world.send, request)
            # First the sequencer's commit, then the worker's own question whether the outcome is flushed.
            pair.cancel_waiting()
            pair.cancel_waiting()
            answer = sending.result(30)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert answer.headers["retry-after"]
        with pair.with_standby():
            again = world.send(request)
        assert (again.status_code, again.json()["index"]) == (200, 1)
    finally:
        configure(pair, "")


def test_what_the_standby_has_not_flushed_is_not_published(pair: Pair, world: World) -> None:
    publisher = flushed_publisher(world)
    configure(pair, "s1")
    try:
        with ThreadPoolExecutor(2) as pool:
            sending = pool.submit(world.send, scheme_statement(world))
            pair.cancel_waiting()
            wait_until(lambda: stored(world) == 2)
            publishing = pool.submit(publisher.publish_once)
            time.sleep(0.2)
            assert not publishing.done()
            assert published(world) == 1
            with pair.with_standby():
                assert publishing.result(30).size == 2
                assert sending.result(30).status_code == 201
        assert published(world) == 2
    finally:
        configure(pair, "")


def stored(world: World) -> int:
    with world.registry.database.read() as connection:
        return queries.log_size(connection).size


def published(world: World) -> int:
    latest = world.registry.office.published.latest()
    return latest.size if latest else 0


def flushed_publisher(world: World) -> Publisher:
    """Return the publisher as its process has it."""
    return Publisher(
        database=FlushedDatabase(world.registry.database.place),
        signer_store=SignerStore(world.folder / "signer.db"),
        public=PublicFolder(world.public, writer="publisher"),
        root=world.ceremony.root,
        signer=NoteSigner(f"{HOST}/log", world.ceremony.keys.log),
        witnesses=world.witnesses,
        clock=world.clock,
    )
