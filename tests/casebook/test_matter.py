"""A matter goes its way through its table, and an outcome that changes something names the entry that did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.casebook.machines import MACHINES, Kind, next_state
from registry.casebook.matter import DAY, Decided, Event, Limits, Matter, begin, fold, proceed
from registry.casebook.store import Casebook
from registry.scenario.simulator import HOST
from tests.world import World, fork_issued
from verifier.errors import ConflictError, NotFoundError, RefusedError
from verifier.names import mark_uri
from verifier.statement import parse_statement

if TYPE_CHECKING:
    from pathlib import Path

LIMITS = Limits()
STEPS = sorted({step for table in MACHINES.values() for _, step in table})


def event(step: str, at: int, by: str = "op-1", **members: object) -> Event:
    return Event.model_validate({"step": step, "at": at, "by": by, **members})


def decided(world: World, index: int, *people: str) -> Decided:
    return Decided(index, parse_statement(world.sim.entries[index]), frozenset(people))


def suspended() -> tuple[World, str, Decided]:
    world, mark_id = fork_issued()
    index = world.suspend(mark_id)
    return world, mark_uri(HOST, mark_id), decided(world, index, "h-decider")


def appeal(world: World, uri: str, against: Decided) -> Matter:
    filed = begin("A-1", "appeal", uri, event("receive", world.sim.now), decided=against, limits=LIMITS)
    return proceed(filed, event("admit", world.sim.now))


# --- the tables ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", MACHINES)
def test_every_matter_can_be_closed_and_what_is_closed_stays_closed(kind: Kind) -> None:
    table = MACHINES[kind]
    states = {state for state, _ in table if state} | set(table.values())
    for state in states - {"closed"}:
        assert "closed" in _reachable(kind, state)
    assert [at for at, _ in table if at == "closed"] == []


def _reachable(kind: Kind, state: str) -> set[str]:
    found, open_ = {state}, [state]
    while open_:
        at = open_.pop()
        for (before, _), after in MACHINES[kind].items():
            if before == at and after not in found:
                found.add(after)
                open_.append(after)
    return found


@given(st.sampled_from(sorted(MACHINES)), st.lists(st.sampled_from(STEPS)))
def test_no_order_of_steps_leads_outside_the_table(kind: Kind, steps: list[str]) -> None:
    state: str | None = None
    for step in steps:
        if (state, step) in MACHINES[kind]:
            state = next_state(kind, state, step)
            assert state in MACHINES[kind].values()
        else:
            with pytest.raises(RefusedError) as refused:
                next_state(kind, state, step)
            assert "Possible is" in refused.value.hint


# --- appeals ---------------------------------------------------------------------------------------------------------


def test_an_appeal_names_the_decision_and_comes_in_time() -> None:
    world, uri, against = suspended()
    with pytest.raises(RefusedError, match="against a decision"):
        begin("A-1", "appeal", uri, event("receive", world.sim.now), decided=None, limits=LIMITS)
    with pytest.raises(RefusedError, match="another object"):
        begin("A-1", "appeal", world.body.uri, event("receive", world.sim.now), decided=against, limits=LIMITS)
    late = against.statement.iat + LIMITS.appeal_days * DAY
    assert begin("A-1", "appeal", uri, event("receive", late), decided=against, limits=LIMITS).state == "filed"
    with pytest.raises(RefusedError, match="30 days"):
        begin("A-1", "appeal", uri, event("receive", late + 1), decided=against, limits=LIMITS)


@pytest.mark.parametrize("member", ["h-decider", "op-1"])
def test_nobody_who_took_part_before_sits_on_the_panel(member: str) -> None:
    world, uri, against = suspended()
    with pytest.raises(RefusedError, match=f"{member} took part before"):
        proceed(appeal(world, uri, against), event("convene", world.sim.now, panel=["p-1", member]))


def test_one_member_is_no_panel() -> None:
    world, uri, against = suspended()
    with pytest.raises(RefusedError, match="two members"):
        proceed(appeal(world, uri, against), event("convene", world.sim.now, panel=["p-1", "p-1"]))


def test_an_upheld_appeal_names_the_later_decision_that_restored_the_mark() -> None:
    world, uri, against = suspended()
    heard = proceed(appeal(world, uri, against), event("convene", world.sim.now, panel=["p-1", "p-2"]))
    with pytest.raises(RefusedError, match="member of its panel"):
        proceed(heard, event("dismiss", world.sim.now))
    with pytest.raises(RefusedError, match="what changes is in the log"):
        proceed(heard, event("uphold", world.sim.now, "p-1"))
    with pytest.raises(RefusedError, match=r"mark\.suspended is not what"):
        proceed(heard, event("uphold", world.sim.now, "p-1", entry=against.index), decided=against)
    holder = world.sim.add_key(world.body, "decider", "h-third", no=3)
    world.show()
    lifted = decided(world, world.change("mark.reinstated", uri.rpartition("/")[2], second=holder))
    assert proceed(heard, event("uphold", world.sim.now, "p-1", entry=lifted.index), decided=lifted).state == "upheld"


def test_an_appeal_alone_lifts_no_suspension() -> None:
    world, uri, against = suspended()
    appeal(world, uri, against)
    assert world.sim.state.state_of(uri) == "suspended"


# --- misuse and complaints -------------------------------------------------------------------------------------------


def test_a_misuse_is_escalated_by_an_entry_about_its_mark_that_came_later() -> None:
    world, uri, against = suspended()
    matter = begin("M-1", "misuse", uri, event("receive", world.sim.now), decided=None, limits=LIMITS)
    for step in ("triage", "notify"):
        matter = proceed(matter, event(step, world.sim.now))
    with pytest.raises(RefusedError, match="older than the matter"):
        proceed(matter, event("escalate", world.sim.now, entry=against.index), decided=against)
    other = world.announce("body.suspended", world.body.uri, {"reason": "urgent"})
    with pytest.raises(RefusedError, match="another object"):
        proceed(matter, event("escalate", world.sim.now, entry=other), decided=decided(world, other))


def test_a_late_acknowledgement_is_known_before_and_after_it() -> None:
    uri, start = mark_uri(HOST, "0" * 26), 1_800_000_000
    matter = begin("C-1", "complaint", uri, event("receive", start), decided=None, limits=LIMITS)
    due = start + LIMITS.acknowledge_days * DAY
    assert [matter.acknowledged_late(LIMITS, now=at) for at in (due, due + 1)] == [False, True]
    late = proceed(matter, event("acknowledge", due + 1))
    assert late.acknowledged_late(LIMITS, now=start)


def test_a_step_before_the_last_one_is_refused() -> None:
    uri, start = mark_uri(HOST, "0" * 26), 1_800_000_000
    matter = begin("C-1", "complaint", uri, event("receive", start), decided=None, limits=LIMITS)
    with pytest.raises(RefusedError, match="dated before"):
        proceed(matter, event("acknowledge", start - 1))


# --- the store -------------------------------------------------------------------------------------------------------


def test_what_was_stored_is_read_again_and_a_contact_can_be_erased(tmp_path: Path) -> None:
    world, uri, against = suspended()
    book, matter = Casebook(tmp_path / "casebook.db"), appeal(world, uri, against)
    filed = fold("A-1", "appeal", uri, against.people, matter.events[:1])
    book.add(filed, contact="reporter@client.example")
    book.append(matter)
    assert Casebook(tmp_path / "casebook.db").get("A-1") == matter
    assert (tmp_path / "casebook.db").stat().st_mode & 0o777 == 0o600
    assert book.contact("A-1") == "reporter@client.example"
    book.erase_contact("A-1")
    assert (book.contact("A-1"), book.all()) == (None, [matter])
    assert b"reporter@client.example" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_of_two_steps_at_once_one_is_told_to_look_again(tmp_path: Path) -> None:
    uri, start = mark_uri(HOST, "0" * 26), 1_800_000_000
    book = Casebook(tmp_path / "casebook.db")
    matter = begin("C-1", "complaint", uri, event("receive", start), decided=None, limits=LIMITS)
    book.add(matter, contact=None)
    book.append(proceed(matter, event("acknowledge", start)))
    with pytest.raises(ConflictError):
        book.append(proceed(matter, event("acknowledge", start + 1)))
    with pytest.raises(NotFoundError):
        book.get("C-2")
