"""Plans and run numbers: three file forms of one plan, the pack's rules, and no run that can be left out unseen."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.evidence.conftest import PLAN
from verifier.dates import day_start
from verifier.errors import MalformedError, MarkError, NewerVersionError, RefusedError, StatementError
from verifier.evidence.plan import COLUMNS, match_run, pack_rules, read_plan
from verifier.evidence.row import FileRow, PlanRow
from verifier.evidence.runs import Assigned, assign, check_sheet, judge_runs, ranges_text, read_sheet
from verifier.injected import seeded_entropy
from verifier.scheme.shipped import load_shipped

PACK = load_shipped("example.inspection-record", "1")
ITEM: dict[str, Any] = {"item": "a", "label": "A", "method": "M", "last": 3}


def read(text: str | bytes, filename: str = "plan.toml", **options: Any) -> Any:
    return read_plan(text if isinstance(text, bytes) else text.encode(), filename=filename, options=options)


def test_one_plan_is_the_same_in_toml_json_and_csv() -> None:
    members = {
        "subject": "Lot 7",
        "late_after_hours": 12,
        "terms": {"text": "Internal.", "until": "2027-03-31"},
        "items": [{"item": "a", "label": "A", "method": "ISO 1", "unit": "N", "first": 2, "last": 9, "files": "{run}"}],
    }
    toml = """
