"""A registry whose witnesses are all somebody else's: it publishes, waits and refuses as with its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import httpx
import pytest

from registry.witness.client import WitnessClient
from tests.registry.conftest import START, make_keys
from tests.registry.test_publisher import grow, published
from tests.witness.third_party import ThirdPartyWitness, serving
from verifier.log.note import NoteSigner

if TYPE_CHECKING:
    from tests.registry.conftest import World

ORIGIN = "shirushi.example/log"
Witnesses = dict[str, ThirdPartyWitness]


@pytest.fixture
def strangers(world: World) -> Iterator[Witnesses]:
    """Four witnesses that never heard of the log, in the place of the house."""
    keys, log = make_keys(), NoteSigner(ORIGIN, world.ceremony.keys.log).key.public
    four = {name: ThirdPartyWitness(f"{name}.example", key, ORIGIN, log, START) for name, key in keys.witnesses.items()}
    with ExitStack() as stack:
        http = stack.enter_context(httpx.Client(timeout=30))
        urls = {name: stack.enter_context(serving(one)) for name, one in four.items()}
        world.witnesses = {name: WitnessClient(url, http) for name, url in urls.items()}
        world.publisher = world.new_publisher()
        yield four


def test_it_publishes_under_cosignatures_of_four_strangers(world: World, strangers: Witnesses) -> None:
    size = grow(world)
    result = world.publisher.publish_once()
    assert (result.outcome, result.size) == ("published", size)
    met = world.ceremony.root.policy.check_checkpoint(published(world))
    assert met.witnesses == tuple(f"w{number}.example" for number in range(1, 5))
    assert [one.asked for one in strangers.values()] == [[409, 200]] * 4


def test_it_goes_on_without_asking_twice(world: World, strangers: Witnesses) -> None:
    for version in ("1", "2", "3"):
        grow(world, version)
        assert world.publisher.publish_once().outcome == "published"
    assert [one.asked for one in strangers.values()] == [[409, 200, 200, 200]] * 4
    assert {one.size for one in strangers.values()} == {published(world).checkpoint.size}


def test_a_quorum_of_strangers_is_waited_for(world: World, strangers: Witnesses) -> None:
    size = grow(world)
    for name in ("w1", "w2"):
        strangers[name].log_key = bytes(32)
    waiting = world.publisher.publish_once()
    assert (waiting.outcome, published(world).checkpoint.size) == ("waiting", size - 1)
    for name in ("w1", "w2"):
        strangers[name].log_key = strangers["w3"].log_key
    assert world.publisher.publish_once().outcome == "published"
    assert published(world).checkpoint.size == size
