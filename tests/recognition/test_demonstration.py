"""The worked case: Cyber Essentials against three stars gives 19 full, 19 partial, 43 none, and an honest no."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from recognition import demonstration, shipped
from recognition.commands import app
from recognition.decide import decide
from recognition.decision import Decision, Verdict
from recognition.demonstration import demonstration_decision, draft_agreement, draft_question, stated_certificate
from recognition.home import home_criteria
from recognition.timeline import Event
from tests.recognition.worlds import DAY
from verifier.dates import parse_instant
from verifier.errors import NotFoundError, WrongUseError
from verifier.tier import Tier

NOW = parse_instant("2026-11-22T12:00:00Z", zone="UTC")
CE = "uk.ncsc.cyber-essentials"


def failing(decision: Decision) -> set[str]:
    return {gate.code for gate in decision.asked.gates if gate.outcome == "failed"}


def signed_decision(level: str, *, max_supplement: int) -> Decision:
    """Return the decision that a signed agreement would give on an authenticated certificate of version 3.1."""
    scheme = shipped.load_scheme(CE)
    issued = parse_instant("2025-09-01", zone=scheme.head.zone)
    as_of = issued + 30 * DAY
    stated = stated_certificate(scheme, level=level, issued=issued, version="3.1")
    genuine = stated.model_copy(update={"evidence": "authenticated", "status": "valid"})
    start = Event(effective_from=issued - DAY, recorded_at=issued - DAY, status="in_force")
    question = draft_question(genuine, target=demonstration.TARGET, as_of=as_of)
    signed = draft_agreement().model_copy(update={"timeline": (start,), "max_supplement": max_supplement})
    return decide(type(question)(**{**vars(question), "agreement": signed}))


@pytest.mark.parametrize("level", ["basic", "plus"])
def test_the_draft_mapping_covers_19_fully_19_partly_and_43_not_at_all(level: str) -> None:
    decision = demonstration_decision(level, NOW)
    assert decision.asked.counts == {"full": 19, "partial": 19, "none": 43}
    assert len(decision.asked.gaps) == 62
    full = {cover.criterion for cover in decision.asked.covers} - set(decision.asked.gaps)
    assert {criterion[0] for criterion in full} == {"4"}


def test_with_everything_signed_plus_lacks_only_criteria_and_basic_lacks_an_expert_too() -> None:
    assert failing(signed_decision("plus", max_supplement=20)) == {"coverage"}
    assert failing(signed_decision("basic", max_supplement=20)) == {"coverage", "assurance"}


def test_only_an_agreement_that_visibly_allows_62_supplements_makes_it_a_condition() -> None:
    assert signed_decision("plus", max_supplement=61).verdict is Verdict.NOT_RECOGNISED
    assert signed_decision("plus", max_supplement=62).verdict is Verdict.CONDITIONAL
    assert signed_decision("basic", max_supplement=62).verdict is Verdict.NOT_RECOGNISED


@pytest.mark.parametrize(("level", "assurance"), [("basic", {"assurance"}), ("plus", set())])
def test_the_demonstration_says_no_with_every_reason(level: str, assurance: set[str]) -> None:
    decision = demonstration_decision(level, NOW)
    assert decision.verdict is Verdict.NOT_RECOGNISED
    assert decision.recognised is None
    assert failing(decision) == {"agreement_in_force", "mappings_fit", "coverage"} | assurance


def test_the_demonstration_is_watermarked_in_both_languages() -> None:
    watermarks = demonstration_decision("plus", NOW).watermarks
    assert len(watermarks) == 2
    assert all("Draft, demonstration" in words.en and "草案・デモ用" in words.ja for words in watermarks)


def test_four_stars_are_not_decided_on_the_81_criteria_that_are_known() -> None:
    stated = stated_certificate(shipped.load_scheme(CE), level="plus", issued=NOW - DAY)
    decision = decide(draft_question(stated, target=Tier("jp.meti.scs", 4), as_of=NOW))
    outcomes = {gate.code: gate.outcome for gate in decision.asked.gates}
    assert (outcomes["criteria_known"], outcomes["level_cap"]) == ("undecided", "failed")


def test_no_recognition_lasts_longer_than_a_mark_of_the_tier() -> None:
    assert [tier.max_days for tier in home_criteria(demonstration.demonstration_pack()).tiers] == [365, 1095]


DECIDE = ["decide", "--scheme", CE, "--level", "basic", "--issued", "2026-06-01", "--at", "2026-11-22"]


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "200"})


def test_the_command_prints_the_honest_answer_and_ends_with_1() -> None:
    result = run(*DECIDE)
    assert result.exit_code == 1
    for expected in (
        "Draft, demonstration",
        "草案・デモ用",
        "Not recognised",
        "19 full, 19 partial, 43 none",
        "Gaps: 62",
    ):
        assert expected in result.stdout
    assert "No agreement is in force" in result.stdout


def test_the_command_writes_the_same_as_json() -> None:
    result = run(
        *DECIDE, "--json", "--holder", "uk-01234567", "--expires", "2027-05-01", "--target-tier", "jp.meti.scs/3"
    )
    answer = json.loads(result.stdout)
    assert (result.exit_code, answer["verdict"], answer["recognised"], answer["until"]) == (
        1,
        "not_recognised",
        None,
        None,
    )
    assert answer["counts"] == {"full": 19, "partial": 19, "none": 43}
    assert len(answer["gaps"]) == 62
    assert len(answer["watermarks"]) == 2
    assert {"id": "7-1-1-1", "cover": "none"}.items() <= answer["gaps"][-1].items()
    assert answer["gaps"][-1]["label"]["ja"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--level", "gold"],
        ["--issued", "yesterday"],
        ["--issued", "0001-01-01"],
        ["--issued", "9999-12-31"],
        ["--at", "1969-12-31"],
        ["--expires", "2026-05-31"],
        ["--version", "../3.1"],
        ["--holder", "0188-1"],
        ["--target-tier", "5"],
        ["--target-tier", "three"],
        ["--target-tier", "jp.ipa.jc-star/3"],
    ],
)
def test_wrong_use_of_the_command_is_wrong_use(arguments: list[str]) -> None:
    assert isinstance(run(*DECIDE, *arguments).exception, WrongUseError)


def test_a_scheme_outside_the_catalogue_could_not_be_found_out() -> None:
    assert isinstance(run(*DECIDE, "--scheme", "xx.unknown").exception, NotFoundError)


def test_the_linter_command_passes_the_shipped_mapping_and_refuses_a_broken_copy(tmp_path: Path) -> None:
    folder = Path(shipped.__file__).parent / "catalogue" / "mappings"
    result = run("lint", str(folder / "ce-to-scs3-draft.csv"))
    assert (result.exit_code, "43 of 81 targets are not mapped" in result.stdout) == (0, True)
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes().replace(b"4-1-1-3,equivalent-to", b"4-1-1-3,banana"))
    broken = run("lint", str(tmp_path / "ce-to-scs3-draft.toml"))
    assert broken.exit_code == 1
    assert "ce-to-scs3-draft.csv, row 4: error: relation_unknown: unknown relation 'banana'" in broken.stdout


def test_the_linter_command_needs_both_files(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_bytes(b"")
    assert isinstance(run("lint", str(tmp_path / "m.csv")).exception, WrongUseError)
    (tmp_path / "m.toml").write_bytes(b"id = 1")
    result = run("lint", str(tmp_path / "m.csv"))
    assert (result.exit_code, "m.toml, row 1: error: member_value" in result.stdout) == (1, True)
