"""The tour keeps its promises, and a difference that somebody planted ends it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from registry.data_folder import DataFolder
from registry.desk.operator_desk import Accreditation
from registry.household.household import Household
from registry.scenario import cast
from registry.scenario.outcome import pin_root
from registry.scenario.served import found, household, served_stage
from registry.scenario.story import Story
from registry.scenario.tour.act import Act, Ground
from registry.scenario.tour.command import ACTS
from registry.scenario.tour.operator_act import designate
from registry.scenario.tour.pictures import LACKING, Pictures
from registry.settings import read_settings
from verifier.errors import ProofError

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 300
"""Seconds that the whole tour may take on two processors of their own."""


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    """A registry that runs, and nothing played on it yet."""
    data = DataFolder(tmp_path / "registry")
    found(data)
    pin_root(data)
    (tmp_path / "passphrase").write_text("of nobody but this test\n")
    with household(data, read_port=0) as running:
        yield Ground(tmp_path, data, running, Pictures(lambda text: None), lambda text: None)


def act(ground: Ground, no: int = 1) -> Act:
    made = Act(no, ACTS[no - 1][0], ground)
    made.folder.mkdir()
    return made


def bare(folder: Path) -> Act:
    """Return an act whose registry was not started."""
    running = Household(DataFolder(folder), read_settings(folder), with_witnesses=True)
    made = Act(1, "operator", Ground(folder, running.data, running, Pictures(lambda text: None), lambda text: None))
    made.folder.mkdir()
    return made


def test_what_is_seen_is_held_against_what_was_promised_and_both_are_kept(tmp_path: Path) -> None:
    one = bare(tmp_path)
    one.see("two and two", 4, 4)
    with pytest.raises(ProofError, match="act 1: three and three: promised was 7, seen was 6"):
        one.see("three and three", 6, 7)
    kept = json.loads((one.folder / "promises.json").read_text())
    assert [row["kept"] for row in kept] == [True, False]


def test_a_command_that_ends_otherwise_than_promised_ends_the_act_and_is_kept_with_its_words(tmp_path: Path) -> None:
    one = bare(tmp_path)
    with pytest.raises(ProofError, match="ended with 64, promised was 0"):
        one.run("no-such-command")
    (kept,) = one.folder.glob("*.txt")
    assert "no command" in kept.read_text()
    one.run("no-such-command", expect=64)


def test_a_tour_without_a_browser_says_so_loudly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    said: list[str] = []
    with Pictures(said.append) as pictures:
        pictures.draw("http://127.0.0.1:1", Path(), "nothing")
        assert pictures.look("http://127.0.0.1:1") == ()
    assert LACKING in said[0]


@pytest.mark.system
def test_the_first_act_ends_at_a_difference_that_was_planted(ground: Ground) -> None:
    with served_stage(ground.data, ground.running) as stage:
        desk, now = Story(stage, tell=lambda heading, detail: None).authority, stage.clock()
        other = Accreditation(
            no=cast.BODY_NO,
            role="training",
            identifier=cast.TESTER.identifier,
            name="somebody else",
            scope=(),
            begins=now - 86_400,
            ends=now + 86_400,
        )
        desk.accredit(other)
    with pytest.raises(ProofError, match=r"act 1: `shirushi registry accredit .* ended with 1, promised was 0"):
        designate(act(ground))


@pytest.mark.system
@pytest.mark.prove
def test_the_whole_tour_keeps_its_promises_in_the_promised_time(tmp_path: Path) -> None:
    root = Path(__file__).parent.parent.parent
    code = "from registry.scenario.tour.command import app; app()"
    command = [sys.executable, "-c", code, "--dir", str(tmp_path / "tour")]
    begun = time.monotonic()
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "promises kept in 6 acts" in done.stdout
    # Beside other tests it has no processors of its own.
    if "PYTEST_XDIST_WORKER" not in os.environ:
        assert time.monotonic() - begun < LONGEST
    for no, (name, _, _) in enumerate(ACTS, start=1):
        kept = json.loads((tmp_path / f"tour/{no}-{name}/promises.json").read_text())
        assert kept
        assert all(row["kept"] for row in kept), name
