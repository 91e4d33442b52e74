"""Requests: inform, urge, check. What is asked has a reason, a date and somebody to talk to about the cost."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.check.conftest import Desk
from verifier.edge.i18n import translator
from verifier.edge.main import run
from verifier.edge.request.calendar_file import Day, calendar_file
from verifier.edge.request.request_text import request_letter
from verifier.errors import MarkError, WrongUseError
from verifier.level_request import parse_request, pressing_words, suggested_level

CLIENT = "0188-5010001067883=見本商事株式会社"
NEED = "図面と試験データの取扱いをお願いしているため"


def new(out: Path, supplier: str, *more: str, tier: str = "jp.meti.scs/3", by: str = "2099-10-01") -> int:
    """Write a request."""
    told = ["--client", CLIENT, "--supplier", supplier, "--tier", tier, "--need", NEED, "--by", by]
    return run(["request", "new", *told, "--cost-contact", "購買部 03-0000-0000", "--out", str(out), *more])


def identifier_with(desk: Desk, verdict: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Return an identifier of the list that has this verdict."""
    desk.run("check", "--json", "--at", desk.at)
    rows = json.loads(capsys.readouterr().out)["rows"]
    return str(next(row["identifiers"][0] for row in rows if row["verdict"] == verdict and row.get("identifiers")))


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_letter_asks_with_reasons_and_never_says_must(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: str
) -> None:
    because = [part for one in ("confidential", "outage", "access") for part in ("--because", one)]
    assert new(tmp_path / "r.json", "0188-7000012050002=見本工業", *because, "--lang", lang, tier="jp.meti.scs/4") == 0
    letter = capsys.readouterr().out
    assert NEED in letter
    assert "購買部" in letter
    assert letter.count("\n  - ") == 3
    forbidden = r"必須|義務|しなければ|強制|mandatory|must|require|obliged|have to|認証|認定"
    assert re.findall(forbidden, letter, re.IGNORECASE) == []


def test_what_nothing_calls_for_is_not_asked(tmp_path: Path) -> None:
    with pytest.raises(WrongUseError, match="without one of the reasons"):
        new(tmp_path / "r.json", "0188-7000012050002=見本工業", tier="jp.meti.scs/4")
    assert not (tmp_path / "r.json").exists()
    assert new(tmp_path / "r.json", "0188-7000012050002=見本工業") == 0
    assert (suggested_level(()), suggested_level(("outage",))) == (3, 4)


@pytest.mark.parametrize("typed", ["7000012050002", "T7000012050002", "T7-0000-1205-0002", "0188-7000012050002"])
def test_a_number_is_taken_as_people_write_it_and_kept_in_its_one_form(tmp_path: Path, typed: str) -> None:
    assert new(tmp_path / "r.json", f"{typed}=見本工業") == 0
    assert parse_request((tmp_path / "r.json").read_bytes()).supplier.identifier == "0188-7000012050002"


def test_what_is_no_number_is_refused_with_how_to_write_one(tmp_path: Path) -> None:
    with pytest.raises(WrongUseError, match="--supplier") as told:
        new(tmp_path / "r.json", "12345=見本工業")
    assert "0188-" in told.value.hint


@pytest.mark.parametrize(
    ("supplier", "more", "rule"),
    [
        ("0188-7000012050003=x", (), "check digit|identifier"),
        ("7000012050002", (), "IDENTIFIER=NAME"),
        ("0188-7000012050002=x", ("--because", "fashion"), "reasons"),
        ("0188-7000012050002=x", ("--by", "2020-01-01"), "ahead"),
        ("0188-7000012050002=x", ("--tier", "★4"), "tier"),
        ("0188-7000012050002=x", ("--cost-contact", ""), "cost_contact"),
        ("0188-7000012050002=x", ("--need", "so"), "need"),
    ],
)
def test_a_request_that_lacks_something_is_refused_with_its_member(
    tmp_path: Path, supplier: str, more: tuple[str, ...], rule: str
) -> None:
    with pytest.raises(WrongUseError) as told:
        new(tmp_path / "r.json", supplier, *more)
    assert re.search(rule, f"{told.value.message} {told.value.hint}"), told.value


def test_names_cannot_steer_the_reader(tmp_path: Path) -> None:
    new(tmp_path / "r.json", "0188-7000012050002=\u202e工業")
    letter = request_letter(parse_request((tmp_path / "r.json").read_bytes()), translator("en"))
    assert not any(unicodedata.category(one) == "Cf" for one in letter)


