"""Before a mark is withdrawn for cause its holder knows why and has time to explain, unless it is urgent."""

from __future__ import annotations

from typing import Any

import pytest

from registry.casebook.matter import DAY, Decided, Event, Limits, Matter, begin, proceed
from registry.scenario.simulated_log import HOST
from tests.world import World, fork_issued
from verifier.errors import RefusedError
from verifier.names import mark_uri
from verifier.statement import parse_statement


def event(step: str, at: int, **members: object) -> Event:
    return Event.model_validate({"step": step, "at": at, "by": "op-1", **members})


def intended() -> tuple[World, str, Matter]:
    world, mark_id = fork_issued()
    matter = begin(
        "H-1", "hearing", mark_uri(HOST, mark_id), event("receive", world.sim.now), decided=None, limits=Limits()
    )
    return world, mark_id, matter


def notified(days: int = 14) -> tuple[World, str, Matter]:
    world, mark_id, matter = intended()
    now = world.sim.now
    return world, mark_id, proceed(matter, event("notify", now, reason="nonconformity", until=now + days * DAY))


def withdrawn(world: World, mark_id: str) -> Decided:
    world.announce("mark.withdrawn", mark_uri(HOST, mark_id), {"reason": "cause"})
    index = world.sim.state.head(mark_uri(HOST, mark_id))
    assert index is not None
    return Decided(index, parse_statement(world.sim.entries[index]), frozenset())


@pytest.mark.parametrize(
    ("members", "rule"),
    [
        ({"reason": "nonconformity"}, "by when"),
        ({"until": 14 * DAY}, "says why"),
        ({"reason": "nonconformity", "until": 14 * DAY - 1}, "14 days at least"),
    ],
)
def test_a_notice_names_its_reason_and_leaves_two_weeks(members: dict[str, Any], rule: str) -> None:
    world, _, matter = intended()
    said = {name: world.sim.now + value if name == "until" else value for name, value in members.items()}
    with pytest.raises(RefusedError, match=rule):
        proceed(matter, event("notify", world.sim.now, **said))


def test_nothing_is_upheld_before_a_notice() -> None:
    world, mark_id, matter = intended()
    with pytest.raises(RefusedError, match="not possible while the hearing is intended"):
        proceed(matter, event("uphold", world.sim.now), decided=withdrawn(world, mark_id))


def test_a_withdrawal_before_the_time_is_over_needs_that_the_holder_was_heard() -> None:
    world, mark_id, matter = notified()
    done = withdrawn(world, mark_id)
    with pytest.raises(RefusedError, match="before the time to explain was over"):
        proceed(matter, event("uphold", world.sim.now), decided=done)
    heard = proceed(matter, event("hear", world.sim.now))
    assert proceed(heard, event("uphold", world.sim.now), decided=done).state == "upheld"


def test_a_holder_who_says_nothing_in_time_is_decided_on() -> None:
    world, mark_id, matter = notified()
    world.sim.now += 14 * DAY
    world.show()
    assert proceed(matter, event("uphold", world.sim.now), decided=withdrawn(world, mark_id)).state == "upheld"


def test_an_urgent_case_names_what_was_done_and_hears_afterwards() -> None:
    world, mark_id, matter = intended()
    with pytest.raises(RefusedError, match="what changes is in the log"):
        proceed(matter, event("escalate", world.sim.now))
    index = world.suspend(mark_id)
    done = Decided(index, parse_statement(world.sim.entries[index]), frozenset())
    urgent = proceed(matter, event("escalate", world.sim.now), decided=done)
    assert proceed(urgent, event("hear", world.sim.now)).state == "heard"


def test_an_explanation_that_convinces_ends_it_without_an_entry() -> None:
    world, _, matter = notified()
    heard = proceed(matter, event("hear", world.sim.now))
    assert proceed(proceed(heard, event("dismiss", world.sim.now)), event("close", world.sim.now)).state == "closed"
