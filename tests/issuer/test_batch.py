"""The batch desk: every row judged before anything begins, every case issued once, whatever happens on the way."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from issuer import queries_batch
from issuer.batch.logged import check_logged
from issuer.batch.receipt import read_receipt, receipt_file, row_file, row_of
from issuer.batch.rehearsal import rehearse
from issuer.batch.rows import read_sheet, write_faults, write_sheet
from issuer.batch.run import Outcome, issue_batch
from issuer.batch.standing import preview
from registry.scenario import cast
from tests.issuer.batch_world import QUIET, BatchWorld, batch_world, issued_entries
from verifier.edge.check.spreadsheet import Sheet, read_rows, write_csv
from verifier.encoding import canonical
from verifier.errors import (
    MalformedError,
    ProofError,
    RefusedError,
    SignatureError,
    StatementError,
    StoppedError,
    UnavailableError,
    WrongUseError,
)
from verifier.names import mark_uri

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from issuer.batch.rows import BatchSheet

Lines = list[tuple[str, str, int]]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[BatchWorld]:
    with batch_world(tmp_path) as world:
        yield world


def as_sheet(lines: Lines, *, form: Any = "csv") -> BatchSheet:
    return read_sheet(write_sheet(lines, form=form), filename=f"batch.{form}")


def faults_of(bench: BatchWorld, sheet: BatchSheet) -> list[str]:
    return [str(one) for one in preview(bench.desk, sheet, progress=lambda done, total: None).faults]


def dump(bench: BatchWorld) -> list[Any]:
    with bench.desk.database.transaction() as session:
        run = session.connection().exec_driver_sql
        tables = [row[0] for row in run("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all()]
        return [(table, [tuple(row) for row in run(f"SELECT * FROM {table}").all()]) for table in tables]


def issue(bench: BatchWorld, sheet: BatchSheet, **pace: Any) -> Outcome:
    return issue_batch(bench.desk, sheet, replace(QUIET, **pace))


def receipt_of(bench: BatchWorld, outcome: Outcome, *, mark: str | None = None) -> bytes:
    assert outcome.batch.receipt is not None
    rows = [row_of(one) for one in outcome.members]
    return row_file(outcome.batch.receipt, rows, mark=mark) if mark else receipt_file(outcome.batch.receipt, rows)


# --- the sheet -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_sheet_reads_back_and_is_the_same_batch_in_either_form(form: Any) -> None:
    lines = [("C-000001", "0188-1180301018771", 3), ("C-000002", "0188-5010005007126", 4)]
    sheet = as_sheet(lines, form=form)
    assert [(one.case, one.identifier, one.tier) for one in sheet.lines] == lines
    assert sheet.faults == ()
    assert sheet.sha256 == as_sheet(lines).sha256 != as_sheet(lines[::-1]).sha256


def test_every_faulty_cell_is_named_with_row_column_and_what_to_do() -> None:
    rows = [
        ("case", "identifier", "tier"),
        ("C-000001", "0188-1180301018771", "3"),
        ("c1", "1180301018772", "★3"),
        (),
        ("C-000001", "1180301018771", "3", "", "urgent"),
    ]
    sheet = read_sheet(write_csv(Sheet("batch", tuple(rows))), filename="batch.csv")
    told = [str(one) for one in sheet.faults]
    assert [one.partition(":")[0] for one in told] == [
        "row 3, column A (case)",
        "row 3, column B (identifier)",
        "row 3, column C (tier)",
        "row 5, column A (case)",
        "row 5, column E",
    ]
    assert "stands in row 2 already: keep one of the rows" in told[3]
    assert [one.case for one in sheet.lines] == ["C-000001"]
    table = read_rows(write_faults(sheet.faults), filename="faults")
    assert table[0] == ("row", "column", "what to do")
    assert table[1][:2] == ("3", "A")


@pytest.mark.parametrize(
    "rows", [(), (("case", "tier"),), (("case", "identifier", "tier"),), (("case", "identifier", "tier"),) * 10_003]
)
def test_a_file_that_is_no_batch_is_refused_whole(rows: Any) -> None:
    with pytest.raises(MalformedError):
        read_sheet(write_csv(Sheet("batch", rows)), filename="batch.csv")


def test_every_row_is_judged_by_the_desks_own_files_and_nothing_is_written(bench: BatchWorld) -> None:
    lines = bench.grant(6)
    with bench.desk.database.transaction() as session:
        run = session.connection().exec_driver_sql
        run("UPDATE desk_case SET state = 'in_review' WHERE id = 'C-000003'")
        run("UPDATE desk_answer SET word = 'not_met' WHERE case_id = 'C-000004' AND position = 2")
        run("""UPDATE desk_case SET attested = replace(attested, '"holder":"h-4c1d"', '"holder":"h-9a70"')
               WHERE id = 'C-000005'""")
    before = dump(bench)
    wrong = [lines[0], (lines[1][0], lines[0][1], 3), *lines[2:], ("C-000099", lines[0][1], 4)]
    told = faults_of(bench, as_sheet(wrong))
    assert dump(bench) == before
    assert [one.partition(":")[0] for one in told] == [
        "row 3, column B (identifier)",
        "row 3, column C (tier)",
        "row 4, column A (case)",
        "row 5, column A (case)",
        "row 6, column A (case)",
        "row 8, column A (case)",
    ]
    assert "is in_review, not granted: have it decided, or remove the row" in told[2]
    assert "another person must decide" in told[4]
    with pytest.raises(MalformedError, match="row 3, column B"):
        issue(bench, as_sheet(wrong))
    assert dump(bench) == before
    assert bench.marks_in_log() == []


# --- the dry run -----------------------------------------------------------------------------------------------------


def test_a_dry_run_goes_to_the_last_step_and_stores_and_sends_nothing(bench: BatchWorld) -> None:
    lines = bench.grant(7)
    before = dump(bench)
    desk = bench.with_signers()
    found = rehearse(desk, as_sheet(lines), decider_kid=bench.desk.signers["decider"].kid, progress=lambda *_: None)
    assert (found.signed, found.preview.unsigned, found.preview.faults) == (7, 7, ())
    assert dump(bench) == before
    assert bench.line.sent == []


def test_a_dry_run_finds_a_key_that_the_log_does_not_list(bench: BatchWorld) -> None:
    with pytest.raises(RefusedError, match="decider's key as unknown"):
        rehearse(bench.desk, as_sheet(bench.grant(1)), decider_kid="A" * 43, progress=lambda *_: None)


# --- issuing ---------------------------------------------------------------------------------------------------------


def test_a_batch_issues_every_case_in_the_order_of_its_rows(bench: BatchWorld) -> None:
    lines, seen = bench.grant(12), []
    outcome = issue(bench, as_sheet(lines), progress=lambda done, total: seen.append((done, total)))
    outcome.check()
    assert seen == [(0, 12), (5, 12), (10, 12), (12, 12)]
    marks = [mark_uri(cast.HOST, one.mark) for case, *_ in lines if (one := bench.desk.case(case).reservation)]
    assert bench.marks_in_log() == marks
    assert [len(json.loads(body)["statements"]) for body in bench.line.sent] == [5, 5, 2]


def test_each_mark_rests_on_two_persons(bench: BatchWorld) -> None:
    issue(bench, as_sheet(bench.grant(3))).check()
    keys = {role: signer.kid for role, signer in bench.desk.signers.items()}
    for _, statement in issued_entries(bench.world):
        assert statement.token.kid == keys["decider"]
        assert statement.second is not None


def test_issuing_again_changes_nothing_and_needs_no_new_receipt(bench: BatchWorld) -> None:
    sheet = as_sheet(bench.grant(6))
    first = issue(bench, sheet)
    assert issue(bench, sheet) == first
    assert len(bench.marks_in_log()) == 6


def test_a_batch_needs_the_deciders_key(bench: BatchWorld) -> None:
    sheet = as_sheet(bench.grant(1))
    with pytest.raises(WrongUseError, match="decider's key is not open"):
        issue_batch(bench.with_signers("assessor", "desk"), sheet, QUIET)


def test_whoever_is_asked_to_stop_finishes_the_group_and_goes_on_later(bench: BatchWorld) -> None:
    sheet, asked = as_sheet(bench.grant(12)), iter([False, True])
    with pytest.raises(StoppedError, match="stopped after 5 of 12"):
        issue(bench, sheet, stop=lambda: next(asked))
    assert len(bench.marks_in_log()) == 5
    issue(bench, sheet).check()
    assert len(set(bench.marks_in_log())) == len(bench.marks_in_log()) == 12


def test_after_a_lost_answer_the_same_bytes_are_sent_again(bench: BatchWorld) -> None:
    sheet = as_sheet(bench.grant(5))
    bench.line.lost.add("api")
    outcome = issue(bench, sheet)
    assert (outcome.admitted, outcome.waiting) == (0, 5)
    with pytest.raises(UnavailableError, match="5 are signed and wait"):
        outcome.check()
    bench.line.lost.clear()
    issue(bench, sheet).check()
    assert len(set(bench.line.sent)) == 1
    assert len(bench.marks_in_log()) == 5


def test_a_case_cannot_stand_in_two_open_batches_and_an_issued_one_in_no_other(bench: BatchWorld) -> None:
    lines, asked = bench.grant(7), iter([False, True])
    with pytest.raises(StoppedError):
        issue(bench, as_sheet(lines), stop=lambda: next(asked))
    told = faults_of(bench, as_sheet(lines[4:6]))
    assert "row 2, column A (case): is issued already" in told[0]
    assert "row 3, column A (case): stands in B-000001, which is not finished" in told[-1]
    with bench.desk.database.transaction() as session:
        assert queries_batch.ready_cases(session) == []


def test_a_row_that_the_registry_refuses_does_not_hold_up_the_others(bench: BatchWorld) -> None:
    lines = bench.grant(6)
    with bench.desk.database.transaction() as session:
        session.connection().exec_driver_sql(
            "UPDATE desk_case SET reservation = replace(reservation, 'SCS4-000002', 'SCS4-009999')"
            " WHERE id = 'C-000002'"
        )
    outcome = issue(bench, as_sheet(lines))
    assert list(outcome.refused) == ["C-000002"]
    assert (outcome.admitted, outcome.batch.receipt) == (5, None)
    with pytest.raises(RefusedError, match="C-000002: the mark carries another registration number"):
        outcome.check()


# --- the receipt -----------------------------------------------------------------------------------------------------


def test_the_receipt_names_every_mark_and_the_log_confirms_it(bench: BatchWorld) -> None:
    outcome = issue(bench, as_sheet(bench.grant(6)))
    bench.publish()
    receipt = read_receipt(receipt_of(bench, outcome))
    assert (receipt.batch, receipt.count, len(receipt.rows)) == ("B-000001", 6, 6)
    assert {mark_uri(cast.HOST, one.mark) for one in receipt.rows} == set(bench.marks_in_log())
    registry = bench.desk.registry
    assert check_logged(receipt, registry.fetcher, registry.root(), progress=lambda *_: None) > 0


def test_one_row_is_shown_without_the_others(bench: BatchWorld) -> None:
    outcome = issue(bench, as_sheet(bench.grant(6)))
    mark = row_of(outcome.members[3]).mark
    data = receipt_of(bench, outcome, mark=mark)
    receipt = read_receipt(data)
    assert ([one.mark for one in receipt.rows], receipt.count) == ([mark], 6)
    others = [row_of(one).mark for one in outcome.members if row_of(one).mark != mark]
    assert not any(one.encode() in data for one in others)


def _changed(data: bytes, **members: Any) -> bytes:
    return canonical(json.loads(data) | members)


def test_a_receipt_that_was_changed_does_not_hold(bench: BatchWorld) -> None:
    outcome = issue(bench, as_sheet(bench.grant(3)))
    data = receipt_of(bench, outcome)
    rows = json.loads(data)["rows"]
    swapped = [rows[0] | {"index": rows[1]["index"]}, rows[1] | {"index": rows[0]["index"]}, rows[2]]
    for lie in (rows[:2], rows[::-1], swapped):
        with pytest.raises(ProofError, match="not those that were signed"):
            read_receipt(_changed(data, rows=lie))
    with pytest.raises(SignatureError):
        read_receipt(_changed(data, jwk=bench.desk.signers["assessor"].jwk))
    with pytest.raises(StatementError):
        read_receipt(_changed(data, rows=[]))
    one = receipt_of(bench, outcome, mark=rows[1]["mark"])
    with pytest.raises(ProofError):
        read_receipt(_changed(one, position=0))


def test_a_receipt_about_entries_that_are_not_there_is_contradicted_by_the_log(bench: BatchWorld) -> None:
    outcome = issue(bench, as_sheet(bench.grant(2)))
    registry = bench.desk.registry
    receipt = read_receipt(receipt_of(bench, outcome))
    with pytest.raises(UnavailableError, match="not published yet"):
        check_logged(receipt, registry.fetcher, registry.root(), progress=lambda *_: None)
    bench.publish()
    other = replace(receipt, rows=(receipt.rows[0].model_copy(update={"index": 3}),))
    with pytest.raises(ProofError, match="entry 3 does not issue the mark"):
        check_logged(other, registry.fetcher, registry.root(), progress=lambda *_: None)
