"""The nine steps: from a granted case to a package, whatever happens on the way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from issuer import queries
from issuer.issue import Issued
from registry.scenario.simulated_log import HOST
from tests.issuer.conftest import DAY, GRANTED, filled_sheet
from verifier.bundle import parse_bundle
from verifier.edge.drawing.qr import decode_qr
from verifier.envelope import parse_token, verify_token
from verifier.errors import ConflictError, RefusedError, UnavailableError, WrongUseError
from verifier.keys import import_jwk
from verifier.log.tlog_proof import TlogProof
from verifier.mark import parse_mark
from verifier.names import body_uri, mark_uri
from verifier.seal import parse_scan, seal_fits_mark
from verifier.statement import parse_statement

if TYPE_CHECKING:
    from tests.issuer.conftest import Evaluator


class Crash(Exception):
    """The power went out."""


def crash_before(step: int) -> object:
    def progress(number: int, text: str) -> None:
        if number == step:
            raise Crash(text)

    return progress


@pytest.mark.parametrize("level", [3, 4])
def test_a_granted_case_becomes_a_package_that_says_the_same_everywhere(
    evaluator: Evaluator, tmp_path: Path, level: int
) -> None:
    steps: list[int] = []
    case = evaluator.grant(level)
    issued = evaluator.issue(case, tmp_path / "marks", progress=lambda number, _: steps.append(number))
    assert steps == list(range(1, 10))
    folder = tmp_path / "marks" / issued.mark_id
    assert issued.folder == folder
    assert sorted(file.name for file in folder.iterdir()) == [
        "README.txt",
        "attestation.jwt",
        "bundle.json",
        "mark.jwt",
        "mark.tlog-proof",
        "qr.png",
        "qr.svg",
    ]
    mark = parse_mark((folder / "mark.jwt").read_text())
    verify_token(mark.token, import_jwk(evaluator.desk.signers["decider"].jwk))
    [scanned] = decode_qr((folder / "qr.png").read_bytes())
    assert seal_fits_mark(parse_scan(scanned).content, mark)
    proof = TlogProof.parse((folder / "mark.tlog-proof").read_bytes())
    assert proof.extra is not None
    assert parse_statement(proof.extra).object == mark_uri(HOST, issued.mark_id)
    bundle = parse_bundle((folder / "bundle.json").read_bytes())
    assert bundle.mark == mark.token.compact
    assert bundle.directory is not None
    assert HOST in (folder / "README.txt").read_text("utf-8")


def test_the_mark_shows_nothing_of_the_answers_or_the_officer(evaluator: Evaluator, tmp_path: Path) -> None:
    issued = evaluator.issue(evaluator.grant(3), tmp_path)
    for file in issued.folder.iterdir():
        text = file.read_bytes()
        assert "規程 12 条".encode() not in text
        assert "代表取締役".encode() not in text
    attestation = parse_token((issued.folder / "attestation.jwt").read_text(), "evaluation-attestation+jwt")
    assert set(attestation.payload) & {"score", "percentage", "answers"} == set()


@pytest.mark.parametrize("step", range(1, 10))
def test_after_a_crash_before_any_step_the_next_run_issues_the_one_mark(
    granted: Evaluator, tmp_path: Path, step: int
) -> None:
    with pytest.raises(Crash):
        granted.issue(GRANTED, tmp_path, progress=crash_before(step))
    issued = granted.issue(GRANTED, tmp_path)
    assert granted.marks_in_log() == [mark_uri(HOST, issued.mark_id)]
    assert len(set(granted.registry.sent)) == 1


def test_issuing_again_after_the_end_gives_the_same_mark(granted: Evaluator, tmp_path: Path) -> None:
    assert granted.issue(GRANTED, tmp_path) == granted.issue(GRANTED, tmp_path)
    assert len(granted.registry.sent) == 1


def test_a_connection_that_breaks_once_is_not_noticed(granted: Evaluator, tmp_path: Path) -> None:
    granted.registry.lose_answers = 1
    granted.issue(GRANTED, tmp_path)
    assert len(granted.registry.sent) == 2
    assert len(set(granted.registry.sent)) == 1
    assert len(granted.marks_in_log()) == 1


def test_after_a_lost_answer_the_identical_bytes_are_sent_again(granted: Evaluator, tmp_path: Path) -> None:
    granted.registry.lose_answers = 2
    with pytest.raises(UnavailableError):
        granted.issue(GRANTED, tmp_path)
    granted.sim.now += 3600
    granted.issue(GRANTED, tmp_path)
    assert len(granted.registry.sent) == 3
    assert len(set(granted.registry.sent)) == 1
    assert len(granted.marks_in_log()) == 1


def test_signed_bytes_that_grew_too_old_unsent_are_signed_again_for_the_same_mark(
    granted: Evaluator, tmp_path: Path
) -> None:
    with pytest.raises(Crash):
        granted.issue(GRANTED, tmp_path, progress=crash_before(7))
    granted.sim.now += DAY + 1
    granted.sim.publish()
    issued = granted.issue(GRANTED, tmp_path)
    stale, fresh = granted.registry.sent
    assert stale != fresh
    assert any(line.event == "term" for line in granted.desk.history(GRANTED))
    assert granted.marks_in_log() == [mark_uri(HOST, issued.mark_id)]
    assert any(line.event == "refused" and stale in line.note for line in granted.desk.history(GRANTED))


def test_signed_bytes_that_waited_an_hour_are_sent_unchanged(granted: Evaluator, tmp_path: Path) -> None:
    with pytest.raises(Crash):
        granted.issue(GRANTED, tmp_path, progress=crash_before(7))
    stored = granted.desk.issuance(GRANTED)
    granted.sim.now += 3600
    granted.issue(GRANTED, tmp_path)
    assert stored is not None
    assert stored.signed is not None
    assert granted.registry.sent == [stored.signed.statement]


def test_a_decision_that_waited_overnight_begins_its_term_with_the_day_of_its_signature(
    granted: Evaluator, tmp_path: Path
) -> None:
    decided = granted.desk.case(GRANTED).decision
    assert decided is not None
    granted.sim.now += 3 * DAY
    granted.sim.publish()
    issued = granted.issue(GRANTED, tmp_path)
    mark = parse_mark((issued.folder / "mark.jwt").read_text())
    assert decided.nbf is not None
    assert mark.nbf == decided.nbf + 3 * DAY
    assert [line.by for line in granted.desk.history(GRANTED) if line.event == "term"] == [decided.by]


def test_a_mark_whose_proof_is_not_there_yet_is_issued_and_pending(granted: Evaluator, tmp_path: Path) -> None:
    granted.registry.publishes = False
    with pytest.raises(UnavailableError, match="its proof is pending"):
        granted.issue(GRANTED, tmp_path)
    assert list(tmp_path.glob("[0-9a-z]*/mark.jwt")) == []
    granted.registry.publishes = True
    # What is missing is only fetched: nobody has to unlock a key for that.
    issued = granted.with_signers().issue(GRANTED, tmp_path)
    assert (issued.folder / "bundle.json").exists()
    assert len(granted.registry.sent) == 1


def test_a_proof_without_the_directory_is_not_enough(granted: Evaluator, tmp_path: Path) -> None:
    granted.sim.publish_directory()
    granted.registry.publish = lambda seconds=0.5: granted.sim.publish()  # type: ignore[method-assign]
    with pytest.raises(UnavailableError, match="pending"):
        granted.issue(GRANTED, tmp_path)


def test_a_mark_that_is_in_the_log_otherwise_is_a_conflict_and_nothing_is_signed_again(
    granted: Evaluator, tmp_path: Path
) -> None:
    with pytest.raises(Crash):
        granted.issue(GRANTED, tmp_path, progress=crash_before(7))
    issuance = granted.desk.issuance(GRANTED)
    with pytest.raises(Crash):
        granted.issue(_clone(granted, GRANTED), tmp_path, progress=crash_before(8))
    with pytest.raises(ConflictError):
        granted.issue(GRANTED, tmp_path)
    assert granted.desk.issuance(GRANTED) == issuance


def test_answers_changed_behind_the_desk_are_not_those_that_were_attested(granted: Evaluator, tmp_path: Path) -> None:
    with granted.desk.database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE desk_answer SET evidence = 'none' WHERE position = 3")
    with pytest.raises(RefusedError, match="not those that the assessor attested"):
        granted.issue(GRANTED, tmp_path)
    assert granted.registry.sent == []


def test_a_granted_mark_is_issued_only_with_the_deciders_key(granted: Evaluator, tmp_path: Path) -> None:
    with pytest.raises(WrongUseError, match="decider's key is not open"):
        granted.with_signers("assessor", "desk").issue(GRANTED, tmp_path)


def test_a_case_that_is_not_granted_is_not_issued(evaluator: Evaluator, tmp_path: Path) -> None:
    case = evaluator.assess()
    with pytest.raises(RefusedError, match="not granted"):
        evaluator.issue(case, tmp_path)


def test_a_registry_that_is_down_when_a_case_opens_costs_nothing(evaluator: Evaluator) -> None:
    evaluator.registry.lose_answers = 2
    with pytest.raises(UnavailableError) as told:
        evaluator.open()
    [case] = evaluator.desk.cases()
    assert f"case accept {case.id}" in told.value.hint
    assert case.state == "submitted"
    assert evaluator.desk.accept(case.id).reservation is not None


def test_a_technical_verifier_that_the_log_does_not_list_is_refused_at_once(evaluator: Evaluator) -> None:
    case = evaluator.open(4)
    evaluator.desk.import_answers(case, filled_sheet(4), "a.xlsx")
    with pytest.raises(RefusedError, match="does not list"):
        evaluator.desk.record_technical_verification(case, body=body_uri(HOST, 77), date=evaluator.sim.now - 5)


def test_the_receipt_stays_at_the_desk(granted: Evaluator, tmp_path: Path) -> None:
    issued: Issued = granted.issue(GRANTED, tmp_path)
    kept = granted.desk.issuance(GRANTED)
    assert kept is not None
    assert kept.admitted is not None
    assert kept.admitted.receipt == issued.receipt
    assert kept.finished_at == granted.sim.now


def _clone(granted: Evaluator, case: str) -> str:
    """Copy a granted case inside the database: what a second desk with the same keys could do."""
    with granted.desk.database.transaction() as session:
        run = session.connection().exec_driver_sql
        columns = [row[1] for row in run("PRAGMA table_info(desk_case)").all() if row[1] != "id"]
        names = ", ".join(columns)
        run(f"INSERT INTO desk_case (id, {names}) SELECT 'C-COPY', {names} FROM desk_case WHERE id = '{case}'")
        run(
            "INSERT INTO desk_answer SELECT 'C-COPY', item, position, word, justification, evidence, approved_by"
            f" FROM desk_answer WHERE case_id = '{case}'"
        )
    return "C-COPY"


def test_a_run_that_was_overtaken_takes_nothing_from_the_one_that_issued(granted: Evaluator, tmp_path: Path) -> None:
    with pytest.raises(Crash):
        granted.issue(GRANTED, tmp_path, progress=crash_before(7))
    stale = granted.desk.issuance(GRANTED)
    assert stale is not None
    assert stale.signed is not None
    granted.sim.now += DAY + 1
    granted.sim.publish()
    issued = granted.issue(GRANTED, tmp_path)
    # The slower run heard the same refusal, and only now does what follows from it.
    with granted.desk.database.transaction() as session:
        assert not queries.forget_signed(session, GRANTED, stale.signed)
    kept = granted.desk.issuance(GRANTED)
    assert kept is not None
    assert kept.signed is not None
    assert kept.signed.statement == granted.registry.sent[-1]
    assert granted.issue(GRANTED, tmp_path).mark_id == issued.mark_id


def test_what_is_stored_beside_an_entry_is_what_was_admitted(granted: Evaluator, tmp_path: Path) -> None:
    granted.issue(GRANTED, tmp_path)
    kept = granted.desk.issuance(GRANTED)
    assert kept is not None
    assert kept.signed is not None
    assert kept.admitted is not None
    other = replace(kept.signed, statement=kept.signed.statement[:-4] + "AAAA")
    with granted.desk.database.transaction() as session:
        queries.keep_admitted(session, GRANTED, other, kept.admitted)
        queries.keep_admitted(session, GRANTED, kept.signed, kept.admitted)
    assert granted.desk.issuance(GRANTED) == kept
