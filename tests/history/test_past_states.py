"""What an object was on a day, as known on another, comes out of the published log alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from registry.scenario.simulated_log import HOST
from registry.scenario.simulated_plane import published
from registry.scenario.simulator import DAY
from tests.world import World, fork, fork_issued
from verifier.audit.past import PublishedPast
from verifier.edge.command.history_command import object_uri
from verifier.edge.history_answer import answer_of, moment_of
from verifier.errors import NotFoundError, ProofError, WrongUseError
from verifier.names import key_uri, mark_uri, parse_name
from verifier.replay.history import Moment, fold_object, state_at
from verifier.replay.upcoming import Transition, upcoming

if TYPE_CHECKING:
    from collections.abc import Callable


def silent(done: int, total: int) -> None:
    """Show no progress."""


def past_of(world: World) -> PublishedPast:
    plane = published(world.sim)
    return PublishedPast(plane, world.pinned, silent, plane)


def asked(world: World, uri: str, at: int, size: int | None = None) -> dict[str, Any]:
    past = past_of(world)
    return answer_of(uri, Moment(at, past.folded.size if size is None else size), past)


# --- a mark's life ---------------------------------------------------------------------------------------------------


def lived() -> tuple[World, str, dict[str, int]]:
    """Return a world with a mark that was suspended, reinstated and cancelled, and a time in each state."""
    world, mark_id = fork_issued()
    holder = world.sim.add_key(world.body, "decider", "h-third", no=3)
    world.show()
    times = {"active": world.sim.now}
    steps: list[tuple[str, Callable[[], object]]] = [
        ("suspended", lambda: world.suspend(mark_id)),
        ("active again", lambda: world.change("mark.reinstated", mark_id, second=holder)),
        ("cancelled", lambda: world.change("mark.cancelled", mark_id)),
    ]
    for name, step in steps:
        world.sim.now += DAY
        world.show()
        step()
        times[name] = world.sim.now
    return world, mark_uri(HOST, mark_id), times


def test_each_state_is_found_on_its_day() -> None:
    world, uri, times = lived()
    past = past_of(world)
    found = {
        name: state_at(past.entries(uri), Moment(at, past.folded.size), past.covered_at).state
        for name, at in times.items()
    }
    assert found == {name: name.split()[0] for name in times}


def test_before_its_first_entry_nothing_was_in_effect() -> None:
    world, uri, _ = lived()
    issued = past_of(world).entries(uri)[0].statement.iat
    assert asked(world, uri, issued - 10 * DAY)["state"] == "unknown"
    with pytest.raises(NotFoundError, match="nothing was known"):
        asked(world, uri, world.sim.now, size=1)
    with pytest.raises(NotFoundError, match="nothing was known"):
        asked(world, mark_uri(HOST, "0" * 26), world.sim.now)


def test_what_was_known_earlier_does_not_change_by_what_came_later() -> None:
    world, uri, times = lived()
    suspended = past_of(world).entries(uri)[1].index
    before = asked(world, uri, times["cancelled"], size=suspended)
    assert (before["state"], before["entry"]) == ("active", past_of(world).entries(uri)[0].index)


def test_the_state_at_every_past_size_is_the_one_that_the_log_had_then() -> None:
    world, _ = fork_issued()
    recorded: dict[tuple[str, int], str] = {}
    holder = world.sim.add_key(world.body, "decider", "h-third", no=3)
    second = world.issue(idx=8, identifier="0188-7000012050002", name="別会社")
    for step in (
        lambda: world.suspend(second),
        lambda: world.change("mark.reinstated", second, second=holder),
        lambda: world.announce("body.suspended", world.body.uri, {"reason": "urgent"}),
        lambda: world.announce("body.reinstated", world.body.uri),
        lambda: world.change("mark.withdrawn", second, {"reason": "cause"}, second=holder),
    ):
        step()
        size = len(world.sim.entries)
        recorded |= {(uri, size): head.state for uri, head in world.sim.state.heads.items()}
    past = past_of(world)
    for (uri, size), state in recorded.items():
        entries = [entry for entry in past.entries(uri) if entry.index < size]
        assert fold_object(entries).state == state, (uri, size)


# --- what reaches back -----------------------------------------------------------------------------------------------


def test_an_annulment_reaches_back_once_it_is_known() -> None:
    world, mark_id = fork_issued()
    uri, day = mark_uri(HOST, mark_id), world.sim.now
    world.sim.now += 30 * DAY
    world.show()
    index = world.announce("mark.annulled", uri, {"reason": "cause"})
    assert (asked(world, uri, day)["state"], asked(world, uri, day, size=index)["state"]) == ("annulled", "active")
    assert asked(world, uri, day)["changed_by_later_entry"] == index


def test_a_cut_off_makes_a_key_void_from_its_place_on_and_leaves_what_was_known_before() -> None:
    world = fork()
    uri, early = key_uri(HOST, world.body.keys["decider"].kid), world.sim.now
    world.sim.now += DAY
    world.show()
    cutoff, late = len(world.sim.entries), world.sim.now
    mark_id = world.issue()
    world.sim.now += DAY
    world.show()
    index = world.announce("key.revoked", uri, {"reason": "compromised", "cutoff_index": cutoff})
    assert asked(world, uri, early - 1)["state"] in ("unknown", "active")
    assert asked(world, uri, late + 60)["state"] == "void"
    assert asked(world, uri, late + 60, size=index)["state"] == "active"
    incident = asked(world, mark_uri(HOST, mark_id), world.sim.now)["incident"]
    assert incident["void"]
    assert not asked(world, mark_uri(HOST, mark_id), world.sim.now, size=index)["incident"]["void"]


# --- who decided -----------------------------------------------------------------------------------------------------


def test_an_incident_names_who_decided_and_in_what_standing() -> None:
    world, mark_id = fork_issued()
    world.sim.now += DAY
    world.show()
    world.announce("body.suspended", world.body.uri, {"reason": "urgent"})
    incident = asked(world, mark_uri(HOST, mark_id), world.sim.now)["incident"]
    (issued,) = incident["decisions"]
    assert [(one["role"], one["holder"]) for one in issued["persons"]] == [
        ("decider", "h-decider"),
        ("assessor", "h-assessor"),
    ]
    assert (issued["body"]["state"], issued["body"]["is_in_scope"], issued["body"]["is_in_window"]) == (
        "active",
        True,
        True,
    )
    assert incident["issuer"]["state"] == "suspended"
    assert incident["said"]["tier"] == 3


# --- questions -------------------------------------------------------------------------------------------------------


def test_a_day_of_knowledge_is_the_entries_that_witnesses_had_seen() -> None:
    world, uri, times = lived()
    past = past_of(world)
    sizes = [moment_of(past, as_of=None, known_at=str(at), now=1).size for at in (1, past.folded.size)]
    assert sizes == [1, past.folded.size]
    with pytest.raises(WrongUseError, match="entries, not"):
        moment_of(past, as_of=None, known_at=str(past.folded.size + 1), now=1)
    covered = [past.covered_at(index) for index in range(past.folded.size)]
    assert covered == sorted(one for one in covered if one is not None)
    assert times["cancelled"] >= (covered[-1] or 0)
    assert parse_name(uri).kind == "m"


@pytest.mark.parametrize("name", ["e/1001", "E/1", "", "m/short", "https://elsewhere", "t/1", "0188-123"])
def test_what_no_log_can_hold_is_wrong_use(name: str) -> None:
    if name == "e/1001":
        assert object_uri(name, HOST) == f"https://{HOST}/e/1001"
        return
    with pytest.raises(WrongUseError):
        object_uri(name, HOST)


def test_a_log_whose_entries_were_changed_answers_nothing() -> None:
    world, _ = fork_issued()
    world.sim.entries[3] = world.sim.entries[4]
    with pytest.raises(ProofError, match="not those of the latest checkpoint"):
        past_of(world)


# --- what the clock will do ------------------------------------------------------------------------------------------


def ahead(world: World, days: int) -> list[Transition]:
    past = past_of(world)
    now = world.sim.now
    return upcoming(past.folded.state, now=now, until=now + days * DAY, duty_of=past.duty)


def test_the_clock_ends_a_suspension_and_a_term_once_each_in_order() -> None:
    world, mark_id = fork_issued()
    second = world.issue(idx=8, identifier="0188-7000012050002", name="別会社")
    world.suspend(second, days=30)
    marks = [one for one in ahead(world, 500) if "/m/" in one.object]
    assert [(one.object, one.before, one.after) for one in marks] == [
        (mark_uri(HOST, second), "suspended", "withdrawn"),
        (mark_uri(HOST, mark_id), "active", "expired"),
    ]
    assert ahead(world, 29) == []
    assert [one.after for one in ahead(world, 31)] == ["withdrawn"]


def test_an_accreditation_that_ends_is_told() -> None:
    world = fork()
    lapsing = [(one.object, one.after) for one in ahead(world, 1100)]
    assert (world.body.uri, "lapsed") in lapsing
