"""The official workbook completes a pack, whole or not at all; every fault names row, column and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scheme.packs import SCS, invented_criteria, official_workbook
from verifier.edge.check.spreadsheet import read_rows
from verifier.edge.main import run
from verifier.edge.packs import read_folder
from verifier.encoding import sha256
from verifier.errors import MalformedError, NotFoundError, RefusedError, WrongUseError
from verifier.scheme.pack import SchemePack
from verifier.scheme.reading import parse_pack, read_pack
from verifier.scheme.shipped import load_shipped
from verifier.scheme.workbook import Columns, Wish, Workbook, column_name, find_columns, import_workbook

BASE = "jp.meti.scs/2026-03-27"


def workbook(data: bytes) -> Workbook:
    return Workbook(read_rows(data, filename="scs.xlsx"), data, "scs.xlsx")


def imported(data: bytes, wish: Wish | None = None) -> SchemePack:
    return import_workbook(load_shipped(*SCS), workbook(data), wish or Wish())[0]


def fault(data: bytes, wish: Wish | None = None) -> str:
    with pytest.raises(MalformedError) as caught:
        imported(data, wish)
    assert caught.value.hint
    return caught.value.message


def test_the_shape_is_the_official_one() -> None:
    rows = read_rows(official_workbook(), filename="scs.xlsx")
    filled = [number for number, row in enumerate(rows, 1) if len(row) > 1 and row[1].count("-") == 3]
    assert (filled[0], filled[-1], len(filled)) == (3, 155, 153)


def test_an_import_makes_a_complete_pack_that_the_linter_accepts() -> None:
    data = official_workbook()
    pack, files = import_workbook(load_shipped(*SCS), workbook(data), Wish())
    assert (len(pack.items_for(3)), len(pack.items_for(4))) == (81, 153)
    assert {(one.id, one.lowest_tier) for one in pack.criteria} == set(invented_criteria())
    assert [tier.items for tier in pack.tiers] == ["criteria", "criteria"]
    assert pack.head.limits is None
    assert pack.head.source.sha256 == sha256(data).hex()
    assert read_pack(files) == (pack, ())
    with pytest.raises(RefusedError, match="cannot be issued"):
        pack.items_for(5)


def test_known_criteria_keep_our_labels_and_new_ones_get_their_requirements() -> None:
    base, pack = load_shipped(*SCS), imported(official_workbook())
    assert set(base.criteria) <= set(pack.criteria)
    [new] = [one for one in pack.criteria if one.id == "1-1-1-1"]
    assert new.label_en == "Know legal/contract requirements; internal rules (criterion 1)"
    assert new.label_ja.endswith("（基準1）")


def test_the_wording_is_taken_only_when_it_is_asked_for() -> None:
    assert not any("見本の文言" in one.label_ja for one in imported(official_workbook()).criteria)
    pack = imported(official_workbook(), Wish(with_wording=True))
    assert all(one.label_ja == f"見本の文言 {one.id}" for one in pack.criteria)
    assert pack.head.limits is not None
    assert "copied out of the official workbook" in pack.head.limits.en


def test_another_version_may_be_named_because_packs_never_change() -> None:
    assert imported(official_workbook(), Wish(version="2026-03-27.1")).name == "jp.meti.scs/2026-03-27.1"


def test_full_width_digits_and_other_dashes_are_the_same_ids() -> None:
    written = official_workbook({(3, "B"): "１－１－１－１"})
    assert imported(written).criteria == imported(official_workbook()).criteria


def test_columns_are_found_by_their_shape_and_headings_or_named() -> None:
    found = find_columns(load_shipped(*SCS), workbook(official_workbook()))
    assert found == Columns(1, {3: 4, 4: 5}, 3)
    unheaded = official_workbook({(2, "E"): "基本", (2, "F"): "標準"})
    assert "no column is headed ★3" in fault(unheaded)
    assert len(imported(unheaded, Wish(columns=Columns(1, {3: 4, 4: 5}))).items_for(4)) == 153


ROW = {name: number for number, (name, _) in enumerate(invented_criteria(), 3)}
FAULTS = {
    "a text for an id": ({(9, "B"): "4月1-2"}, "row 9, column B (id): '4月1-2' is not a criterion id: write it like"),
    "an id twice": ({(4, "B"): "1-1-1-1"}, "row 4, column B (id): 1-1-1-1 stands in row 3 already: keep one"),
    "an unknown requirement": (
        {(5, "B"): "9-9-9-1"},
        "row 5, column B (id): jp.meti.scs/2026-03-27 has no requirement 9-9-9",
    ),
    "a mark that is none": ({(9, "F"): "？"}, "row 9, column F (★4): '?' is neither ○ nor empty: write ○"),
    "no tier": ({(3, "F"): ""}, "row 3, column F: no tier asks for it: write ○ or remove the row"),
    "a tier that does not contain the lower one": (
        {(ROW["1-2-1-1"], "F"): ""},
        f"row {ROW['1-2-1-1']}, column F (★4): ★3 asks for it, so every higher tier does: write ○",
    ),
    "another tier than the base": (
        {(ROW["1-2-1-1"], "E"): ""},
        f"row {ROW['1-2-1-1']}, column F: jp.meti.scs/2026-03-27 asks for 1-2-1-1 from ★3",
    ),
    "below its requirement": ({(3, "E"): "○"}, "row 3, column E: the requirement 1-1-1 is asked for from ★4 only"),
    "a mark without an id": ({(3, "B"): "1-1-1-1", (9, "B"): ""}, "row 9, column B (id): '' is not a criterion id"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_names_row_column_and_what_to_do(name: str) -> None:
    changes, told = FAULTS[name]
    assert told in fault(official_workbook(changes))


def test_a_known_criterion_that_is_missing_is_named() -> None:
    assert "column B (id): 1-2-1-1 of jp.meti.scs/2026-03-27 is missing" in fault(
        official_workbook(skip=ROW["1-2-1-1"])
    )


def test_a_number_that_is_not_the_declared_one_is_told() -> None:
    told = fault(official_workbook(skip=ROW["6-1-1-10"]))
    assert "column F (★4): 152 criteria, but jp.meti.scs/2026-03-27 declares 153" in told


def test_a_requirement_without_criteria_is_named() -> None:
    changes = {(3, "B"): "6-1-1-80"}
    assert "column B (id): the requirement 1-1-1 has no criterion: put its rows back" in fault(
        official_workbook(changes)
    )


def test_all_faults_are_told_at_once() -> None:
    told = fault(official_workbook({(row, "F"): "？" for row in range(3, 60)}))
    assert told.count("is neither ○ nor empty") == 20
    assert told.endswith("more")


def test_a_workbook_of_something_else_is_refused() -> None:
    assert "holds criterion ids such as 1-2-1-1" in fault(b"a,b\nc,d\n")
    with pytest.raises(RefusedError, match="nothing to complete"):
        import_workbook(load_shipped("jp.meti.scs", "2025-04"), workbook(official_workbook()), Wish())


@pytest.mark.parametrize(("number", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ")])
def test_columns_have_their_letters(number: int, letters: str) -> None:
    assert column_name(number) == letters


def test_the_command_writes_a_pack_that_every_other_command_takes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, loaded = tmp_path / "scs.xlsx", tmp_path / "packs"
    file.write_bytes(official_workbook())
    out = loaded / "jp.meti.scs" / "2026-03-27"
    assert run(["scheme", "import", str(file), "--base", BASE, "--out", str(out)]) == 0
    told = capsys.readouterr().out
    assert "★4: 153 criteria" in told
    assert "not the one that was reported" in told
    assert len(parse_pack(read_folder(out)).items_for(4)) == 153
    assert run(["scheme", "lint", str(out)]) == 0
    monkeypatch.setenv("SHIRUSHI_PACKS", str(loaded))
    assert run(["issuer", "template", "--tier", "4", "--out", str(tmp_path / "four.xlsx")]) == 0
    assert "153 items of jp.meti.scs 2026-03-27, level 4" in capsys.readouterr().out


def test_the_command_writes_nothing_when_the_workbook_has_a_fault(tmp_path: Path) -> None:
    file, out = tmp_path / "scs.xlsx", tmp_path / "out" / "pack"
    file.write_bytes(official_workbook({(9, "F"): "？"}))
    with pytest.raises(MalformedError, match="row 9, column F"):
        run(["scheme", "import", str(file), "--base", BASE, "--out", str(out)])
    assert not out.parent.exists()


def test_the_command_never_overwrites_a_pack(tmp_path: Path) -> None:
    file = tmp_path / "scs.xlsx"
    file.write_bytes(official_workbook())
    (tmp_path / "out").mkdir()
    with pytest.raises(WrongUseError, match="exists already"):
        run(["scheme", "import", str(file), "--base", BASE, "--out", str(tmp_path / "out")])
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (["--columns", "id=B,3=E"], WrongUseError),
        (["--columns", "id=B,3=E,4=F,5=G"], WrongUseError),
        (["--columns", "id=2,3=E,4=F"], WrongUseError),
        (["--sheet", "none"], MalformedError),
        (["--base", "no.such"], NotFoundError),
        (["--version", "not a version"], MalformedError),
    ],
)
def test_wrong_options_are_said_in_words(tmp_path: Path, options: list[str], error: type[Exception]) -> None:
    file = tmp_path / "scs.xlsx"
    file.write_bytes(official_workbook())
    with pytest.raises(error):
        run(["scheme", "import", str(file), "--base", BASE, "--out", str(tmp_path / "out"), *options])
    assert not (tmp_path / "out").exists()


def test_named_columns_and_sheet_are_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "scs.xlsx"
    file.write_bytes(official_workbook({(2, "E"): "基本", (2, "F"): "標準"}))
    named = ["--columns", "id=B,3=e,4=F,text=D", "--sheet", "要求事項・評価基準", "--json"]
    assert run(["scheme", "import", str(file), "--base", BASE, "--out", str(tmp_path / "out"), *named]) == 0
    assert '"4": 153' in capsys.readouterr().out
