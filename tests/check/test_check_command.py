"""`shirushi check`: 10,000 rows of every kind, without a network, equal to the golden answers."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.check.conftest import Desk
from tests.check.suppliers import HEADINGS, as_csv, big_list, number, special_rows
from tests.directory.test_copies_of_others import elsewhere
from verifier.check.outcome import REASONS, RowVerdict
from verifier.edge.check.check_words import NEXT_OF, RESULT_COLUMNS, result_headings, verdict_words
from verifier.edge.check.supplier_file import read_supplier_file
from verifier.edge.i18n import LANGUAGES, translator
from verifier.edge.whole_file import write_whole
from verifier.errors import MarkError, NotFoundError, StoppedError, UnavailableError, WrongUseError

GOLDEN = Path(__file__).parent / "golden"
KEPT = ("verdict", "reason", "next", "wanted", "tier", "state", "last_day", "same_as")
"""The columns of a result that do not hang on random ids."""

DRIVER = """import sys, time
now = int(sys.argv.pop(1))
time.time = lambda: now
from verifier.edge.main import main
sys.exit(main())"""


def rows_of(path: Path) -> list[tuple[str, ...]]:
    return list(read_supplier_file(path.read_bytes(), filename=path.name).rows)


def golden_text(rows: list[tuple[str, ...]]) -> str:
    """Return the number of each row with the kept columns of its answer."""
    places = [len(HEADINGS) + RESULT_COLUMNS.index(name) for name in KEPT]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([row[0], *(row[place] if place < len(row) else "" for place in places)] for row in rows)
    return text.getvalue()


def offline() -> list[str]:
    """Return what takes the network away from a process, nothing where the machine does not allow that."""
    unshare = shutil.which("unshare")
    command = [unshare or "", "-rn"]
    is_allowed = unshare is not None and subprocess.run([*command, "true"], capture_output=True).returncode == 0
    return command if is_allowed else []


def test_ten_thousand_rows_of_every_kind_are_answered_without_a_network_as_in_the_golden_file(desk: Desk) -> None:
    out, receipt = desk.path("result.csv"), desk.path("r.json")
    options = ["--at", desk.at, "--out", str(out), "--receipt", str(receipt), "--lang", "ja"]
    command = [*offline(), sys.executable, "-c", DRIVER, str(desk.registry.world.sim.now)]
    done = subprocess.run(
        [*command, *desk.arguments("check", *options)],
        capture_output=True,
        text=True,
        env={**os.environ, "LANG": "C.UTF-8"},
    )
    assert (done.returncode, done.stderr) == (1, "")
    rows = rows_of(out)
    told = golden_text(rows)
    assert len(rows) == 10_001
    sample = "".join(told.splitlines(keepends=True)[: len(special_rows(desk.registry)) + 1])
    assert sample == (GOLDEN / "special-rows.csv").read_text("utf-8")
    expected = json.loads((GOLDEN / "all-rows.json").read_text("utf-8"))
    assert dict(sorted(Counter(row[len(HEADINGS)] for row in rows[1:]).items())) == expected["verdicts"]
    assert hashlib.sha256(told.encode()).hexdigest() == expected["sha256"]
    assert len(json.loads(receipt.read_bytes())["rows"]) == 10_000


def test_every_kind_of_verdict_stands_in_the_golden_file() -> None:
    text = (GOLDEN / "special-rows.csv").read_text("utf-8")
    assert [one for one in RowVerdict if verdict_words(one, translator("ja")) not in text] == []


def test_the_columns_and_rows_of_the_list_are_kept_in_their_order(desk: Desk) -> None:
    out = desk.path("result.csv")
    assert desk.run("check", "--at", desk.at, "--out", str(out)) == 1
    given, rows = big_list(desk.registry), rows_of(out)
    assert rows[0] == (*HEADINGS, *result_headings(translator("en")))
    for before, after in zip(given[1:], rows[1:], strict=True):
        kept = [cell.removeprefix("'") if cell[1:2] in tuple("=+-@") else cell for cell in after[: len(HEADINGS)]]
        assert kept == list(before)
    dangerous = [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert dangerous == []


def test_a_workbook_holds_the_same_answers(desk: Desk) -> None:
    desk.write("few.csv", as_csv([HEADINGS, *(("1", *row) for row in special_rows(desk.registry))]))
    for name in ("a.csv", "a.xlsx"):
        assert desk.run("check", "--at", desk.at, "--out", str(desk.path(name)), name="few.csv") == 1
    by_csv, by_xlsx = rows_of(desk.path("a.csv")), rows_of(desk.path("a.xlsx"))
    assert by_csv == by_xlsx
    assert read_supplier_file(desk.path("a.xlsx").read_bytes(), filename="a").damage == {}


def test_a_checked_list_can_be_checked_again(desk: Desk) -> None:
    desk.write("few.csv", as_csv([HEADINGS, *(("1", *row) for row in special_rows(desk.registry)[:9])]))
    first, second = desk.path("1.xlsx"), desk.path("2.xlsx")
    desk.run("check", "--out", str(first), name="few.csv")
    desk.run("check", "--out", str(second), name="1.xlsx")
    verdict = len(HEADINGS)
    assert [row[verdict] for row in rows_of(second)] == [row[verdict] for row in rows_of(first)]


def _one(desk: Desk, *rows: tuple[str, ...], options: tuple[str, ...] = ()) -> int:
    desk.write("one.csv", as_csv([("法人番号",), *rows]))
    return desk.run("check", "--at", desk.at, *options, name="one.csv")


def test_the_exit_code_says_whether_all_meet_some_do_not_or_nothing_was_decided(desk: Desk) -> None:
    good, absent = (number(desk.registry.holders[kind][0]) for kind in ("good", "absent"))
    assert _one(desk, (good,)) == 0
    assert _one(desk, (good,), (absent,)) == 1
    assert _one(desk, (good,), ("5.01E+12",)) == 2
    assert _one(desk, (absent,), ("5.01E+12",)) == 1


def test_a_refused_row_is_told_with_its_name_and_its_cell(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.write("odd.csv", as_csv([("法人番号", "会社名"), ("6.9999E+12", "見本精機")]))
    assert desk.run("check", "--at", desk.at, name="odd.csv") == 2
    told = " ".join(capsys.readouterr().out.split())
    assert "1 row read" in told
    assert "row 2 見本精機: column 1, “6.9999E+12”: A spreadsheet programme wrote the number in short" in told
    assert "5.01E+12" not in told
    assert desk.run("check", "--at", desk.at, "--json", name="odd.csv") == 2
    assert json.loads(capsys.readouterr().out)["rows"][0]["name"] == "見本精機"


def test_the_sheets_of_a_workbook_that_are_not_read_are_told(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    book = Workbook()
    for title, kind in (("一次", "good"), ("二次", "absent")):
        book.create_sheet(title).append(["法人番号"])
        book[title].append([number(desk.registry.holders[kind][0])])
    book.remove(book.worksheets[0])
    book.save(desk.path("sheets.xlsx"))
    assert desk.run("check", "--at", desk.at, name="sheets.xlsx") == 0
    assert "Sheet 一次 was read. Not read: 二次." in capsys.readouterr().out
    assert desk.run("check", "--at", desk.at, "--json", "--sheet", "二次", name="sheets.xlsx") == 1
    told = capsys.readouterr()
    answer = json.loads(told.out)
    assert (answer["sheet"], answer["not_read"], len(answer["rows"])) == ("二次", ["一次"], 1)
    assert "Not read: 一次" in told.err
    desk.run("watch", "--state", str(desk.path("w.json")), name="sheets.xlsx")
    assert "Not read: 二次" in capsys.readouterr().err


def test_a_stale_copy_confirms_nothing(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    good = number(desk.registry.holders["good"][0])
    desk.registry.world.sim.now += 49 * 3600
    assert _one(desk, (good,), options=("--json",)) == 2
    assert json.loads(capsys.readouterr().out)["rows"][0]["reason"] == "stale"


def test_a_copy_of_another_registry_is_a_wrong_call_and_no_fault_of_anybody(desk: Desk) -> None:
    root = desk.write("elsewhere.json", elsewhere().serialize())
    with pytest.raises(WrongUseError, match="this copy is of another registry"):
        desk.run("check", "--root", str(root))


def test_a_copy_that_was_changed_is_no_answer_about_any_supplier(desk: Desk) -> None:
    for shard in desk.path("copy/directory/shards").iterdir():
        shard.write_bytes(shard.read_bytes().replace(b'"suspended"', b'"suspendet"'))
    out = desk.path("result.csv")
    with pytest.raises(UnavailableError, match="cannot be relied on"):
        desk.run("check", "--out", str(out))
    assert not out.exists()
    for shard in desk.path("copy/directory/shards").iterdir():
        shard.unlink()
    with pytest.raises(NotFoundError, match="the copy holds no directory/shards") as refused:
        desk.run("check", "--out", str(out))
    assert "shirushi directory pull" in refused.value.hint
    shutil.rmtree(desk.path("copy"))
    with pytest.raises(NotFoundError, match="no copy"):
        desk.run("check")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_summary_counts_the_verdicts_and_names_the_rows_to_look_at(
    desk: Desk, capsys: pytest.CaptureFixture[str], lang: str
) -> None:
    desk.write("few.csv", as_csv([HEADINGS, *(("1", *row) for row in special_rows(desk.registry))]))
    assert desk.run("check", "--at", desk.at, "--lang", lang, name="few.csv") == 1
    out = capsys.readouterr().out.replace("\n", "")
    t = translator(lang)
    for verdict in RowVerdict:
        assert verdict_words(verdict, t) in out
    assert t.gettext("bulk.row", row=10) in out
    assert "cp932" in out


def test_candidates_come_from_the_list_and_from_a_list_of_ones_own(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    known, other = desk.registry.holders["good"][:2]
    desk.write("mine.csv", as_csv([("名称", "法人番号"), ("別の会社", number(other))], "utf-8"))
    desk.write("list.csv", as_csv([("会社名", "法人番号"), ("甲", number(known)), ("（株）甲", ""), ("別の会社", "")]))
    assert desk.run("check", "--json", "--names", str(desk.path("mine.csv")), name="list.csv") == 2
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [row["verdict"] for row in rows] == ["meets", "candidates", "candidates"]
    assert [row.get("candidates") for row in rows[1:]] == [[[known, "甲"]], [[other, "別の会社"]]]


def test_what_cannot_be_read_is_wrong_use_and_no_answer_about_a_supplier(desk: Desk) -> None:
    for options in (
        ["--out", "x.pdf"],
        ["--column", "0188"],
        ["--column", "colour=色"],
        ["--at", "soon"],
        ["--lang", "xx"],
    ):
        with pytest.raises(WrongUseError):
            desk.run("check", *options)
    for name, data in {"a.csv": b"", "b.csv": "色\r\n赤\r\n".encode(), "c.xlsx": b"PK\x03\x04broken"}.items():
        desk.write(name, data)
        with pytest.raises(WrongUseError):
            desk.run("check", name=name)
    with pytest.raises(WrongUseError, match="cannot be read"):
        desk.run("check", name="none.csv")
    desk.write("policy.toml", "version = 1\nteir = 'x'\n")
    with pytest.raises(WrongUseError, match="teir: there is no such member"):
        desk.run("check")
    desk.write("recognitions.txt", "no token")
    with pytest.raises(WrongUseError):
        desk.run("check")


def test_an_interruption_leaves_the_old_result_whole(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    out = desk.write("result.csv", b"the result of last time")

    def interrupted(*_: object, **__: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr("verifier.edge.command.check_command.answered", interrupted)
    with pytest.raises(StoppedError):
        desk.run("check", "--out", str(out))
    assert out.read_bytes() == b"the result of last time"
    assert [path.name for path in desk.folder.iterdir() if path.name.startswith(".")] == []


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_whole(tmp_path / "a", b"1")

    def full(_: int) -> None:
        raise OSError(28, "full")

    monkeypatch.setattr("verifier.edge.whole_file.os.fsync", full)
    with pytest.raises(UnavailableError, match="full"):
        write_whole(tmp_path / "a", b"2")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"1")]


def test_a_bad_policy_never_reaches_the_directory(desk: Desk) -> None:
    shutil.rmtree(desk.path("copy"))
    desk.write("policy.toml", "")
    with pytest.raises(MarkError, match="policy file"):
        desk.run("check")


def test_every_reason_has_a_next_step() -> None:
    assert NEXT_OF.keys() == REASONS.keys()
