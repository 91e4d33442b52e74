"""The sequencer and the API workers: one order, one answer, nothing lost and nothing twice, whoever stops when."""

from __future__ import annotations

from concurrent.futures import wait
from typing import TYPE_CHECKING, Any

import pytest

from registry.admission import api
from registry.admission.accept import Admission, Submission, read_submission
from registry.log.sequencer import Sequencer
from registry.log.service import Registry
from registry.rows import queries
from tests.postgres.test_fence import end_sessions_with_the_lock
from tests.registry.test_accept import scheme_statement
from tests.waiting import wait_until
from verifier.encoding import b64u
from verifier.errors import ConflictError, UnavailableError
from verifier.replay.rules import Companions
from verifier.statement.commitment import Disclosure

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.admission.intake import Intake
    from tests.postgresql_server import Server
    from tests.registry.conftest import World

pytestmark = pytest.mark.system


def submission(request: dict[str, Any]) -> Submission:
    return read_submission(request["statement"], Companions(second=request["second"]))


def rows(world: World, query: str) -> list[Any]:
    with world.registry.database.read() as connection:
        return list(connection.exec_driver_sql(query))


def halt(world: World) -> None:
    """Stop the sequencer of the world; its database and its API worker stay."""
    sides = world.plane._sides
    assert sides is not None
    sides[0].stop()


def resume(world: World) -> Sequencer:
    sequencer = Sequencer(world.registry)
    sequencer.start()
    return sequencer


def test_the_same_statement_at_two_workers_is_one_entry_with_one_answer(
    world: World, another_worker: Callable[[], Intake]
) -> None:
    workers = [another_worker() for _ in range(3)]
    asked = submission(scheme_statement(world))
    answers = [worker.submit(asked) for worker in workers for _ in range(4)]
    admissions = [answer.result(30) for answer in answers]
    assert len({one.claims for one in admissions}) == 1
    assert [one.repeated for one in admissions].count(False) == 1
    assert rows(world, "SELECT count(*) FROM log_entry") == [(admissions[0].index + 1,)]


def test_a_worker_that_stopped_before_its_answer_is_asked_again_at_another(
    world: World, another_worker: Callable[[], Intake]
) -> None:
    asked, worker = submission(scheme_statement(world)), another_worker()
    halt(world)
    unanswered = worker.submit(asked)
    assert wait([unanswered], timeout=0.3).done == set()
    sequencer = resume(world)
    again = another_worker().submit(asked).result(30)
    assert unanswered.result(30).claims == again.claims
    sequencer.stop()


def test_of_two_workers_statements_about_one_object_the_first_counts_and_the_other_learns_the_head(
    world: World, another_worker: Callable[[], Intake]
) -> None:
    first, second = another_worker(), another_worker()
    halt(world)
    answers = [one.submit(submission(scheme_statement(world))) for one in (first, second)]
    assert wait(answers, timeout=0.3).done == set()
    sequencer = resume(world)
    results = [answer.exception(30) or answer.result() for answer in answers]
    sequencer.stop()
    (admitted,) = [one for one in results if isinstance(one, Admission)]
    (refused,) = [one for one in results if isinstance(one, ConflictError)]
    assert refused.head == admitted.index


def test_many_statements_at_several_workers_get_dense_places(
    world: World, another_worker: Callable[[], Intake]
) -> None:
    workers = [another_worker() for _ in range(3)]
    asked = [submission(scheme_statement(world, version=str(number))) for number in range(30)]
    before = world.registry.size().result(30)
    answers = [workers[number % 3].submit(one) for number, one in enumerate(asked)]
    indices = sorted(answer.result(30).index for answer in answers)
    assert indices == list(range(before, before + 30))
    assert world.publisher.publish_once().size == before + 30


def test_when_the_sequencer_loses_its_session_it_begins_anew_and_nobody_notices(
    world: World, postgresql: Server
) -> None:
    place = str(world.registry.database.place)
    for number in range(3):
        end_sessions_with_the_lock(postgresql, place)
        answer = world.send(scheme_statement(world, version=str(number)))
        assert answer.status_code == 201, answer.text
    world.settle()


