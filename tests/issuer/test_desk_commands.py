"""The assessment desk on the command line: drafts, registers, exclusions, sheets, exports, the month's register."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from issuer import options
from issuer.template import read_answers
from tests.issuer.conftest import PACK
from tests.issuer.test_commands import desk, run, secrets
from verifier.edge.check.spreadsheet import read_rows
from verifier.errors import NotFoundError, RefusedError, WrongUseError

__all__ = ["desk", "secrets"]

WHO = ["--name", "株式会社サンプル精機", "--identifier", "1180301018771"]
CASE = "C-000001"


@pytest.fixture
def drafted(desk: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A desk with one draft of a group with operational technology."""
    scope = ["--scope", "group", "--covered", "5010005007126", "--ot", "included", "--summary", "グループ全社"]
    run("case", "open", "--tier", "3", *WHO, *scope, "--draft", "--desk", str(desk))
    capsys.readouterr()
    return desk


def shown(desk: Path, capsys: pytest.CaptureFixture[str], *command: str) -> str:
    capsys.readouterr()
    run(*command, "--desk", str(desk))
    return capsys.readouterr().out


def test_a_draft_says_scope_and_ot_and_what_is_left_out(drafted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    left_out = ["--kind", "device", "--what", "旧型測定器", "--because", "単独で動作"]
    run("case", "exclude", CASE, *left_out, "--desk", str(drafted))
    told = shown(drafted, capsys, "case", "show", CASE)
    assert f"{CASE} draft: 株式会社サンプル精機" in told
    assert "scope: group, OT included, covers 0188-5010005007126: グループ全社" in told
    assert "excluded 1: device 旧型測定器, because 単独で動作; not accepted" in told
    run("case", "accept-exclusion", CASE, "1", "--desk", str(drafted))
    assert "accepted by h-" in shown(drafted, capsys, "case", "show", CASE)
    run("case", "drop-exclusion", CASE, "1", "--desk", str(drafted))
    assert "excluded" not in shown(drafted, capsys, "case", "show", CASE)


def test_the_sheet_of_a_case_says_whose_it_is_and_reads_back(drafted: Path, tmp_path: Path) -> None:
    out = tmp_path / "sheet.xlsx"
    run("case", "sheet", CASE, "--out", str(out), "--desk", str(drafted))
    data = out.read_bytes()
    about = read_rows(data, filename=out.name)[0][2]
    assert "group" in about
    assert "covers 0188-5010005007126; OT included" in about
    assert len(read_answers(data, filename=out.name, pack=PACK, level=3)) == len(PACK.items_for(3))


def test_the_registers_are_kept_on_the_command_line(drafted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = ["h-7f3a", "--part", "assessor", "--tier", "3", "--until", "2099-01-01"]
    assert "row 1" in shown(drafted, capsys, "competence", "add", *row)
    assert "1 h-7f3a assessor jp.meti.scs/3" in shown(drafted, capsys, "competence", "list")
    run("case", "assign", CASE, "assessor", "h-7f3a", "--desk", str(drafted))
    assert "assigned: assessor h-7f3a" in shown(drafted, capsys, "case", "show", CASE)
    declared = ["h-7f3a", "5010005007126", "--relation", "ownership", "--since", "2020-01-01"]
    assert "row 1" in shown(drafted, capsys, "interest", "declare", *declared)
    with pytest.raises(RefusedError, match="conflict_of_interest"):
        run("case", "assign", CASE, "assessor", "h-7f3a", "--desk", str(drafted))
    run("interest", "end", "1", "--on", "2021-01-01", "--desk", str(drafted))
    assert "1 h-7f3a 0188-5010005007126 ownership 2020-01-01..2021-01-01" in shown(drafted, capsys, "interest", "list")
    run("case", "assign", CASE, "assessor", "h-7f3a", "--desk", str(drafted))
    run("competence", "end", "1", "--desk", str(drafted))
    with pytest.raises(RefusedError, match="not_competent"):
        run("case", "assign", CASE, "assessor", "h-7f3a", "--desk", str(drafted))


@pytest.mark.parametrize(
    "command",
    [
        ["case", "assign", CASE, "technical_verifier", "h-7f3a"],
        ["competence", "add", "h-1", "--part", "technical_verifier", "--tier", "4", "--until", "2099-01-01"],
        ["case", "confirm", "--by", "E-1"],
        ["case", "confirm", CASE, "--token", "x", "--by", "E-1"],
        ["case", "oath", "--token", "x"],
        ["audit-sample", "--seed", "s", "--count", "1", "--month", "November"],
        ["case", "sheet", CASE, "--out", "sheet.pdf"],
    ],
)
def test_wrong_use_is_said_before_anything_is_done(drafted: Path, command: list[str]) -> None:
    with pytest.raises(WrongUseError):
        run(*command, "--desk", str(drafted))


def test_an_unknown_token_is_refused_on_the_command_line(drafted: Path) -> None:
    with pytest.raises(RefusedError, match="gave out no such token"):
        run("case", "confirm", "--token", "A" * 43, "--by", "E-1042", "--desk", str(drafted))
    with pytest.raises(RefusedError, match="gave out no such token"):
        run("case", "oath", "--token", "A" * 43, "--officer", "役員", "--desk", str(drafted))


def test_a_case_is_exported_as_oscal(drafted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "case.json"
    run("case", "export-oscal", CASE, "--out", str(out), "--desk", str(drafted))
    assert out.stat().st_mode & 0o077 == 0
    assert json.loads(out.read_text())["assessment-results"]["metadata"]["oscal-version"] == "1.1.2"
    assert json.loads(shown(drafted, capsys, "case", "export-oscal", CASE))["assessment-results"]["results"]


def test_the_month_is_counted_shown_and_sampled(
    drafted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(options, "present", lambda: 4_000_000_000)
    month, out = ["--month", "2096-09"], tmp_path / "register.json"
    told = shown(drafted, capsys, "register-root", *month, "--out", str(out))
    data = json.loads(out.read_text())
    assert data["standing"] == {"jp.meti.scs/3": {"lapsed": 1}}
    assert data["root"] in told
    case = json.loads(shown(drafted, capsys, "register-root", *month, "--show", CASE))
    assert case["root"] == data["root"]
    sample = shown(drafted, capsys, "audit-sample", "--seed", "s", "--count", "3", *month)
    assert f"1 cases, root {data['root']}" in sample
    assert "seed s: 0 drawn" in sample
    with pytest.raises(NotFoundError):
        run("register-root", *month, "--show", "C-000009", "--desk", str(drafted))


def test_an_overdue_draft_is_listed_as_lapsed_and_lapses_for_the_file(
    drafted: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "draft" in shown(drafted, capsys, "case", "list")
    assert shown(drafted, capsys, "case", "lapse") == ""
    monkeypatch.setattr(options, "present", lambda: 4_000_000_000)
    assert f"{CASE} lapsed" in shown(drafted, capsys, "case", "lapse")
    assert "lapsed" in shown(drafted, capsys, "case", "list")


def test_a_sole_proprietor_is_drafted_with_a_number_and_the_name_is_erased(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    person = ["--name", "架空 太郎", "--summary", "全事業", "--sole-proprietor", "--draft"]
    assert "個人事業主" in shown(desk, capsys, "case", "open", "--tier", "3", *person)
    assert "person: 架空 太郎" in shown(desk, capsys, "case", "show", CASE)
    run("case", "erase-person", CASE, "--desk", str(desk))
    assert "架空 太郎" not in shown(desk, capsys, "case", "show", CASE)
    with pytest.raises(WrongUseError, match="shows a number only"):
        run("case", "open", "--tier", "3", *person, "--domain", "taro.example", "--desk", str(desk))


def test_a_company_is_drafted_unlisted_and_a_sole_proprietor_is_not(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    about = ["--summary", "全社", "--unlisted", "--draft"]
    shown(desk, capsys, "case", "open", "--tier", "3", *WHO, *about)
    assert "found by its number only" in shown(desk, capsys, "case", "show", CASE)
    person = ["--name", "架空 太郎", "--sole-proprietor"]
    with pytest.raises(WrongUseError, match="found by the number only anyway"):
        run("case", "open", "--tier", "3", *person, *about, "--desk", str(desk))
