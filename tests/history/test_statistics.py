"""Statistics come out of the log alone, by the clock of the instant that they are for, and add up."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from registry.scenario.simulated_plane import published
from registry.scenario.simulator import DAY, OTHER_HOLDER
from tests.world import World, fork_issued
from verifier.audit.past import PublishedPast
from verifier.edge.main import run
from verifier.replay.counts import Statistics, entry_row, statistics

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def world() -> World:
    """A registry with two marks, one of them suspended for thirty days."""
    world, first = fork_issued()
    world.issue(world.prepare(identifier=OTHER_HOLDER, idx=9))
    world.suspend(first, days=30)
    return world


def counted(world: World, *, at: int) -> Statistics:
    plane = published(world.sim)
    past = PublishedPast(plane, world.pinned, lambda done, total: None, plane)
    state = past.folded.state
    said = Counter(entry_row(entry.statement, past.zone) for uri in state.heads for entry in past.entries(uri))
    return statistics(state, said, at=at, zone=past.zone)


def test_marks_are_counted_by_the_clock_of_the_instant(world: World) -> None:
    now = world.sim.now
    tier = ("jp.meti.scs", "3")
    assert counted(world, at=now).marks == {(*tier, "active"): 1, (*tier, "suspended"): 1}
    assert counted(world, at=now + 31 * DAY).marks == {(*tier, "active"): 1, (*tier, "withdrawn"): 1}
    assert counted(world, at=now + 800 * DAY).marks == {(*tier, "expired"): 1, (*tier, "withdrawn"): 1}


def test_a_holder_is_counted_while_a_mark_of_its_own_is_active(world: World) -> None:
    now = world.sim.now
    assert counted(world, at=now).holders == {("jp.meti.scs", "3"): 1}
    assert counted(world, at=now + 800 * DAY).holders == {}


def test_every_entry_is_counted_once_and_bodies_by_role(world: World) -> None:
    found = counted(world, at=world.sim.now)
    assert sum(found.entries.values()) == found.size
    assert sum(number for (type_, _), number in found.entries.items() if type_ == "mark.issued") == 2
    assert found.bodies[("evaluation", "active")] >= 1


def test_whoever_has_the_published_folder_counts_the_same(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path, data in published(world.sim).files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    asked = ["log", "statistics", str(tmp_path), "--root", str(tmp_path / "trust/1.json"), "--at", "2026-11-23"]
    assert run([*asked, "--json"]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    own = counted(world, at=told["at"])
    assert {name: value for name, value in told.items() if name != "host"} == own.members()
    assert run(asked) == 0
    shown = capsys.readouterr().out
    assert f"the first {own.size} entries, as of 2026-11-22T15:00:00Z" in shown