def test_another_sequencer_takes_over_and_continues_the_same_log(world: World) -> None:
    assert world.send(scheme_statement(world, version="1")).status_code == 201
    ceremony, office = world.ceremony, world.registry.office
    other = Registry(
        database=world.registry.database.place,
        public=world.public,
        root=ceremony.root,
        directory_signer=ceremony.keys.directory,
        status_signer=ceremony.keys.status,
        organisation="",
        clock=office.clock,
        entropy=office.entropy,
    )
    other.start()
    successor = Sequencer(other)
    successor.start()
    assert not successor.is_active
    halt(world)
    answer = world.send(scheme_statement(world, version="2"))
    assert (answer.status_code, successor.is_active) == (201, True)
    assert world.publisher.publish_once().size == answer.json()["index"] + 1
    successor.stop()
    other.stop()


def test_a_row_that_cannot_be_judged_keeps_nobody_waiting(world: World, postgresql: Server) -> None:
    name = str(world.registry.database.place).rpartition("/")[2]
    halt(world)
    with postgresql.connect(name) as connection:
        for request in (b"", b"{}", b"[1]", b'{"statement": 5}', b"\xff"):
            connection.execute("INSERT INTO outbox (kind, request) VALUES ('statement', %s)", (request,))
    sequencer = resume(world)
    assert world.send(scheme_statement(world)).status_code == 201
    assert rows(world, "SELECT count(*) FROM outbox WHERE outcome IS NULL") == [(0,)]
    sequencer.stop()


def test_what_was_asked_is_blanked_when_it_is_decided(world: World, another_worker: Callable[[], Intake]) -> None:
    request = scheme_statement(world)
    secret = Disclosure(b64u(world.entropy(16)), "name", "somebody")
    refused = read_submission(request["statement"], Companions(second=request["second"]), (secret,))
    assert another_worker().submit(refused).exception(30) is not None
    assert world.send(request).status_code == 201
    assert {bytes(row[0]) for row in rows(world, "SELECT request FROM outbox")} == {b""}


def test_outcomes_are_forgotten_in_time(world: World) -> None:
    assert world.send(scheme_statement(world)).status_code == 201
    with world.registry.database.write() as connection:
        connection.exec_driver_sql("UPDATE outbox SET decided = decided - 601")
    halt(world)
    sequencer = resume(world)
    wait_until(lambda: rows(world, "SELECT count(*) FROM outbox") == [(0,)])
    sequencer.stop()


def test_without_a_sequencer_the_answer_is_to_ask_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "LONGEST_WAIT", 0.3)
    halt(world)
    request = scheme_statement(world)
    answer = world.send(request)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "the very same again" in answer.json()["hint"]
    assert (
        world.http.get("http://api/api/v1/objects", params={"uri": "https://shirushi.example/e/7"}).status_code == 200
    )
    monkeypatch.setattr(api, "LONGEST_WAIT", 20)
    sequencer = resume(world)
    again = world.send(request)
    assert (again.status_code, again.json()["index"]) == (200, world.registry.size().result(30) - 1)
    sequencer.stop()


def test_a_worker_judges_anew_when_the_log_is_another_one_than_it_followed(
    world: World, another_worker: Callable[[], Intake]
) -> None:
    """As after a fail-over to a standby that lacked the last entries."""
    worker = another_worker()
    assert world.send(scheme_statement(world, version="lost")).status_code == 201
    assert worker.look_up("https://shirushi.example/s/a.b/lost").result(30) == (1, "published")
    halt(world)
    with world.registry.database.write() as connection:
        head = queries.log_size(connection)
        connection.exec_driver_sql("ALTER TABLE log_entry DISABLE TRIGGER ALL")
        connection.exec_driver_sql(
            "UPDATE log_state SET size = 1, root = (SELECT leaf_hash FROM log_entry WHERE seq = 0)"
        )
    assert worker.look_up("https://shirushi.example/s/a.b/lost").result(30) == (None, None)
    with world.registry.database.write() as connection:
        connection.exec_driver_sql("UPDATE log_state SET size = %s, root = %s", (head.size, b"x" * 32))
    assert isinstance(worker.size().exception(5), UnavailableError)
