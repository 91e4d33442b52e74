"""Programmes: the buyer's policy file and a date say who is eligible, with the same judge, reasons and receipt."""

from __future__ import annotations

import errno
import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from registry.reading.judging import organisation_listed
from tests.check.conftest import Desk
from tests.world import World
from verifier.check.outcome import SATISFIED
from verifier.dates import day_start, utc_text
from verifier.edge.command.programme_command import load_programme
from verifier.edge.i18n import translator
from verifier.edge.main import run
from verifier.edge.page.listing_pages import Answered
from verifier.edge.page.mark_page import mark_page
from verifier.edge.page.programme_view import eligible_programmes
from verifier.errors import MalformedError, NotFoundError, WrongUseError
from verifier.programme import HEAD, POLICY, Programme, find_programme, parse_programme, shipped_programmes, unmet

HEADING = """version = 1
id = "city.tender-7"
kind = "tender"
opens = 2027-05-10
closes = 2027-05-31
{more}
[title]
ja = "入札"
en = "Tender"
[offered_by]
ja = "市"
en = "City"
"""
DEMAND = 'version = 1\ntier = "jp.meti.scs/3"\n'


def folder(place: Path, *, policy: str = DEMAND, more: str = "") -> Path:
    """Write a programme of one's own."""
    place.mkdir(parents=True)
    (place / HEAD).write_text(HEADING.format(more=more), "utf-8")
    (place / POLICY).write_text(policy, "utf-8")
    return place


def checked(
    desk: Desk, programme: str, capsys: pytest.CaptureFixture[str], *more: str
) -> tuple[int, dict[str, object]]:
    """Check a short list against a programme; return exit code and answer."""
    rows = (desk.path("suppliers.csv")).read_bytes().split(b"\r\n")[:40]
    desk.write("short.csv", b"\r\n".join(rows) + b"\r\n")
    places = ["--directory", str(desk.path("copy")), "--recognitions", str(desk.path("recognitions.txt"))]
    code = run(["programme", "check", programme, str(desk.path("short.csv")), *places, "--json", *more])
    return code, json.loads(capsys.readouterr().out)


