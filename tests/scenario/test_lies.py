"""Every lie is caught by its named check, and by nothing when it is not told."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import pytest

from registry.scenario.lies import command
from registry.scenario.lies.outsiders import Outcome, play
from registry.scenario.lies.told import LIES, Caught, Lie
from verifier.edge.main import run
from verifier.verdict import CheckName

NAMES = [lie.name for lie in LIES]


@cache
def outcome_of(lie: Lie) -> Outcome:
    return play(lie, seed="tests")


@pytest.mark.parametrize("lie", LIES, ids=NAMES)
def test_a_lie_is_caught_by_its_named_check(lie: Lie) -> None:
    outcome = outcome_of(lie)
    assert outcome.catch is not None, outcome.found
    assert (outcome.catch.by, outcome.catch.name) == (lie.caught.by, lie.caught.name.value)


@pytest.mark.parametrize("lie", LIES, ids=NAMES)
def test_the_same_story_without_the_lie_passes_every_outsider(lie: Lie) -> None:
    assert outcome_of(lie).honest == ()


def test_there_are_ten_lies_and_each_has_a_name_of_its_own() -> None:
    assert len(set(NAMES)) == len({lie.story for lie in LIES}) == 10


def test_the_command_shows_a_table_and_ends_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lies"]) == 0
    shown = capsys.readouterr().out
    assert "10 of 10 caught; 10 of 10 honest stories pass" in shown
    assert "NOT CAUGHT" not in shown


@pytest.mark.prove
def test_the_command_tells_programs_everything_that_was_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lies", "--json", "--seed", "another"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["caught"] == 10
    assert all(one["expected"]["name"] in [found["name"] for found in one["found"]] for one in told["lies"])


def test_a_lie_that_nobody_catches_ends_the_command_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    harmless = replace(LIES[2], story=lambda world, *, lying: LIES[2].story(world, lying=False))
    monkeypatch.setattr(command, "LIES", (*LIES[:2], harmless))
    assert run(["lies"]) == 1
    assert "NOT CAUGHT" in capsys.readouterr().out


def test_a_check_that_also_finds_honesty_catches_nothing() -> None:
    blamed = replace(LIES[2], story=lambda world, *, lying: LIES[2].story(world, lying=True))
    assert not play(blamed, seed="tests").is_caught


def test_the_how_to_names_what_catches_each_lie(request: pytest.FixtureRequest) -> None:
    page = (request.config.rootpath / "docs/how-to/see-a-registry-lie.md").read_text("utf-8")
    assert [lie.name for lie in LIES if f"`{lie.caught.name.value}`" not in page] == []


def test_a_check_that_could_not_be_made_catches_nothing() -> None:
    in_advance = replace(LIES[3], caught=Caught("verify", CheckName.DATING))
    outcome = play(in_advance, seed="tests")
    assert "dating could not be made" in [found.name for found in outcome.found if found.by == "verify"]
    assert not outcome.is_caught
