"""The writer commits groups; a request stands or falls alone; no answer comes before the commit."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from registry.admission.accept import read_submission
from registry.log import ledger as ledger_module
from registry.log.writer import fold
from registry.rows import queries
from tests.waiting import wait_until
from verifier.errors import RefusedError, UnavailableError
from verifier.replay.rules import Companions

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.log.ledger import Group
    from tests.registry.conftest import Office, World
    from verifier.replay.state import LogState

DATABASES = ("sqlite", "postgresql")


def using(name: str) -> Callable[[Group, LogState], Callable[[], str]]:
    """Return a request that writes one row."""

    def request(group: Group, _: LogState) -> Callable[[], str]:
        queries.use_token(group.connection, "test", name)
        return lambda: name

    return request


def refusing(group: Group, _: LogState) -> Callable[[], str]:
    """Write a row, then find that the rules do not allow it."""
    queries.use_token(group.connection, "test", "refused")
    raise RefusedError("not allowed")


class Held:
    """Keeps the writer busy, so that what is asked meanwhile becomes one group."""

    def __init__(self, world: World) -> None:
        # On PostgreSQL the sequencer takes the fence in its own time; who asks the writer itself would notice.
        wait_until(lambda: world.registry.ledger.is_held)
        self._go = threading.Event()
        self._done = world.registry.writer.ask(self._wait)

    def _wait(self, _: Group, __: LogState) -> Callable[[], None]:
        assert self._go.wait(30)
        return lambda: None

    def release(self) -> None:
        self._go.set()
        self._done.result(30)


def rows(world: World) -> set[str]:
    with world.registry.database.read() as connection:
        return set(connection.exec_driver_sql("SELECT id FROM used_token WHERE kind = 'test'").scalars())


def test_one_refused_request_does_not_touch_the_others_of_its_group(world: World) -> None:
    writer, held = world.registry.writer, Held(world)
    first, refused, last = writer.ask(using("a")), writer.ask(refusing), writer.ask(using("b"))
    held.release()
    assert (first.result(30), last.result(30)) == ("a", "b")
    with pytest.raises(RefusedError, match="not allowed"):
        refused.result(30)
    assert rows(world) == {"a", "b"}


def test_a_mistake_of_ours_in_one_request_does_not_touch_the_others(world: World) -> None:
    def broken(group: Group, _: LogState) -> Callable[[], str]:
        queries.use_token(group.connection, "test", "broken")
        raise KeyError("mistake")

    writer, held = world.registry.writer, Held(world)
    good, bad = writer.ask(using("a")), writer.ask(broken)
    held.release()
    assert good.result(30) == "a"
    with pytest.raises(KeyError):
        bad.result(30)
    assert rows(world) == {"a"}


@pytest.mark.parametrize(("outer_fails", "inner_fails"), [(True, False), (False, True), (True, True), (False, False)])
def test_a_request_inside_another_is_undone_alone_or_with_it(
    world: World, outer_fails: bool, inner_fails: bool
) -> None:
    def inner(group: Group) -> None:
        with group.request():
            queries.use_token(group.connection, "test", "inner")
            if inner_fails:
                raise RefusedError("inner")

    def outer(group: Group, _: LogState) -> Callable[[], None]:
        # The inner request is the first to touch the database.
        with suppress(RefusedError):
            inner(group)
        queries.use_token(group.connection, "test", "outer")
        if outer_fails:
            raise RefusedError("outer")
        return lambda: None

    held = Held(world)
    answers = [world.registry.writer.ask(one) for one in (using("before"), outer, using("after"))]
    held.release()
    assert isinstance(answers[1].exception(5), RefusedError) == outer_fails
    kept = set() if outer_fails else {"outer"} if inner_fails else {"outer", "inner"}
    assert rows(world) == {"before", "after"} | kept


def test_when_the_commit_fails_the_whole_group_fails_and_the_state_is_read_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, registry = world.desk, world.registry
    before = registry.size().result(30)
    scheme = {"scheme": "a.b", "version": "1", "sha256": "A" * 43, "tiers": []}
    outcomes, advance = iter([False]), queries.advance_log
    monkeypatch.setattr(
        ledger_module.queries, "advance_log", lambda *given: advance(*given) if next(outcomes, True) else False
    )
    if not registry.database.is_shared:
        with pytest.raises(UnavailableError):
            desk.publish_scheme(scheme)
        assert registry.size().result(30) == before
        assert registry.look_up("https://shirushi.example/s/a.b/1").result(30) == (None, None)
    # On PostgreSQL the request still stands in the outbox: the sequencer begins anew and nobody notices.
    assert desk.publish_scheme(scheme).index == before
    assert next(outcomes, None) is None


def test_an_answer_means_that_another_process_sees_the_entry(world: World) -> None:
    admitted = world.desk.publish_scheme({"scheme": "a.b", "version": "1", "sha256": "A" * 43, "tiers": []})
    with world.registry.database.read() as connection:
        assert queries.log_size(connection).size == admitted.index + 1
        assert len(queries.entries(connection, admitted.index, admitted.index + 1)) == 1


def test_a_group_of_entries_gets_consecutive_places_and_right_tiles(office: Office) -> None:
    world, signers = office
    signed = [world.sign_mark(signers, world.reserve(signers).json()).request for _ in range(5)]
    writer, held, answers = world.registry.writer, Held(world), list[Any]()
    senders = [threading.Thread(target=lambda one=one: answers.append(submitted(world, one))) for one in signed]
    for sender in senders:
        sender.start()
    held.release()
    for sender in senders:
        sender.join(30)
    indices = sorted(answer.result(30).index for answer in answers)
    assert indices == list(range(indices[0], indices[0] + 5))
    assert writer.ask(lambda group, _: lambda: group.size).result(30) == indices[-1] + 1
    assert world.publisher.publish_once().outcome == "published"


def submitted(world: World, request: dict[str, str]) -> Any:
    tokens = Companions(second=request["second"], mark=request["mark"], seal=request["seal"])
    return world.registry.submit(read_submission(request["statement"], tokens))


def test_the_state_folded_from_the_database_is_the_state_of_the_writer(world: World) -> None:
    world.accredit()
    folded = fold(world.registry.ledger, world.registry.host)
    heads = world.registry.writer.ask(lambda _, state: lambda: dict(state.heads)).result(30)
    assert folded.heads == heads