def test_a_programme_answers_as_the_same_policy_file_does_but_for_tiers_that_rows_name(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = folder(tmp_path / "own", policy=desk.path("policy.toml").read_text("utf-8"), more=f"judged_on = {desk.at}")
    code, told = checked(desk, str(own), capsys)
    options = ("--json", "--at", desk.at)
    desk.run("check", *options, name="short.csv")
    listed = json.loads(capsys.readouterr().out)
    pairs = list(zip(listed.pop("rows"), told.pop("rows"), strict=True))
    assert (code, listed) == (1, told)
    # An applicant does not choose the measure: what the programme demands is asked of every row.
    (demanded,) = {theirs["wanted"] for _, theirs in pairs}
    assert [row for row, theirs in pairs if row != theirs] == [row for row, _ in pairs if row["wanted"] != demanded]


def test_a_contract_that_outlasts_the_mark_is_not_won(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    short = folder(tmp_path / "short", policy=DEMAND, more=f"judged_on = {desk.at}")
    long = folder(tmp_path / "long", policy=DEMAND + "valid_until = 2099-03-31\n", more=f"judged_on = {desk.at}")
    _, before = checked(desk, str(short), capsys)
    _, after = checked(desk, str(long), capsys)
    counts = [sum(row["verdict"] == "meets" for row in told["rows"]) for told in (before, after)]
    assert counts[0] > 0
    assert counts[1] == 0
    assert "ends_early" in json.dumps(after)


def test_the_receipt_names_the_policy_of_the_programme(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    receipt = tmp_path / "receipt.json"
    checked(desk, "example.tender", capsys, "--receipt", str(receipt), "--at", desk.at)
    assert find_programme("example.tender").requirement.sha256 in receipt.read_text("utf-8")


def test_what_is_shipped_is_illustrative_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert {one.head.kind for one in shipped_programmes()} == {"subsidy", "tender", "insurance"}
    assert all(one.head.illustrative for one in shipped_programmes())
    assert all("例示" in one.head.title.ja and "illustrative" in one.head.title.en for one in shipped_programmes())
    assert run(["programme", "list"]) == 0
    assert "example.subsidy" in capsys.readouterr().out
    assert run(["programme", "show", "example.tender"]) == 0
    assert json.loads(capsys.readouterr().out)["policy"]["tier"] == "jp.meti.scs/4"


def test_a_programme_is_open_on_its_first_and_its_last_day() -> None:
    head = find_programme("example.subsidy").head
    days = {"2027-03-31": "not_yet_open", "2027-04-01": "open", "2027-06-30": "open", "2027-07-01": "closed"}
    one = find_programme("example.subsidy")
    noon = {day: day_start(type(head.opens).fromisoformat(day), "Asia/Tokyo") + 43_200 for day in days}
    assert {day: one.state(now, "Asia/Tokyo") for day, now in noon.items()} == days


@pytest.mark.parametrize(
    ("files", "rule"),
    [
        ({}, "has no programme.toml"),
        ({HEAD: HEADING.format(more="").encode()}, "has no policy.toml"),
        ({HEAD: b"\xff", POLICY: DEMAND.encode()}, "not TOML"),
        ({HEAD: HEADING.format(more="prize = 1").encode(), POLICY: DEMAND.encode()}, "prize"),
        (
            {HEAD: HEADING.format(more="").replace("2027-05-31", "2027-05-01").encode(), POLICY: DEMAND.encode()},
            "closes",
        ),
        ({HEAD: HEADING.format(more="").encode(), POLICY: b"version = 1\n"}, "tier"),
    ],
)
def test_a_programme_that_is_wrong_is_refused_with_its_member(files: dict[str, bytes], rule: str) -> None:
    with pytest.raises(MalformedError, match=rule):
        parse_programme(files)


def test_one_that_there_is_not_is_told_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError) as told:
        find_programme("nothing")
    assert "example.tender" in told.value.hint
    (tmp_path / HEAD).write_text("x", "utf-8")
    with pytest.raises(WrongUseError):
        run(["programme", "show", str(tmp_path)])


def test_programmes_of_ones_own_are_listed_and_one_that_is_wrong_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "ours"
    place.mkdir()
    good = folder(place / "good")
    assert run(["programme", "list", str(place)]) == 0
    told = capsys.readouterr().out
    assert ("city.tender-7" in told, "example." in told) == (True, False)
    for one in (good, good / HEAD):
        assert run(["programme", "list", str(one), "--json"]) == 0
        assert [each["id"] for each in json.loads(capsys.readouterr().out)] == ["city.tender-7"]
        assert run(["programme", "show", str(one)]) == 0
        assert json.loads(capsys.readouterr().out)["id"] == "city.tender-7"
    folder(place / "wrong", policy="version = 1\n")
    assert run(["programme", "list", str(place)]) == 1
    told = capsys.readouterr()
    assert "city.tender-7" in told.out
    assert "left out: wrong: the policy file is wrong: tier: is missing" in told.err
    for nothing in (place / "wrong", place / "absent"):
        with pytest.raises(WrongUseError):
            run(["programme", "list", str(nothing)])


def test_a_place_that_cannot_be_looked_at_is_told_and_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(WrongUseError, match="File name too long"):
        load_programme("x" * 300)
    ours = tmp_path / ("deep-" * 16) / "ours"
    shut = folder(ours / "shut")
    real = os.stat

    def refused(path: Any, **asked: Any) -> os.stat_result:
        # As in a folder that may be listed and not entered.
        if ours in Path(path).parents:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path, **asked)

    monkeypatch.setattr(os, "stat", refused)
    with pytest.raises(WrongUseError, match=re.escape(f"{shut} cannot be looked at: Permission denied")):
        load_programme(str(shut))
    assert run(["programme", "list", str(shut.parent)]) == 1
    assert capsys.readouterr().err == "left out: shut: the programme cannot be read: Permission denied.\n"


OF_THE_PAGE = (
    DEMAND,
    DEMAND + "covered = false\n",
    DEMAND + 'scope = ["unit", "company"]\n',
    DEMAND + "grace_days = 10\n",
    'version = 1\ntier = "jp.meti.scs/4"\n',
    DEMAND + 'ot = "included"\n',
)


@pytest.mark.parametrize("policy", OF_THE_PAGE)
def test_the_page_of_an_organisation_tells_of_a_programme_what_its_offerer_finds(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str], policy: str
) -> None:
    own, registry = folder(tmp_path / "own", policy=policy), desk.registry
    world, holders = registry.world, [each[0] for kind, each in registry.holders.items() if kind != "recognised"]
    desk.write("short.csv", "\r\n".join(["法人番号", *(one.partition("-")[2] for one in holders)]))
    where = ["--directory", str(desk.path("copy")), "--at", utc_text(world.sim.now), "--json"]
    run(["programme", "check", str(own), str(desk.path("short.csv")), *where])
    rows = json.loads(capsys.readouterr().out)["rows"]
    at = Answered(now=world.sim.now, zone="Asia/Tokyo", environment="demonstration", size=1)
    for holder, row in zip(holders, rows, strict=True):
        listed = organisation_listed(world.sim, holder, root=world.pinned, now=world.sim.now)
        assert listed is not None
        told = eligible_programmes([load_programme(str(own))], listed, at, t=translator("en"))
        marks = [link.text for one in told for link in one.marks]
        assert marks == ([row["mark"]] if row["verdict"] in {one.value for one in SATISFIED} else []), row


