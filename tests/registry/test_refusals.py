"""What a publisher refuses at its start, each with an error of its own that says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from registry.errors import ClockBehindError, DatabaseBehindError, LogForkedError, SignerStoreBehindError
from registry.household import publisher_process
from registry.household.publisher_process import Alarm
from registry.publishing.publisher import PublishResult
from registry.publishing.signer_store import SignedHead, SignerStore
from registry.witness.client import KnowsOtherSize
from tests.registry.test_publisher import fork, grow, over
from tests.registry.test_recovery import copy_of, published

if TYPE_CHECKING:
    from tests.registry.conftest import World


def test_more_was_published_than_the_database_holds(world: World) -> None:
    old = copy_of(world.folder / "registry.db", "old.db")
    grow(world)
    world.publisher.publish_once()
    with pytest.raises(DatabaseBehindError) as refused:
        over(world, old).recover()
    assert "recover-from-tiles" in refused.value.hint


def test_more_was_signed_than_the_database_holds(world: World) -> None:
    old = copy_of(world.folder / "registry.db", "old.db")
    world.doors.shut |= {"w1", "w2", "w3", "w4"}
    grow(world)
    assert world.publisher.publish_once().outcome == "waiting"
    with pytest.raises(DatabaseBehindError, match="2 entries were signed"):
        over(world, old).recover()


def test_one_witness_cosigned_more_than_the_database_holds(world: World) -> None:
    """The signer store and the public folder came back from a backup with the database: only the witness remembers."""
    old = {name: copy_of(world.folder / name, f"old-{name}") for name in ("registry.db", "signer.db")}
    world.doors.shut |= {"w1", "w2", "w3"}
    grow(world)
    world.publisher.publish_once()
    world.doors.shut.clear()
    with pytest.raises(DatabaseBehindError, match="were cosigned by w4"):
        over(world, old["registry.db"], signer=old["signer.db"]).recover()


def test_one_witness_cosigned_another_tree_of_the_same_size(world: World) -> None:
    old = {name: copy_of(world.folder / name, f"old-{name}") for name in ("registry.db", "signer.db")}
    world.doors.shut |= {"w1", "w2", "w3"}
    grow(world)
    world.publisher.publish_once()
    world.doors.shut.clear()
    fork(old["registry.db"])
    with pytest.raises(LogForkedError, match="cosigned by w4") as refused:
        over(world, old["registry.db"], signer=old["signer.db"]).recover()
    assert "evidence" in refused.value.hint


def test_another_tree_of_the_published_size(world: World) -> None:
    old = copy_of(world.folder / "registry.db", "old.db")
    grow(world)
    world.publisher.publish_once()
    fork(old)
    with pytest.raises(LogForkedError, match="another tree"):
        over(world, old).recover()


def test_the_signer_store_is_ahead_of_the_database(world: World) -> None:
    store = SignerStore(world.folder / "signer.db")
    last = store.last()
    store.advance(last, SignedHead(9, b"\1" * 32))
    with pytest.raises(DatabaseBehindError, match="9 entries were signed, the database holds 1"):
        world.new_publisher().recover()


def test_the_signer_store_is_behind_what_is_published(world: World) -> None:
    old = copy_of(world.folder / "signer.db", "old-signer.db")
    grow(world)
    world.publisher.publish_once()
    with pytest.raises(SignerStoreBehindError, match="knows of 1 entries") as refused:
        world.new_publisher(old).recover()
    assert "signer.db" in refused.value.hint


def test_the_clock_stands_before_the_last_cosignature(world: World) -> None:
    world.clock.now -= 121
    with pytest.raises(ClockBehindError, match="121 seconds") as refused:
        world.new_publisher().recover()
    assert "clock" in refused.value.hint
    world.clock.now += 1
    world.new_publisher().recover()


def test_a_witness_that_claims_a_larger_tree_without_our_signature_does_not_stop_the_log(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.witnesses["w2"], "submit", lambda *_: KnowsOtherSize(10**9))
    size = grow(world)
    result = world.publisher.publish_once()
    assert (result.outcome, result.size, list(result.absent)) == ("published", size, ["w2"])


def test_while_witnesses_are_away_the_old_checkpoint_stays_and_an_alarm_follows(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, str]] = []

    class Told:
        def __getattr__(self, level: str) -> Any:
            return lambda event, **facts: told.append((level, event))

    monkeypatch.setattr(publisher_process, "_log", Told())
    before, moment = published(world), 0.0
    alarm = Alarm(lambda: moment)
    world.doors.shut |= {"w1", "w2"}
    grow(world)
    for seconds in range(0, 130, 10):
        moment = float(seconds)
        alarm.note(world.publisher.publish_once())
    assert published(world) == before
    assert told == [("warning", "waiting for witnesses"), *[("error", "alarm: nothing is published")] * 2]
    world.doors.shut.clear()
    alarm.note(world.publisher.publish_once())
    assert told[-1] == ("info", "publishing again")
    alarm.note(PublishResult("unchanged", 2))
    assert len(told) == 4


def test_entries_that_wait_for_witnesses_are_not_laid_out_twice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.doors.shut |= {"w1", "w2"}
    grow(world)
    assert world.publisher.publish_once().outcome == "waiting"
    tried: list[str] = []
    monkeypatch.setattr(type(world.publisher._public), "write_once", lambda _, path, data: tried.append(path))
    assert world.publisher.publish_once().outcome == "waiting"
    assert tried == []


def test_health_raises_an_alarm_when_an_entry_waits_longer_than_its_receipt_promised(world: World) -> None:
    def health() -> dict[str, Any]:
        answer: dict[str, Any] = world.http.get("http://api/api/v1/health").json()
        return answer

    world.doors.shut |= {"w1", "w2"}
    grow(world)
    world.publisher.publish_once()
    world.clock.now += 60
    assert (health()["status"], health()["waiting"]) == ("ok", 60)
    world.clock.now += 1
    assert (health()["status"], health()["waiting"]) == ("publication_late", 61)
    world.clock.now += 6 * 3600
    assert health()["status"] == "waiting_for_witnesses"
    world.doors.shut.clear()
    world.publisher.publish_once()
    assert (health()["status"], health()["waiting"]) == ("ok", 0)
