"""`shirushi registry matter` over a registry that was really played."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from registry.casebook.commands import decided_at
from registry.scenario import cast
from registry.scenario.one_process import one_process
from registry.scenario.story import Story
from verifier.edge.main import run
from verifier.errors import NotFoundError, RefusedError, WrongUseError
from verifier.names import mark_uri

START = 1_795_305_600


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, int]:
    folder = tmp_path_factory.mktemp("matters")
    with one_process(folder, seed="matters", start=START) as world:
        marks = Story(world.stage, tell=lambda heading, detail: None).play(folder / "marks")
    issued = marks[0].issued
    return folder, mark_uri(cast.HOST, issued.mark_id), issued.index


def test_a_complaint_from_its_receipt_to_its_end(
    played: tuple[Path, str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, uri, _ = played
    where = ["--dir", str(folder)]
    opened = ["registry", "matter", "open", "complaint", uri, *where, "--by", "op-1"]
    assert run([*opened, "--contact", "a@b.example"]) == 0
    matter = capsys.readouterr().out.split()[0]
    for step in ("acknowledge", "investigate", "dismiss", "close"):
        assert run(["registry", "matter", "step", matter, step, *where, "--by", "op-2", "--note", "見た"]) == 0
    capsys.readouterr()
    assert run(["registry", "matter", "show", matter, *where, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["state"], shown["contact"], len(shown["events"])) == ("closed", "a@b.example", 5)
    assert run(["registry", "matter", "forget-reporter", matter, *where]) == 0
    assert run(["registry", "matter", "list", *where]) == 0
    assert matter in capsys.readouterr().out
    with pytest.raises(RefusedError, match="closed"):
        run(["registry", "matter", "step", matter, "dismiss", *where, "--by", "op-2"])


def test_an_appeal_is_against_an_entry_that_is_there(played: tuple[Path, str, int]) -> None:
    folder, uri, _ = played
    where = ["--dir", str(folder)]
    # The story is dated by its own clock; an appeal within the limit is tested in test_matter.py.
    with pytest.raises(NotFoundError, match="no entry 9999"):
        run(["registry", "matter", "open", "appeal", uri, *where, "--by", "op-1", "--entry", "9999"])
    with pytest.raises(RefusedError, match="against a decision"):
        run(["registry", "matter", "open", "appeal", uri, *where, "--by", "op-1"])


def test_who_took_part_is_read_from_the_log(played: tuple[Path, str, int]) -> None:
    folder, _, index = played
    decided = decided_at(folder, index)
    assert decided is not None
    assert decided.people == {cast.PLACES["assessor"].holder, cast.PLACES["decider"].holder}


def test_what_is_no_matter_is_told(played: tuple[Path, str, int]) -> None:
    folder, uri, _ = played
    with pytest.raises(WrongUseError, match="no kind"):
        run(["registry", "matter", "open", "grudge", uri, "--dir", str(folder), "--by", "op-1"])
    with pytest.raises(WrongUseError, match="no step"):
        run(["registry", "matter", "step", "C-1", "forgive", "--dir", str(folder), "--by", "op-1"])