def test_a_valid_mark_is_told_what_it_lacks_and_one_that_is_not_valid_meets_nothing() -> None:
    world = World("programme")
    three, four = world.issue(), world.issue(tier=4, name="株式会社サンプル電子", idx=8)
    now = world.sim.now
    tender = find_programme("example.tender")
    reasons = [one.reason for one in unmet(tender, world.verdict(three, live=True), now=now) or ()]
    assert "below_requirement" in reasons
    met = replace(tender, requirement=tender.requirement.model_copy(update={"valid_until": None}))
    assert unmet(met, world.verdict(four, live=True), now=now) == ()
    world.suspend(four)
    assert unmet(met, world.verdict(four, live=True), now=now) is None


def test_the_page_of_a_mark_lists_the_programmes_that_it_satisfies_and_no_other() -> None:
    world = World("programme-page")
    marks = world.issue(), world.issue(tier=4, name="株式会社サンプル電子", idx=8)
    shown = {mark: _programmes_on_page(world, mark) for mark in marks}
    assert shown[marks[0]] != []
    for mark in marks:
        verdict = world.verdict(mark, live=True)
        met = [one for one in shipped_programmes() if unmet(one, verdict, now=verdict.as_of) == ()]
        assert shown[mark] == [one.head.id for one in met if one.state(verdict.as_of, verdict.zone) != "closed"]
    world.suspend(marks[0])
    assert _programmes_on_page(world, marks[0]) == []


def _programmes_on_page(world: World, mark: str) -> list[str]:
    page = mark_page(
        world.verdict(mark, live=True), lang="ja", path=f"/m/{mark}", links={}, programmes=shipped_programmes()
    )
    return [one.head.id for one in shipped_programmes() if one.head.title.ja in page]


def test_the_manual_leads_to_a_programme_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    manual = (Path(__file__).parents[2] / "docs/how-to/offer-a-programme.md").read_text("utf-8")
    lines = [line.split()[1:] for line in re.findall(r"^shirushi programme (?!check).*$", manual, re.MULTILINE)]
    assert [line[1] for line in lines] == ["new", "list", "show"]
    assert [run(line) for line in lines] == [0, 0, 0]
    assert "take the line `illustrative` out" in capsys.readouterr().out
    with pytest.raises(WrongUseError, match=r"has a programme\.toml already"):
        run(lines[0])


@pytest.mark.parametrize("one", shipped_programmes(), ids=lambda one: one.head.id)
def test_a_programme_of_ones_own_begins_with_any_that_is_shipped(tmp_path: Path, one: Programme) -> None:
    run(["programme", "new", str(tmp_path / "deep/new"), "--from", one.head.id])
    assert load_programme(str(tmp_path / "deep/new")) == one


def test_a_folder_that_cannot_be_made_is_a_wrong_call(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(WrongUseError, match="cannot be written"):
        run(["programme", "new", str(tmp_path / "file/new")])
    with pytest.raises(WrongUseError, match="no programme 'unknown'") as refused:
        run(["programme", "new", str(tmp_path / "new"), "--from", "unknown"])
    assert "example.tender" in refused.value.hint
    assert not (tmp_path / "new").exists()