def test_the_supplier_answers_and_the_client_sees_asked_said_held_and_the_gap(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "requests"
    folder.mkdir()
    good, none = (identifier_with(desk, verdict, capsys) for verdict in ("meets", "not_found"))
    new(folder / "1.json", f"{good}=ある会社")
    new(folder / "2.json", f"{none}=ない会社", "--because", "access", tier="jp.meti.scs/4")
    answer = ["request", "answer", str(folder / "2.json"), "--out", str(folder / "2-answer.json")]
    assert run([*answer, "--says", "proposes_date", "--by", "2099-12-24", "--words", "部品の更新の後で"]) == 0
    capsys.readouterr()
    copy = ["--directory", str(desk.path("copy"))]
    assert run(["request", "status", str(folder), *copy, "--json"]) == 1
    rows = json.loads(capsys.readouterr().out)
    assert [(one["verdict"], one["by"]) for one in rows] == [("meets", "2099-10-01"), ("not_found", "2099-12-24")]
    assert (rows[0]["gap"], len(rows[1]["gap"]) > 40) == ([], True)
    assert run(["request", "status", str(folder), *copy]) == 1
    assert "部品の更新の後で" in capsys.readouterr().out
    out = tmp_path / "dates.ics"
    assert run(["request", "calendar", str(folder), *copy, "--out", str(out)]) == 0
    calendar = out.read_bytes().decode().replace("\r\n ", "")
    assert calendar.count("BEGIN:VEVENT") == 2
    assert "DTSTART;VALUE=DATE:20991224" in calendar


def test_an_answer_to_a_request_that_was_changed_since_counts_for_nothing(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new(tmp_path / "1.json", "0188-7000012050002=見本工業")
    run(["request", "answer", str(tmp_path / "1.json"), "--says", "accepts", "--out", str(tmp_path / "2.json")])
    changed = json.loads((tmp_path / "1.json").read_bytes())
    (tmp_path / "1.json").write_text(json.dumps({**changed, "by": "2098-01-01"}), "utf-8")
    capsys.readouterr()
    assert run(["request", "status", str(tmp_path), "--directory", str(desk.path("copy")), "--lang", "en"]) == 1
    out, err = capsys.readouterr()
    assert "No answer so far." in out
    assert "2.json: an answer is about a request that is not here, or that was changed since" in err


def test_a_folder_without_requests_and_a_broken_file_are_told(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(WrongUseError, match="holds no request"):
        run(["request", "status", str(tmp_path), "--directory", str(desk.path("copy"))])
    (tmp_path / "x.json").write_text("{", "utf-8")
    with pytest.raises(WrongUseError, match=r"x\.json"):
        run(["request", "status", str(tmp_path), "--directory", str(desk.path("copy"))])
    with pytest.raises(MarkError):
        parse_request(b'{"v":1}')


def test_a_stray_file_beside_requests_is_named_and_ends_nothing(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new(tmp_path / "1.json", "0188-7000012050002=見本工業")
    (tmp_path / "package.json").write_text("{", "utf-8")
    capsys.readouterr()
    assert run(["request", "status", str(tmp_path), "--directory", str(desk.path("copy")), "--lang", "en"]) == 1
    out, err = capsys.readouterr()
    assert "81 criteria" in out
    assert "left out: " in err
    assert "package.json" in err


@pytest.mark.parametrize("tier", ["jp.meti.scs/9", "jp.ipa.jc-star/8"])
def test_a_level_that_nobody_could_hold_is_not_asked(tmp_path: Path, tier: str) -> None:
    with pytest.raises(WrongUseError, match="tier"):
        new(tmp_path / "r.json", "0188-7000012050002=見本工業", "--because", "outage", tier=tier)
    assert not (tmp_path / "r.json").exists()


@pytest.mark.parametrize(
    ("need", "words"),
    [
        ("取得が義務です。取得しない場合は取引を停止します", ("義務", "しない場合", "取引を停止")),
        ("This is mandatory, or else we terminate the contract.", ("mandatory", "or else", "terminate")),
        (NEED, ()),
        ("You handle our drawings and test data.", ()),
    ],
)
def test_words_of_an_order_in_the_need_are_named_and_the_need_stays(need: str, words: tuple[str, ...]) -> None:
    assert pressing_words(need) == words


def test_whoever_writes_an_order_is_told_what_a_request_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    need = "取得が義務です。対応してください"
    told = ["--client", CLIENT, "--supplier", "0188-7000012050002=見本工業", "--tier", "jp.meti.scs/3"]
    told += ["--need", need, "--by", "2099-10-01", "--cost-contact", "購買部", "--out", str(tmp_path / "r.json")]
    assert run(["request", "new", *told]) == 0
    out, err = capsys.readouterr()
    assert need in out
    assert "「義務」" in err


def test_an_answer_with_a_date_says_which_and_one_without_has_none(tmp_path: Path) -> None:
    new(tmp_path / "1.json", "0188-7000012050002=見本工業")
    told = ["request", "answer", str(tmp_path / "1.json"), "--out", str(tmp_path / "2.json")]
    with pytest.raises(WrongUseError, match="--by"):
        run([*told, "--says", "proposes_date"])
    with pytest.raises(WrongUseError, match="leave it out"):
        run([*told, "--says", "accepts", "--by", "2099-12-24"])


def test_a_calendar_has_short_lines_whole_days_and_escaped_words() -> None:
    first = date(2027, 3, 31)
    days = [Day(first + timedelta(days=n), f"会社{n}; 期日, その\\{n}" * 8, "一行\n二行", 60) for n in range(3)]
    made = calendar_file(days, host="shirushi.example", now=1_795_305_600)
    lines = made.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert all(line.decode() is not None for line in lines)
    whole = made.decode().replace("\r\n ", "")
    assert "DTEND;VALUE=DATE:20270401" in whole
    assert "\\;" in whole
    assert "一行\\n二行" in whole
    assert made == calendar_file(days, host="shirushi.example", now=1_795_305_600)
