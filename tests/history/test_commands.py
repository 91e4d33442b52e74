"""`shirushi history` and `shirushi upcoming` over a published folder."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from registry.scenario.simulated_plane import published
from tests.world import fork_issued
from verifier.edge.main import run
from verifier.errors import NotFoundError, ProofError, WrongUseError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    world, mark_id = fork_issued()
    world.suspend(mark_id, days=30)
    place = tmp_path_factory.mktemp("plane")
    for path, data in published(world.sim).files.items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_bytes(data)
    return place, mark_id


def call(folder: tuple[Path, str], *arguments: str) -> int:
    place, _ = folder
    return run([*arguments, "--from", str(place), "--root", str(place / "trust/1.json")])


def test_history_tells_people_and_programs_the_same(
    folder: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(folder, "history", folder[1], "--as-of", "2026-11-23", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["state"], told["incident"]["said"]["tier"]) == ("suspended", 3)
    assert call(folder, "history", folder[1], "--as-of", "2026-11-23") == 0
    shown = capsys.readouterr().out
    assert ": suspended at " in shown
    assert "decider h-decider" in shown


def test_a_day_before_everything_ends_with_1(folder: tuple[Path, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert call(folder, "history", folder[1], "--as-of", "2020-01-01") == 1
    assert ": unknown at " in capsys.readouterr().out


def test_an_object_that_the_log_never_held_is_not_found(folder: tuple[Path, str]) -> None:
    with pytest.raises(NotFoundError):
        call(folder, "history", "e/77")
    with pytest.raises(WrongUseError):
        call(folder, "history", "no such thing")


def test_upcoming_counts_what_the_clock_does_and_holds_a_limit(
    folder: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["--at", "2026-11-23"]
    assert call(folder, "upcoming", "--days", "60", *at) == 0
    assert "suspended -> withdrawn" in capsys.readouterr().out
    assert call(folder, "upcoming", "--days", "7", *at) == 0
    assert "nothing changes" in capsys.readouterr().out
    assert call(folder, "upcoming", "--days", "60", "--limit", "0", "--json", *at) == 1
    assert [one["after"] for one in json.loads(capsys.readouterr().out)["changes"]] == ["withdrawn"]


def test_a_past_that_was_changed_afterwards_is_refused(folder: tuple[Path, str], tmp_path: Path) -> None:
    place, mark_id = folder
    changed = tmp_path / "plane"
    shutil.copytree(place, changed)
    for tile in (path for path in (changed / "log/tile/entries").rglob("*") if path.is_file()):
        entries = bytearray(tile.read_bytes())
        entries[len(entries) // 2] ^= 1
        tile.write_bytes(entries)
    with pytest.raises(ProofError):
        call((changed, mark_id), "history", mark_id, "--as-of", "2026-11-23")
