"""`shirushi scheme` on the command line: list, show, lint and diff, in two languages and as JSON."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.scheme.conftest import Logged
from tests.scheme.packs import SCS, edited, files_of, next_version
from verifier.edge.check.spreadsheet import Sheet, write_csv
from verifier.edge.main import run
from verifier.edge.packs import MAX_FILE, find_pack, installed_packs, load_pack, write_folder
from verifier.errors import MalformedError, NotFoundError, ProofError, RefusedError, WrongUseError

OLD = "jp.meti.scs/2026-03-27"
COLUMNS = ("mark", "holder", "version", "level", "from", "until", "state", "lift_by")


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Any:
    """Return a function that runs a command and gives exit code and what it wrote, as JSON where asked."""

    def call(*arguments: str | Path) -> tuple[int, Any]:
        code = run([str(argument) for argument in arguments])
        out = capsys.readouterr().out
        return code, json.loads(out) if "--json" in arguments else out

    return call


@pytest.fixture
def successor(tmp_path: Path) -> Path:
    folder = tmp_path / "next"
    write_folder(next_version(evaluations_until="2028-09-30", marks_until="2029-03-31"), folder)
    return folder


def test_list_names_every_pack_with_its_phase(told: Any) -> None:
    code, rows = told("scheme", "list", "--json")
    phases = {row["name"]: row["phase"] for row in rows}
    assert code == 0
    assert phases["jp.meti.scs/2025-04"] == "closed"
    assert phases[OLD] == "open"
    assert "終了（発行不可）" in told("scheme", "list", "--lang", "ja")[1]
    assert "closed: nothing can be issued" in told("scheme", "list")[1]


def test_show_tells_who_issues_how_and_for_how_long(told: Any) -> None:
    english, japanese = told("scheme", "show", "jp.meti.scs")[1], told("scheme", "show", OLD, "--lang", "ja")[1]
    assert "valid 36 months" in english
    assert "Yearly self-assessment: every 12 months, 30 days of grace (illustrative)" in english
    assert "★5  The criteria, method and term of ★5 are not defined yet" in english
    assert "有効期間 36 か月" in japanese
    assert "発行: 評価機関" in japanese
    _, members = told("scheme", "show", OLD, "--json")
    assert members["items"] == {"3": 81, "4": 43}
    assert members["pack"]["tiers"][0]["parts"][1]["listing"] == "expert"


def test_show_of_the_closed_version_tells_its_numbers(told: Any) -> None:
    told_in = told("scheme", "show", "jp.meti.scs/2025-04")[1]
    assert "(25 items)" in told_in
    assert "(44 items)" in told_in


def test_the_newest_version_that_is_not_closed_stands_for_the_scheme() -> None:
    assert find_pack("jp.meti.scs").version == "2026-03-27"
    with pytest.raises(NotFoundError, match=r"no scheme pack 'no\.such'"):
        find_pack("no.such")
    with pytest.raises(NotFoundError):
        find_pack("jp.meti.scs/2020")


@pytest.mark.parametrize("name", ["jp.meti.scs", OLD, "jp.ipa.jc-star", "example.inspection-record/1"])
def test_lint_finds_nothing_in_shipped_packs(told: Any, name: str) -> None:
    assert told("scheme", "lint", name) == (0, "nothing to complain about\n")
    assert told("scheme", "lint", name, "--lang", "ja") == (0, "問題はありません。\n")


def test_lint_ends_with_one_and_names_code_place_and_text(told: Any, tmp_path: Path) -> None:
    write_folder(edited(files_of(*SCS), "criteria.csv", ("\n1-2-1-2,", "\n1-2-1-1,")), tmp_path / "pack")
    code, text = told("scheme", "lint", tmp_path / "pack")
    assert code == 1
    assert "criteria.csv, row 3: error: id_twice: 1-2-1-1 stands here a second time" in text
    assert "誤り: id_twice: 1-2-1-1 が二度あります。" in told("scheme", "lint", tmp_path / "pack", "--lang", "ja")[1]
    code, members = told("scheme", "lint", tmp_path / "pack", "--json")
    assert (code, members["pack"]) == (1, None)
    assert {finding["code"] for finding in members["findings"]} == {"id_twice"}


def test_a_warning_alone_is_no_error(told: Any, tmp_path: Path) -> None:
    write_folder(edited(files_of(*SCS), "pack.toml", ("accepted_from = 2026-03-27\n", "")), tmp_path / "pack")
    code, text = told("scheme", "lint", tmp_path / "pack")
    assert code == 0
    assert "warning: no_transition" in text


def test_lint_of_what_is_no_pack_is_refused_by_place(told: Any, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert told("scheme", "lint", tmp_path / "empty")[0] == 1
    (tmp_path / "empty" / "huge").write_bytes(b"0" * (MAX_FILE + 1))
    with pytest.raises(WrongUseError, match="larger than"):
        run(["scheme", "lint", str(tmp_path / "empty")])


def test_diff_tells_what_changes(told: Any, successor: Path) -> None:
    code, text = told("scheme", "diff", OLD, successor)
    assert code == 0
    assert "criterion 4-1-1-1: moved: lowest_tier 3 -> 4" in text
    assert "criterion 1-2-1-4: added" in text
    assert "基準 1-2-1-2: 削除" in told("scheme", "diff", OLD, successor, "--lang", "ja")[1]
    assert told("scheme", "diff", OLD, successor, "--json")[1]["affected"] is None
    assert "nothing changes" in told("scheme", "diff", OLD, OLD)[1]


def test_diff_tells_from_a_list_who_is_affected_until_when(told: Any, successor: Path, tmp_path: Path) -> None:
    rows = (
        COLUMNS,
        ("m1", "0188-1180301018771", "2026-03-27", "4", "2027-10-01", "2030-10-01", "active"),
        ("m2", "0188-1180301018771", "2026-03-27", "3", "2028-01-10", "2029-01-10", ""),
        ("m3", "0188-1180301018771", "2026-03-27", "3", "2028-01-10", "2029-01-10", "withdrawn"),
        ("m4", "0188-1180301018771", "2028-04", "3", "2028-05-10", "2029-05-10", "active"),
    )
    file = tmp_path / "marks.csv"
    file.write_bytes(write_csv(Sheet("marks", rows)))
    options = ("--marks", file, "--at", "2028-07-01")
    _, members = told("scheme", "diff", OLD, successor, *options, "--json")
    found = [(one["mark"], one["last_day"], one["cause"]) for one in members["affected"]["marks"]]
    assert found == [("m2", "2029-01-09", "term"), ("m1", "2029-03-31", "sunset")]
    assert members["affected"]["totals"] == {"term": 1, "sunset": 1, "suspension": 0}
    text = told("scheme", "diff", OLD, successor, *options)[1]
    assert "m1  0188-1180301018771  ★4  2029-03-31  the sunset of the version" in text
    assert "旧版の廃止: 1" in told("scheme", "diff", OLD, successor, *options, "--lang", "ja")[1]


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (("m1", "h", "2026-03-27", "x", "2027-10-01", "2030-10-01"), r"row 2, column D \(level\)"),
        (("m1", "h", "2026-03-27", "3", "soon", "2030-10-01"), r"row 2, column E \(from\): not a time"),
        (("m1", "h", "2026-03-27", "3", "2027-10-01", ""), r"row 2, column F \(until\)"),
    ],
)
def test_a_fault_in_a_list_of_marks_names_its_cell(
    successor: Path, tmp_path: Path, row: tuple[str, ...], complaint: str
) -> None:
    file = tmp_path / "marks.csv"
    file.write_bytes(write_csv(Sheet("marks", (COLUMNS, row))))
    with pytest.raises(MalformedError, match=complaint):
        run(["scheme", "diff", OLD, str(successor), "--marks", str(file)])
    file.write_text("mark,holder\n")
    with pytest.raises(MalformedError, match="the columns must be"):
        run(["scheme", "diff", OLD, str(successor), "--marks", str(file)])


def test_diff_tells_from_a_log_who_is_affected_until_when(told: Any, successor: Path, logged: Logged) -> None:
    where = ("--from", logged.public, "--root", logged.root, "--at", "2026-12-01")
    _, members = told("scheme", "diff", OLD, successor, *where, "--json")
    found = {one["mark"]: (one["level"], one["last_day"], one["cause"]) for one in members["affected"]["marks"]}
    assert found == {
        logged.mark(3): (3, "2027-11-21", "term"),
        logged.mark(4): (4, "2029-03-31", "sunset"),
    }
    assert members["affected"]["size"] > 5
    assert members["affected"]["as_of"] >= 1_795_305_600


def test_a_log_with_another_pack_of_that_name_is_refused(tmp_path: Path, successor: Path, logged: Logged) -> None:
    write_folder(edited(files_of(*SCS), "criteria.csv", ("Contact list kept", "List of contacts")), tmp_path / "other")
    where = ["--from", str(logged.public), "--root", str(logged.root)]
    with pytest.raises(RefusedError, match=r"the log holds jp\.meti\.scs/2026-03-27 with the digest"):
        run(["scheme", "diff", str(tmp_path / "other"), str(successor), *where])


def test_a_log_whose_entries_were_changed_affects_nobody(tmp_path: Path, successor: Path, logged: Logged) -> None:
    public = tmp_path / "public"
    shutil.copytree(logged.public, public)
    bundle = max(
        (public / "log/tile/entries").rglob("*"), key=lambda file: file.stat().st_size if file.is_file() else 0
    )
    data = bytearray(bundle.read_bytes())
    data[-2] = ord("A") if data[-2] != ord("A") else ord("B")
    bundle.write_bytes(bytes(data))
    with pytest.raises((ProofError, MalformedError)):
        run(["scheme", "diff", OLD, str(successor), "--from", str(public), "--root", str(logged.root)])


def test_two_schemes_and_two_sources_are_wrong_use(successor: Path, tmp_path: Path) -> None:
    with pytest.raises(WrongUseError, match="two schemes"):
        run(["scheme", "diff", OLD, "jp.ipa.jc-star"])
    with pytest.raises(WrongUseError, match="a list or a log"):
        run(["scheme", "diff", OLD, str(successor), "--marks", "a.csv", "--from", "b"])
    with pytest.raises(WrongUseError, match="no language"):
        run(["scheme", "list", "--lang", "fr"])
    with pytest.raises(WrongUseError, match="cannot be read"):
        run(["scheme", "diff", OLD, str(successor), "--marks", str(tmp_path / "none.csv")])


def test_loaded_packs_stand_before_shipped_ones_and_beside_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_folder(next_version(), tmp_path / "jp.meti.scs" / "2028-04")
    other = edited(files_of(*SCS), "criteria.csv", ("Contact list kept", "List of contacts"))
    write_folder(other, tmp_path / "jp.meti.scs" / "2026-03-27")
    before = load_pack(*SCS)
    monkeypatch.setenv("SHIRUSHI_PACKS", str(tmp_path))
    names = [pack.name for pack in installed_packs()]
    assert names.count(OLD) == 1
    assert "jp.meti.scs/2028-04" in names
    assert "jp.ipa.jc-star/2024R1" in names
    assert load_pack(*SCS).digest != before.digest
    assert find_pack("jp.meti.scs").version == "2028-04"


def test_a_loaded_pack_with_a_fault_or_in_the_wrong_place_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHIRUSHI_PACKS", str(tmp_path))
    write_folder(next_version(), tmp_path / "jp.meti.scs" / "2028-05")
    with pytest.raises(WrongUseError, match=r"2028-05 holds jp\.meti\.scs/2028-04"):
        installed_packs()
    (tmp_path / "jp.meti.scs" / "2028-05").rename(tmp_path / "jp.meti.scs" / "2028-04")
    (tmp_path / "jp.meti.scs" / "2028-04" / "criteria.csv").write_text("broken")
    with pytest.raises(MalformedError, match=r"2028-04: criteria\.csv, row 1"):
        installed_packs()
    monkeypatch.setenv("SHIRUSHI_PACKS", str(tmp_path / "none"))
    with pytest.raises(WrongUseError, match="names no folder"):
        installed_packs()


def test_a_pack_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(WrongUseError, match="exists already"):
        write_folder(files_of(*SCS), tmp_path / "taken")
    with pytest.raises(OSError, match="No such file"):
        write_folder({"pack.toml": b"", "sub/file": b""}, tmp_path / "pack")
    assert [entry.name for entry in tmp_path.iterdir()] == ["taken"]
