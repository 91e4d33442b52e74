"""Two publishers with one log key: exactly one history is ever published, whatever the two share."""

from __future__ import annotations

import os
import shutil
import threading
from typing import TYPE_CHECKING, Any

import pytest

from registry.errors import LogForkedError, PublishRefusedError
from registry.publishing.files import PublicFolder
from registry.publishing.signer_store import SignerStore
from registry.witness.store import WitnessStore
from tests.registry.test_publisher import fork, grow, over
from tests.registry.test_recovery import copy_of, published
from verifier.errors import UnavailableError
from verifier.log.checkpoint import SignedCheckpoint

if TYPE_CHECKING:
    from pathlib import Path

    from registry.publishing.publisher import Publisher
    from tests.registry.conftest import World

ORIGIN = "shirushi.example/log"


def forked(world: World) -> Publisher:
    """Return a publisher over copies of everything, whose log goes another way than the world's."""
    old = {name: copy_of(world.folder / name, f"old-{name}") for name in ("registry.db", "signer.db")}
    public = shutil.copytree(world.public, world.folder / "second-public")
    fork(old["registry.db"])
    return over(world, old["registry.db"], signer=old["signer.db"], public=public)


def test_of_two_publishers_on_one_signer_store_exactly_one_moves_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(world)
    publishers, at_once = [world.publisher, world.new_publisher()], threading.Barrier(2)
    advance = SignerStore.advance

    def together(store: SignerStore, *heads: Any) -> None:
        at_once.wait(30)
        advance(store, *heads)

    monkeypatch.setattr(SignerStore, "advance", together)
    ended: list[str] = []

    def step(publisher: Publisher) -> None:
        try:
            ended.append(publisher.publish_once().outcome)
        except UnavailableError as error:
            ended.append(error.message)

    threads = [threading.Thread(target=step, args=(one,)) for one in publishers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["another process signs with this log key", "published"]


def test_two_histories_on_one_signer_store_the_second_is_refused_before_it_signs(world: World) -> None:
    old = copy_of(world.folder / "registry.db", "old.db")
    fork(old)
    grow(world)
    world.publisher.publish_once()
    with pytest.raises(LogForkedError):
        over(world, old).publish_once()
    assert WitnessStore(world.folder / "w1.db").forks(ORIGIN) == []


def test_with_a_copied_signer_store_the_witnesses_refuse_the_second_and_keep_the_evidence(world: World) -> None:
    second = forked(world)
    size = grow(world)
    assert world.publisher.publish_once().size == size
    with pytest.raises(LogForkedError, match="has cosigned another tree of 2 entries"):
        second.publish_once()
    for name in world.witnesses:
        (evidence,) = WitnessStore(world.folder / f"{name}.db").forks(ORIGIN)
        cosigned, refused = (SignedCheckpoint.parse(data) for data in (evidence.cosigned, evidence.refused))
        assert cosigned.checkpoint.size == refused.checkpoint.size == size
        assert cosigned.checkpoint.root == published(world).checkpoint.root != refused.checkpoint.root


def test_when_the_witnesses_are_split_neither_history_reaches_a_quorum_and_both_stop(world: World) -> None:
    second = forked(world)
    grow(world)
    world.doors.shut |= {"w3", "w4"}
    assert world.publisher.publish_once().outcome == "waiting"
    world.doors.shut = {"w1", "w2"}
    assert second.publish_once().outcome == "waiting"
    world.doors.shut.clear()
    for publisher in (world.publisher, second):
        with pytest.raises(PublishRefusedError):
            publisher.publish_once()
    assert published(world).checkpoint.size == 1


def test_of_two_writers_of_one_file_the_second_never_replaces_the_first(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (PublicFolder(world.public, writer=name) for name in ("first", "second"))
    link = os.link

    def late(source: Path, target: Path) -> None:
        monkeypatch.setattr(os, "link", link)
        first.write_once("log/tile/0/777", b"first")
        link(source, target)

    monkeypatch.setattr(os, "link", late)
    with pytest.raises(PublishRefusedError, match="other bytes"):
        second.write_once("log/tile/0/777", b"second")
    assert first.read("log/tile/0/777") == b"first"