subject = "Lot 7"
late_after_hours = 12
terms = { text = "Internal.", until = 2027-03-31 }
[[items]]
item = "a"
label = "A"
method = "ISO 1"
unit = "N"
first = 2
last = 9
files = "{run}"
"""
    csv = f"{','.join(COLUMNS)}\na,A,ISO 1,N,2,9,{{run}},\n"
    options = {"subject": "Lot 7", "late_after_hours": 12, "terms": members["terms"]}
    plan = read(toml)
    assert plan == read(json.dumps(members), "plan.json") == read(csv, "plan.csv", **options)
    terms = plan.sealed_terms()
    assert terms is not None
    assert terms.until == day_start(date(2027, 4, 1), "Asia/Tokyo")


@pytest.mark.parametrize(
    ("item", "error"),
    [
        ({"last": 0}, StatementError),
        ({"first": 4}, RefusedError),
        ({"files": "run.csv"}, StatementError),
        ({"files": "{run}-{run}.csv"}, StatementError),
        ({"files": "*****{run}"}, StatementError),
        ({"method": ""}, StatementError),
        ({"mood": "good"}, NewerVersionError),
    ],
)
def test_a_plan_that_says_too_little_or_too_much_is_refused(item: dict[str, Any], error: type[MarkError]) -> None:
    with pytest.raises(error):
        read(json.dumps({"subject": "x", "items": [{**ITEM, **item}]}), "plan.json")


@pytest.mark.parametrize(
    ("text", "filename"),
    [("{}", "plan.json"), ("subject = 1", "plan.toml"), ("a,b\n", "plan.csv"), ("", "plan.xlsx"), ("{", "plan.json"),
     ('{"subject":"x","items":[]}', "plan.json"), (b"\xff", "plan.toml")],
)  # fmt: skip
def test_what_is_no_plan_is_refused_in_words(text: str | bytes, filename: str) -> None:
    with pytest.raises((MalformedError, StatementError)):
        read(text, filename)


def test_a_plan_names_every_item_once() -> None:
    with pytest.raises(RefusedError, match="every item once"):
        read(json.dumps({"subject": "x", "items": [ITEM, ITEM]}), "plan.json")


def test_the_pack_sets_the_limit_and_a_plan_may_only_be_stricter() -> None:
    def rules(**members: Any) -> Any:
        value = {"subject": "x", "pack": PACK.name, "items": [{**ITEM, "criterion": "PLAN-1"}], **members}
        return pack_rules(read(json.dumps(value), "plan.json"), PACK)

    assert rules().late_after == 24 * 3600
    assert rules().pin.sha256 == PACK.digest
    assert rules(late_after_hours=2).late_after == 7200
    with pytest.raises(RefusedError, match="allows more"):
        rules(late_after_hours=25)
    with pytest.raises(RefusedError, match="no criterion NONE-1"):
        rules(items=[{**ITEM, "criterion": "NONE-1"}])
    with pytest.raises(RefusedError, match="names no pack"):
        pack_rules(read(json.dumps({"subject": "x", "items": [{**ITEM, "criterion": "PLAN-1"}]}), "plan.json"), None)


@pytest.mark.parametrize(
    ("pattern", "path", "run"),
    [
        ("tensile/run-{run}.csv", "tensile/run-007.csv", 7),
        ("tensile/run-{run}.csv", "tensile/run-0.csv", None),
        ("tensile/run-{run}.csv", "tensile/run-7xcsv", None),
        ("tensile/run-{run}.csv", "other/tensile/run-7.csv", None),
        ("*/{run}-*.csv", "lot 1/12-a.csv", 12),
        ("*/{run}.csv", "a/b/1.csv", None),
        ("{run}", "1234567890", None),
        ("run[{run}]", "run[3]", 3),
    ],
)
def test_a_pattern_says_which_run_a_file_is(pattern: str, path: str, run: int | None) -> None:
    assert match_run(pattern, path) == run


def test_the_sheet_of_runs_comes_before_the_patterns() -> None:
    items = [PlanRow(item="a", label="A", method="M", first=1, last=9, files="{run}.csv", salt="A" * 22)]
    sheet = read_sheet(
        b"path,item,run,measured_at\n7.csv,b,2,2026-11-22T09:00:00+09:00\n8.csv,,,2026-11-22 09:00\n9.csv,,3,\n",
        filename="runs.csv",
        zone="Asia/Tokyo",
    )
    assert assign("7.csv", sheet, items) == Assigned("b", 2, 1_795_305_600)
    assert assign("8.csv", sheet, items) == Assigned("a", 8, 1_795_305_600)
    assert assign("9.csv", sheet, items) == Assigned("runs", 3, None)
    assert assign("5.csv", sheet, items) == Assigned("a", 5, None)
    assert assign("notes.txt", sheet, items) == Assigned()
    with pytest.raises(MalformedError, match=r"names 9\.csv"):
        check_sheet(sheet, ["7.csv", "8.csv"])


def test_a_file_that_two_items_claim_is_nobodys() -> None:
    items = [
        PlanRow(item=name, label="A", method="M", first=1, last=9, files="{run}.csv", salt="A" * 22) for name in "ab"
    ]
    with pytest.raises(RefusedError, match="several items of the plan: a, b"):
        assign("1.csv", {}, items)


@pytest.mark.parametrize("row", ["a,,0,", "a,,-1,", "a,,1.5,", "a,,١,", "a,,x,", "a,,,yesterday", "a,,1000000000,"])
def test_a_row_that_cannot_be_read_is_named(row: str) -> None:
    with pytest.raises(MalformedError, match=r"runs\.csv, row 2"):
        read_sheet(f"path,item,run,measured_at\n{row}\n".encode(), filename="runs.csv", zone="Asia/Tokyo")


def files(item: str, runs: set[int]) -> list[FileRow]:
    return [FileRow(path=f"{item}{run}", sha256="A" * 43, size=1, item=item, run=run, salt="A" * 22) for run in runs]


@given(st.sets(st.integers(1, 40), min_size=1), st.integers(1, 10), st.integers(0, 30))
def test_every_run_is_sealed_or_reported_and_none_is_both(runs: set[int], first: int, length: int) -> None:
    last = first + length
    item = PlanRow(item="a", label="A", method="M", first=first, last=last, salt="A" * 22)
    found = judge_runs(files("a", runs), [item])
    told = {name: {run for one in found for begin, end in getattr(one, name) for run in range(begin, end + 1)}
            for name in ("gaps", "absent", "unplanned")}  # fmt: skip
    planned = set(range(first, last + 1))
    assert told["gaps"] | told["absent"] == planned - runs
    assert told["gaps"].isdisjoint(told["absent"])
    assert told["unplanned"] == runs - planned
    assert all(run > max(runs & planned, default=0) for run in told["absent"])


@given(st.sets(st.integers(1, 40), min_size=1))
def test_without_a_plan_runs_begin_with_one(runs: set[int]) -> None:
    found = judge_runs(files("runs", runs), [])
    told = {run for one in found for begin, end in one.gaps for run in range(begin, end + 1)}
    assert told == set(range(1, max(runs) + 1)) - runs


def test_an_item_that_no_plan_names_is_beyond_it() -> None:
    item = PlanRow(item="a", label="A", method="M", first=1, last=2, salt="A" * 22)
    (finding,) = judge_runs([*files("a", {1, 2}), *files("b", {1, 2, 4})], [item])
    assert (finding.item, ranges_text(finding.unplanned)) == ("b", "1-2, 4")


def test_the_plan_in_the_documentation_reads() -> None:
    page = (Path(__file__).parents[2] / "docs/how-to/seal-evidence.md").read_text("utf-8")
    plan = read(page.partition("```toml\n")[2].partition("```")[0])
    assert pack_rules(plan, PACK).late_after == 24 * 3600
    assert match_run(plan.items[0].files, "tensile/run-7.csv") == 7


def test_the_plan_of_these_tests_reads() -> None:
    plan = read(PLAN)
    rows = plan.rows(seeded_entropy("plan"))
    assert [(row.item, row.first, row.last) for row in rows] == [("tensile", 1, 20)]
    assert pack_rules(plan, PACK).late_after == 24 * 3600
