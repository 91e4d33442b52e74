"""The fence: of all processes over one database at most one writes the log, whatever the others believe."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from registry.log.fence import FencedLedger
from registry.rows import queries
from registry.rows.database import Database
from tests.waiting import wait_until
from verifier.errors import UnavailableError
from verifier.statement import parse_statement

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.postgresql_server import Server
    from tests.registry.conftest import Engine, Template

pytestmark = pytest.mark.system


@pytest.fixture
def place(bare: Template, engine: Engine, tmp_path: Path) -> str:
    """A database whose log holds the trust root, and that nobody uses."""
    return str(engine.database(copy_of=bare.database))


@pytest.fixture
def ledgers(place: str) -> Iterator[tuple[FencedLedger, FencedLedger]]:
    """Two processes' views of one log; the first holds the fence."""
    first, second = FencedLedger(Database(place)), FencedLedger(Database(place))
    assert first.take()
    yield first, second
    for one in (first, second):
        one.release()
        one.database.close()


def add_entry(ledger: FencedLedger, jti: str = "another-statement") -> None:
    with ledger.read() as connection:
        (entry,) = queries.entries(connection, 0, 1)
    statement = parse_statement(entry.statement)
    token = replace(statement.token, compact=statement.token.compact + jti, signing_input=jti.encode())
    with ledger.group() as group:
        group.append(replace(statement, token=token, jti=jti))


def use_token(ledger: FencedLedger) -> None:
    with ledger.group() as group:
        queries.use_token(group.connection, "test", "late")


def size(ledger: FencedLedger) -> int:
    with ledger.read() as connection:
        return queries.log_size(connection).size


def test_only_one_process_at_a_time_gets_the_fence(ledgers: tuple[FencedLedger, FencedLedger]) -> None:
    first, second = ledgers
    assert not second.take()
    with pytest.raises(UnavailableError, match="not the sequencer"):
        add_entry(second)
    first.release()
    # The server gives the lock up once it has noticed that the session is gone.
    wait_until(second.take)
    add_entry(second)
    assert size(first) == 2


def test_a_sequencer_that_lost_its_session_writes_nothing(
    ledgers: tuple[FencedLedger, FencedLedger], postgresql: Server, place: str
) -> None:
    first, second = ledgers
    end_sessions_with_the_lock(postgresql, place)
    assert second.take()
    with pytest.raises(UnavailableError):
        add_entry(first)
    assert not first.is_held
    assert size(second) == 1
    add_entry(second)


def test_a_sequencer_that_connected_again_without_noticing_writes_nothing(
    ledgers: tuple[FencedLedger, FencedLedger], postgresql: Server, place: str
) -> None:
    first, _ = ledgers
    end_sessions_with_the_lock(postgresql, place)
    session = first._session
    assert session is not None
    # What a driver that reconnects by itself would do: the epoch is still the sequencer's own, the lock is not.
    session.connection.invalidate()
    with pytest.raises(UnavailableError, match="another sequencer took over"):
        add_entry(first)
    assert size(first) == 1


@pytest.mark.parametrize("write", ["an entry", "a row beside the log"])
def test_a_sequencer_whose_epoch_is_over_writes_nothing(
    ledgers: tuple[FencedLedger, FencedLedger], postgresql: Server, place: str, write: str
) -> None:
    first, _ = ledgers
    with postgresql.connect(place.rpartition("/")[2]) as connection:
        connection.execute("UPDATE sequencer_epoch SET epoch = epoch + 1")
    with pytest.raises(UnavailableError, match="another sequencer took over"):
        (add_entry if write == "an entry" else use_token)(first)
    with first.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM used_token WHERE kind = 'test'").scalar_one() == 0
    assert size(first) == 1
    assert not first.is_held


def test_a_session_that_ends_inside_a_group_takes_the_group_with_it(
    ledgers: tuple[FencedLedger, FencedLedger], postgresql: Server, place: str
) -> None:
    first, second = ledgers

    def write_and_lose() -> None:
        with first.group() as group:
            queries.use_token(group.connection, "test", "half")
            end_sessions_with_the_lock(postgresql, place)

    with pytest.raises(UnavailableError):
        write_and_lose()
    assert second.take()
    with second.group() as group:
        queries.use_token(group.connection, "test", "half")


def test_taking_the_fence_anew_begins_another_epoch(ledgers: tuple[FencedLedger, FencedLedger]) -> None:
    first, _ = ledgers
    for _ in range(3):
        first.release()
        wait_until(first.take)
    with first.read() as connection:
        assert connection.exec_driver_sql("SELECT epoch FROM sequencer_epoch").scalar_one() >= 4


def end_sessions_with_the_lock(server: Server, place: str) -> None:
    with server.connect(place.rpartition("/")[2]) as connection:
        ended = connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
            " WHERE locktype = 'advisory' AND datname = current_database()"
        ).fetchall()
    assert ended == [(True,)]
