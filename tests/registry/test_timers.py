"""Timed acts are logged by themselves within limits; above a limit or by a doubtful clock they wait for two people."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from registry.timers.acts import Act, Due
from registry.timers.confirmation import HOLDS_FOR, Confirmation, add_approval, approve
from registry.timers.job import EVERY, TimerJob
from registry.timers.limits import HOUR, Limits, held_because
from registry.timers.store import TimerFolder
from verifier.envelope import DAY
from verifier.names import mark_uri

if TYPE_CHECKING:
    from registry.timers.confirmation import Hold
    from tests.registry.conftest import Office, World
    from verifier.signer import Signer

DATABASES = ("sqlite", "postgresql")
HOST = "shirushi.example"
TWO_YEARS = 730 * DAY
NOW = 1_900_000_000


def timers(world: World, limits: Limits | None = None) -> TimerJob:
    return TimerJob(
        writer=world.registry.writer,
        office=world.registry.office,
        signer=world.ceremony.keys.directory,
        folder=folder(world),
        limits=limits or Limits(),
        lift_days=180,
    )


def folder(world: World) -> TimerFolder:
    return TimerFolder(world.folder / "timers")


def suspended(office: Office, number: int = 1) -> tuple[World, list[str]]:
    """Issue marks and suspend each for a day."""
    world, signers = office
    marks = [world.issue(signers) for _ in range(number)]
    for mark in marks:
        world.desk.suspend_mark(mark, reason="nonconformity", lift_by=world.clock.now + DAY)
    world.settle()
    return world, marks


def state_of(world: World, mark: str) -> str | None:
    return world.registry.look_up(mark_uri(HOST, mark)).result(30)[1]


def pass_a_day(world: World) -> None:
    world.clock.now += DAY
    world.settle()


def approved(world: World, *signers: Signer, iat: int | None = None) -> None:
    """Put approvals of what waits where the job looks for them."""
    held, said = folder(world).held(), folder(world).confirmed()
    assert held is not None
    for signer in signers:
        when = world.clock.now if iat is None else iat
        approval = approve(held, host=HOST, iat=when, signer=signer, entropy=world.entropy)
        said = add_approval(said, held, approval, host=HOST)
    assert said is not None
    folder(world).confirm(lambda _: said)


# --- what is due -----------------------------------------------------------------------------------------------------


def test_a_mark_that_nobody_reinstated_is_withdrawn_in_the_log_and_not_a_second_earlier(office: Office) -> None:
    world, (mark,) = suspended(office)
    job, deadline = timers(world), world.clock.now + DAY
    world.clock.now = deadline - 60
    world.settle()
    assert job.step().outcome == "unchanged"
    world.clock.now = deadline
    assert job.step().logged == 1
    assert state_of(world, mark) == "withdrawn"
    world.settle()
    assert job.step().outcome == "unchanged"


def test_a_suspension_of_this_minute_waits_for_its_checkpoint_before_the_clock_ends_it(office: Office) -> None:
    world, signers = office
    mark = world.issue(signers)
    world.desk.suspend_mark(mark, reason="nonconformity", lift_by=world.clock.now + 5)
    world.clock.now += 5
    job = timers(world)
    published = world.registry.office.published.latest()
    assert published is not None
    head = world.registry.look_up(mark_uri(HOST, mark)).result(30)[0]
    assert head is not None
    expected = "waiting" if head >= published.size else "logged"
    assert job.step().outcome == expected
    world.settle()
    job.step()
    assert state_of(world, mark) == "withdrawn"


# --- limits ----------------------------------------------------------------------------------------------------------


def due(number: int, standing: int) -> Due:
    acts = [Act(due=NOW, object=mark_uri(HOST, f"m{one}"), type="mark.withdrawn") for one in range(number)]
    return Due(tuple(acts), standing)


@pytest.mark.parametrize(
    ("number", "standing", "gap", "reasons"),
    [
        (100, 10_000, 0, ()),
        (101, 10_000, 0, ("too_many",)),
        (10, 10, 0, ()),
        (11, 220, 0, ()),
        (11, 219, 0, ("too_large_a_share",)),
        (0, 0, 48 * HOUR, ()),
        (0, 0, 48 * HOUR + 1, ("clock",)),
        (0, 0, -48 * HOUR, ()),
        (0, 0, -48 * HOUR - 1, ("clock",)),
        (101, 101, TWO_YEARS, ("too_many", "too_large_a_share", "clock")),
    ],
)
def test_what_is_exactly_at_a_limit_is_within_it(
    number: int, standing: int, gap: int, reasons: tuple[str, ...]
) -> None:
    assert held_because(due(number, standing), now=NOW + gap, witnessed=NOW, limits=Limits()) == reasons


def test_above_the_limit_nothing_is_logged_until_two_operators_confirm_the_list(office: Office) -> None:
    world, marks = suspended(office, 2)
    job = timers(world, Limits(most_acts=1))
    pass_a_day(world)
    assert (job.step().outcome, job.step().left) == ("held", 2)
    assert {state_of(world, mark) for mark in marks} == {"suspended"}
    first, second = world.ceremony.keys.operators
    approved(world, first)
    assert job.step().outcome == "held"
    approved(world, second)
    assert job.step().logged == 2
    assert {state_of(world, mark) for mark in marks} == {"withdrawn"}
    assert folder(world).held() is None


def test_exactly_as_many_as_the_limit_need_nobody(office: Office) -> None:
    world, _ = suspended(office, 2)
    pass_a_day(world)
    assert timers(world, Limits(most_acts=2)).step().logged == 2


def test_one_operator_twice_or_another_key_confirms_nothing(office: Office) -> None:
    world, marks = suspended(office, 2)
    job, (first, _) = timers(world, Limits(most_acts=1)), world.ceremony.keys.operators
    pass_a_day(world)
    job.step()
    approved(world, first, first)
    assert job.step().outcome == "held"
    assert folder(world).confirmed() is None
    approved(world, first, world.ceremony.keys.directory)
    assert job.step().outcome == "held"
    approved(world, first, office[1]["decider"])
    assert job.step().outcome == "held"
    assert {state_of(world, mark) for mark in marks} == {"suspended"}


def test_a_confirmation_is_good_for_a_day_and_for_its_list_only(office: Office) -> None:
    world, _ = suspended(office, 2)
    job, operators = timers(world, Limits(most_acts=1)), world.ceremony.keys.operators
    pass_a_day(world)
    job.step()
    approved(world, *operators, iat=world.clock.now - HOLDS_FOR)
    assert job.step().outcome == "held"
    approved(world, *operators, iat=world.clock.now - HOLDS_FOR + 1)
    said = folder(world).confirmed()
    assert said is not None
    shorter = said.hold.model_copy(update={"acts": said.hold.acts[:1]})
    of_less = Confirmation(hold=shorter, subject=said.subject, approvals=said.approvals)
    folder(world).confirm(lambda _: of_less)
    assert job.step().outcome == "held"
    folder(world).confirm(lambda _: said)
    assert job.step().logged == 2


def test_a_used_confirmation_does_not_open_a_later_hold(office: Office) -> None:
    world, _ = suspended(office, 2)
    job, operators = timers(world, Limits(most_acts=1)), world.ceremony.keys.operators
    pass_a_day(world)
    job.step()
    approved(world, *operators)
    used = folder(world).confirmed()
    assert used is not None
    assert job.step().logged == 2
    world.settle()
    world.clock.now += TWO_YEARS
    assert job.step().outcome == "held"
    folder(world).confirm(lambda _: used)
    assert job.step().outcome == "held"
    assert folder(world).held() is not None


def test_a_list_that_shrinks_below_the_limit_is_logged_by_itself(office: Office) -> None:
    world, marks = suspended(office, 2)
    job = timers(world, Limits(most_acts=1))
    pass_a_day(world)
    assert job.step().outcome == "held"
    world.desk.submit("mark.annulled", mark_uri(HOST, marks[0]), {"reason": "cause"})
    world.settle()
    assert job.step().logged == 1
    assert folder(world).held() is None


# --- the clock -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("jump", [TWO_YEARS, -TWO_YEARS])
def test_a_clock_that_jumped_by_two_years_ends_no_mark_and_stays_doubted(office: Office, jump: int) -> None:
    world, (mark,) = suspended(office)
    job = timers(world)
    world.clock.now += jump
    assert job.step().outcome == "held"
    held = folder(world).held()
    assert held is not None
    assert held.reasons == ("clock",)
    if jump > 0:
        # Witnesses by the same clock confirm it at once, and still nothing is done.
        world.settle()
        assert job.step().outcome == "held"
    assert state_of(world, mark) == "suspended"


def test_a_jump_is_noticed_in_its_second_before_the_next_checkpoint_hides_it(office: Office) -> None:
    world, (mark,) = suspended(office)
    job = timers(world)
    assert job.turn() is not None
    assert job.turn() is None
    world.clock.now += TWO_YEARS
    seen = job.turn()
    assert seen is not None
    assert seen.outcome == "held"
    world.settle()
    assert [job.turn() for _ in range(EVERY - 3)] == [None] * (EVERY - 3)
    later = job.turn()
    assert later is not None
    assert later.outcome == "held"
    assert state_of(world, mark) == "suspended"


def test_after_the_clock_is_put_right_two_operators_end_the_doubt(office: Office) -> None:
    world, (mark,) = suspended(office)
    job, before = timers(world), world.clock.now
    world.clock.now += TWO_YEARS
    job.step()
    world.clock.now = before
    assert job.step() == job.step()
    held = folder(world).held()
    assert held is not None
    assert held.acts == ()
    approved(world, *world.ceremony.keys.operators)
    assert job.step().outcome == "unchanged"
    assert state_of(world, mark) == "suspended"
    pass_a_day(world)
    assert job.step().logged == 1


def test_an_outage_of_thirty_hours_is_no_reason_to_doubt_the_clock(office: Office) -> None:
    world, (mark,) = suspended(office)
    world.clock.now += 30 * HOUR
    assert timers(world).step().logged == 1
    assert state_of(world, mark) == "withdrawn"


def test_of_two_operators_who_confirm_at_the_same_moment_both_count(office: Office) -> None:
    world, _ = suspended(office, 2)
    job, operators = timers(world, Limits(most_acts=1)), world.ceremony.keys.operators
    pass_a_day(world)
    job.step()
    held = folder(world).held()
    assert held is not None
    for _ in range(20):
        folder(world).refuse()
        both = threading.Barrier(2)

        def confirm(signer: Signer, held: Hold = held, both: threading.Barrier = both) -> None:
            approval = approve(held, host=HOST, iat=world.clock.now, signer=signer, entropy=world.entropy)
            both.wait(timeout=30)
            folder(world).confirm(lambda before: add_approval(before, held, approval, host=HOST))

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(confirm, operators))
        said = folder(world).confirmed()
        assert said is not None
        assert len(said.approvals) == 2
    assert job.step().logged == 2
