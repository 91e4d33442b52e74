"""The review list after a withdrawal for cause: what is left, what counts as reviewed, and by when."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from registry.admission.cascade import DAY
from registry.admission.review import Review, review_of
from registry.scenario.simulated_log import HOST
from tests.lifecycle.test_marks import follow, within
from tests.world import World, fork_issued
from verifier.edge.main import run
from verifier.errors import NotFoundError, RefusedError
from verifier.names import mark_uri
from verifier.statement import parse_statement

if TYPE_CHECKING:
    from tests.registry.conftest import Issued
    from verifier.statement import Statement

ANOTHER = "0188-7000012050002"


def withdrawn(reason: str = "cause") -> tuple[World, str, str, Statement]:
    """Return a world whose body with two marks was withdrawn, and the statement that says so."""
    world, first = fork_issued()
    second = world.issue(idx=9, identifier=ANOTHER, name="別会社")
    index = world.announce("body.withdrawn", world.body.uri, {"reason": reason})
    return world, first, second, parse_statement(world.sim.entries[index].decode())


def left(world: World, said: Statement, **how: Any) -> Review:
    return review_of(world.sim.state, said, now=world.sim.now, **how)


def test_every_mark_in_force_is_left_until_somebody_acts() -> None:
    world, first, second, said = withdrawn()
    found = left(world, said, days=30)
    assert {one.uri for one in found.left} == {mark_uri(HOST, first), mark_uri(HOST, second)}
    assert (found.review_by, found.is_late) == (said.iat + 30 * DAY, False)
    assert [one["mark"] for one in found.members()["left"]] == [one.uri for one in found.left]


def test_a_suspended_mark_and_one_that_another_body_took_over_are_reviewed() -> None:
    world, first, second, said = withdrawn()
    world.suspend(second)
    assert [one.uri for one in left(world, said).left] == [mark_uri(HOST, first)]
    world.body = world.sim.accredit(1002)
    world.sim.add_key(world.body, "assessor", "h-new-assessor", no=1)
    world.sim.add_key(world.body, "decider", "h-new-decider", no=2)
    world.show()
    follow(world, first, within(world, first))
    assert left(world, said).left == ()


def test_the_list_is_late_from_its_day_on_while_a_mark_is_left() -> None:
    world, _, _, said = withdrawn()
    for early, is_late in ((1, False), (0, True)):
        world.sim.now = said.iat + 30 * DAY - early
        assert left(world, said, days=30).is_late is is_late


def test_a_list_with_nothing_left_is_never_late() -> None:
    world, _, _, said = withdrawn()
    world.sim.now = said.iat + 4000 * DAY
    found = left(world, said)
    assert (found.left, found.is_late) == ((), False)


@pytest.mark.parametrize("reason", ["lapse", "request"])
def test_only_a_withdrawal_for_cause_opens_a_review(reason: str) -> None:
    world, _, _, said = withdrawn(reason)
    with pytest.raises(RefusedError, match="run to their ends"):
        left(world, said)


def test_the_command_lists_what_is_left(
    issued: Issued, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.desk.review_command.now", issued.world.clock)
    asked = ["registry", "body", "review", "--dir", str(issued.world.folder), "--no", "7"]
    with pytest.raises(RefusedError, match="run to their ends"):
        run(asked)
    issued.world.desk.submit("body.withdrawn", f"https://{HOST}/e/7", {"reason": "cause"})
    issued.world.settle()
    run([*asked, "--json"])
    told = json.loads(capsys.readouterr().out)
    assert [one["mark"] for one in told["left"]] == [mark_uri(HOST, issued.mark)]
    run(asked)
    assert "1 marks are left to review" in capsys.readouterr().out
    with pytest.raises(NotFoundError, match="knows no"):
        run([*asked[:-1], "99"])
