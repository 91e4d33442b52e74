"""The publisher's cadence: a commit wakes it, nothing else does before its time."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from registry.household.publisher_process import SOONEST, Cadence
from tests.registry.test_accept import scheme_statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.registry.conftest import World

DATABASES = ("sqlite", "postgresql")
LONGEST = 300.0


class Waiting:
    """A publisher between two steps of the world's log."""

    def __init__(self, cadence: Cadence) -> None:
        self.stopping = threading.Event()
        self._thread = threading.Thread(target=cadence.wait, args=(self.stopping,))
        self._thread.start()

    def is_over(self, *, within: float) -> bool:
        """Wait at most so many seconds, and say whether it is time for the next step."""
        self._thread.join(within)
        return not self._thread.is_alive()


@pytest.fixture
def cadence(world: World) -> Cadence:
    """The cadence of a publisher that has taken notice of everything so far."""
    cadence = Cadence(world.registry.database, longest=LONGEST)
    assert Waiting(cadence).is_over(within=30)
    return cadence


@pytest.fixture
def waiting(cadence: Cadence) -> Iterator[Waiting]:
    """A publisher that waits for its next step."""
    waiting = Waiting(cadence)
    yield waiting
    waiting.stopping.set()
    assert waiting.is_over(within=30)


def test_a_commit_brings_the_next_step_forward(world: World, waiting: Waiting) -> None:
    assert not waiting.is_over(within=2 * SOONEST)
    assert world.send(scheme_statement(world)).status_code == 201
    assert waiting.is_over(within=30)


def test_however_much_is_committed_the_steps_keep_their_distance(world: World, cadence: Cadence) -> None:
    assert world.send(scheme_statement(world)).status_code == 201
    before = time.monotonic()
    cadence.wait(threading.Event())
    assert time.monotonic() - before >= SOONEST


def test_what_waits_for_witnesses_wakes_the_publisher_once(world: World, cadence: Cadence) -> None:
    assert world.send(scheme_statement(world)).status_code == 201
    assert Waiting(cadence).is_over(within=30)
    again = Waiting(cadence)
    assert not again.is_over(within=3 * SOONEST)
    again.stopping.set()
    assert again.is_over(within=30)


def test_without_a_commit_the_step_comes_in_its_time(world: World) -> None:
    cadence = Cadence(world.registry.database, longest=SOONEST)
    before = time.monotonic()
    cadence.wait(threading.Event())
    assert SOONEST <= time.monotonic() - before < LONGEST
