"""Whom the end of an accreditation concerns, told before anything is signed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from registry.admission.cascade import DAY, cascade_of
from registry.scenario.simulated_log import HOST
from tests.world import World, fork_issued
from verifier.edge.main import run
from verifier.errors import NotFoundError
from verifier.names import body_uri, mark_uri, parse_name

if TYPE_CHECKING:
    from tests.registry.conftest import Issued

ANOTHER = "0188-7000012050002"


def two_marks() -> tuple[World, str, str]:
    world, first = fork_issued()
    return world, first, world.issue(idx=8, identifier=ANOTHER, name="別会社")


def ids(world: World, what: str = "cause", *, after: int = 0) -> list[str]:
    found = cascade_of(world.sim.state, world.body.uri, what, now=world.sim.now + after)  # type: ignore[arg-type]
    return [parse_name(one.uri).value for one in found.marks]


def test_a_withdrawal_for_cause_names_every_mark_in_force_and_a_deadline() -> None:
    world, first, second = two_marks()
    found = cascade_of(world.sim.state, world.body.uri, "cause", now=world.sim.now, review_days=30)
    assert {parse_name(one.uri).value for one in found.marks} == {first, second}
    assert (found.holders, len(found.keys)) == (2, 2)
    assert found.review_by == world.sim.now + 30 * DAY
    assert found.last_end == max(one.issued.exp for one in found.marks)


@pytest.mark.parametrize("what", ["suspend", "lapse"])
def test_a_suspension_and_a_lapse_leave_marks_alone(what: str) -> None:
    world, _, _ = two_marks()
    found = cascade_of(world.sim.state, world.body.uri, what, now=world.sim.now)  # type: ignore[arg-type]
    assert (len(found.marks), found.review_by) == (2, None)


def test_ended_marks_are_not_concerned_and_suspended_ones_are() -> None:
    world, first, second = two_marks()
    world.change("mark.cancelled", first)
    world.suspend(second)
    assert ids(world) == [second]
    record = world.sim.state.marks[mark_uri(HOST, second)]
    assert ids(world, after=record.issued.exp - world.sim.now) == []


def test_marks_and_keys_of_another_body_are_not_concerned() -> None:
    world, _, _ = two_marks()
    other = world.sim.accredit(1002)
    assert cascade_of(world.sim.state, other.uri, "cause", now=world.sim.now).marks == ()
    with pytest.raises(NotFoundError, match="knows no"):
        cascade_of(world.sim.state, body_uri(HOST, 9999), "cause", now=world.sim.now)


def test_the_command_tells_what_it_would_mean(
    issued: Issued, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.desk.preview_command.now", issued.world.clock)
    asked = ["registry", "preview-body", "--dir", str(issued.world.folder), "--no", "7"]
    capsys.readouterr()
    run([*asked, "--json"])
    told = json.loads(capsys.readouterr().out)
    assert [one["mark"] for one in told["marks"]] == [issued.mark]
    run(asked)
    assert "affects 1 marks of 1 organisations" in capsys.readouterr().out
