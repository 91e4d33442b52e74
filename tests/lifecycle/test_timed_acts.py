"""What the clock makes due: found to the second, admitted by the rules of every replay, and by nothing found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from registry.scenario.simulated_log import HOST, ZONE
from registry.scenario.simulator import DAY
from registry.timers.acts import Act, due_acts, snapshot
from tests.lifecycle.test_agreements import RECOGNITION, in_force, record
from tests.lifecycle.test_marks import overdue_at, reporting
from tests.world import World, fork_issued
from verifier.names import authority_uri, log_origin, mark_uri
from verifier.replay.mark_rules import LONGEST_SUSPENSION
from verifier.statement import Draft

if TYPE_CHECKING:
    from registry.scenario.simulated_treaty import ForeignOperator


def due(world: World, at: int) -> list[tuple[int, str, str]]:
    return [(one.due, one.object, one.type) for one in due_acts(world.sim.state, now=at, zone=ZONE).acts]


def logged(world: World, act: Act, *, at: int) -> None:
    """The directory key says what is due; the judge of every replay admits it."""
    world.sim.now = at
    world.show()
    draft = Draft(log_origin(HOST), act.type, act.object, act.public(now=world.sim.now, lift_days=180))
    world.sim.speak(draft, world.sim.ceremony.keys.directory, iss=authority_uri(HOST))
    world.sim.publish()


def test_an_overdue_report_is_due_at_its_second_and_once() -> None:
    world, mark_id, report = reporting()
    uri, end = mark_uri(HOST, mark_id), overdue_at(report)
    assert due(world, end - 1) == []
    assert due(world, end) == [(end, uri, "mark.suspended")]
    (act,) = due_acts(world.sim.state, now=end, zone=ZONE).acts
    logged(world, act, at=end)
    held = world.sim.state.marks[uri]
    assert (held.state, held.lift_by is not None and held.lift_by <= end + LONGEST_SUSPENSION) == ("suspended", True)
    assert due(world, world.sim.now) == []
    assert held.lift_by is not None
    assert due(world, held.lift_by) == [(held.lift_by, uri, "mark.withdrawn")]


def test_a_report_that_was_filed_or_put_off_is_not_due() -> None:
    world, mark_id, report = reporting()
    world.announce("duty.extended", mark_uri(HOST, mark_id), {"duty": "annual_report", "until": report + 60 * DAY})
    assert due(world, overdue_at(report)) == []
    assert due(world, report + 60 * DAY) != []
    world.sim.now = report
    world.show()
    world.change("annual_report.filed", mark_id, {"due": report})
    assert due(world, report + 60 * DAY) == []


def test_a_mark_that_expired_first_is_not_withdrawn_afterwards() -> None:
    world, mark_id = fork_issued()
    exp = world.sim.state.marks[mark_uri(HOST, mark_id)].issued.exp
    world.sim.now = exp - 10 * DAY
    world.show()
    world.suspend(mark_id, days=30)
    assert due(world, exp + 100 * DAY) == []
    assert due_acts(world.sim.state, now=exp, zone=ZONE).standing == 0


def test_a_deadline_at_the_very_end_of_the_term_withdraws_the_mark() -> None:
    world, mark_id = fork_issued()
    uri = mark_uri(HOST, mark_id)
    exp = world.sim.state.marks[uri].issued.exp
    world.sim.now = exp - 10 * DAY
    world.show()
    world.change("mark.suspended", mark_id, {"reason": "nonconformity", "lift_by": exp})
    assert due(world, exp + DAY) == [(exp, uri, "mark.withdrawn")]


def ended(foreign: ForeignOperator, **said: object) -> int:
    """Terminate the agreement now; return from when."""
    now = foreign.world.sim.now
    foreign.decide("terminated", {"reason": "administrative", "effective": now, **said})
    foreign.world.sim.publish()
    return now


def test_a_recognition_ends_with_its_agreement_at_once_or_after_the_time_that_is_left() -> None:
    foreign = in_force()
    record(foreign.world)
    now = ended(foreign, existing="stop_now")
    assert due(foreign.world, now) == [(now, RECOGNITION, "recognition.ended")]
    (act,) = due_acts(foreign.world.sim.state, now=now, zone=ZONE).acts
    logged(foreign.world, act, at=foreign.world.sim.now)
    assert due(foreign.world, foreign.world.sim.now) == []

    foreign = in_force()
    record(foreign.world)
    until = foreign.world.sim.now + 50 * DAY
    ended(foreign, existing="keep_until", until=until)
    assert due(foreign.world, until - 1) == []
    assert due(foreign.world, until) == [(until, RECOGNITION, "recognition.ended")]
    assert due(foreign.world, until + 100 * DAY) == [], "it expired by itself"


def test_a_suspended_agreement_may_come_back_and_ends_nothing() -> None:
    foreign = in_force()
    record(foreign.world)
    foreign.suspend()
    foreign.world.sim.publish()
    assert due(foreign.world, foreign.world.sim.now + DAY) == []


def test_a_snapshot_stays_as_it_is_while_the_log_grows() -> None:
    world, mark_id = fork_issued()
    before = snapshot(world.sim.state)
    world.suspend(mark_id, days=1)
    later = world.sim.now + 2 * DAY
    assert due_acts(before, now=later, zone=ZONE).acts == ()
    assert [one.type for one in due_acts(world.sim.state, now=later, zone=ZONE).acts] == ["mark.withdrawn"]


@pytest.mark.parametrize("type_", ["mark.suspended", "mark.withdrawn", "recognition.ended"])
def test_every_act_has_a_public_part_of_its_types_schema(type_: str) -> None:
    act = Act.model_validate({"due": 1, "object": mark_uri(HOST, "m"), "type": type_})
    assert act.public(now=1, lift_days=180)["reason"]
