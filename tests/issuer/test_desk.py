"""The desk: deeds are stored whole, in order, by the right person; what it keeps is private and durable."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from issuer.answers import answers_digest
from issuer.case import State
from issuer.database import Database, migration_config
from issuer.decision import results_commitment
from issuer.intake import Application
from issuer.submit import RegistryClient
from issuer.tables import METADATA
from issuer.template import ANSWER, JUSTIFICATION
from registry.scenario.simulated_log import HOST
from tests.issuer.conftest import API, DAY, PACK, READ, filled_sheet, sheet_with
from verifier.dates import day_start, local_date
from verifier.errors import (
    ConflictError,
    EvidenceError,
    MalformedError,
    NotFoundError,
    ProofError,
    RefusedError,
    SignatureError,
    UnavailableError,
    WrongUseError,
)
from verifier.statement.attestation import parse_attestation

if TYPE_CHECKING:
    from tests.issuer.conftest import Evaluator
    from verifier.gather import Fetcher
    from verifier.trust.root import TrustRoot

FIRST = PACK.items_for(3)[0].id


def test_a_case_has_its_mark_id_before_anybody_assesses(evaluator: Evaluator) -> None:
    case = evaluator.desk.case(evaluator.open())
    assert case.state is State.ACCEPTED
    assert case.reservation is not None
    assert case.reservation.number == "SCS3-000001"


def test_one_organisation_has_one_open_case_for_a_tier_and_scope(evaluator: Evaluator) -> None:
    first = evaluator.open()
    with pytest.raises(ConflictError, match=first):
        evaluator.open()
    assert evaluator.open(4) != evaluator.open(summary="本社のみ")
    evaluator.desk.withdraw(first, reason="取り下げ")
    assert evaluator.open() == "C-000004"


def test_a_faulty_sheet_changes_nothing_and_begins_nothing(evaluator: Evaluator) -> None:
    case = evaluator.open()
    before = evaluator.desk.case(case)
    with pytest.raises(MalformedError):
        evaluator.desk.import_answers(case, sheet_with({(FIRST, ANSWER): "yes"}), "a.csv")
    assert evaluator.desk.case(case) == before
    assert evaluator.desk.imports(case) == ()


def test_every_imported_sheet_is_kept_and_the_newest_answers_count(evaluator: Evaluator) -> None:
    case = evaluator.open()
    early, late = sheet_with({(FIRST, ANSWER): "not_met"}), filled_sheet(3)
    evaluator.desk.import_answers(case, early, "early.csv")
    assert evaluator.desk.case(case).answers[0].word == "not_met"
    evaluator.desk.import_answers(case, late, "late.xlsx")
    assert evaluator.desk.case(case).answers[0].word == "met"
    assert evaluator.desk.imports(case) == (("early.csv", early), ("late.xlsx", late))


def test_an_item_that_does_not_apply_is_approved_and_then_settled(evaluator: Evaluator) -> None:
    case = evaluator.open()
    sheet = sheet_with({(FIRST, ANSWER): "not_applicable", (FIRST, JUSTIFICATION): "該当設備なし"})
    evaluator.desk.import_answers(case, sheet, "a.csv")
    evaluator.desk.confirm_by_expert(case, kind="body_holder", by="h-99aa")
    evaluator.desk.swear_oath(case, officer="役員")
    evaluator.sim.now += 60
    with pytest.raises(RefusedError, match=FIRST):
        evaluator.desk.attest(case)
    assert evaluator.desk.approve_not_applicable(case, [FIRST]).answers[0].approved_by == "h-7f3a"
    with pytest.raises(RefusedError, match="other answers"):
        evaluator.desk.attest(case)
    evaluator.desk.confirm_by_expert(case, kind="body_holder", by="h-99aa")
    evaluator.desk.swear_oath(case, officer="役員")
    assert evaluator.desk.attest(case).state is State.ASSESSED


def test_an_expert_who_is_not_listed_cannot_confirm(evaluator: Evaluator) -> None:
    case = evaluator.open()
    evaluator.desk.import_answers(case, filled_sheet(3), "a.xlsx")
    with pytest.raises(RefusedError, match="does not list expert"):
        evaluator.desk.confirm_by_expert(case, kind="listed_expert", by="E-1042")


def test_after_the_attestation_the_file_is_closed(evaluator: Evaluator) -> None:
    case = evaluator.assess()
    evaluator.desk.attest(case)
    for deed in (
        lambda: evaluator.desk.import_answers(case, filled_sheet(3), "a.xlsx"),
        lambda: evaluator.desk.swear_oath(case, officer="役員"),
        lambda: evaluator.desk.approve_not_applicable(case, []),
    ):
        with pytest.raises(RefusedError, match="closed to changes"):
            deed()


def test_the_attestation_commits_to_the_answers_without_showing_them(evaluator: Evaluator) -> None:
    case = evaluator.desk.attest(evaluator.assess())
    assert case.attested is not None
    says = parse_attestation(case.attested.compact, log=f"{HOST}/log").says
    assert says.results == results_commitment(case, evaluator.desk.identity, salt=case.attested.salt)
    assert says.results != answers_digest(case.answers)
    changed = replace(case, answers=(replace(case.answers[0], evidence="other"), *case.answers[1:]))
    assert says.results != results_commitment(changed, evaluator.desk.identity, salt=case.attested.salt)


def test_an_evaluation_takes_time(evaluator: Evaluator) -> None:
    case = evaluator.assess()
    evaluator.sim.now -= 3600
    with pytest.raises(RefusedError, match="only just begun"):
        evaluator.desk.attest(case)


@pytest.mark.parametrize(("deed", "missing"), [("attest", "desk"), ("decide", "assessor")])
def test_nobody_acts_with_a_closed_key(evaluator: Evaluator, deed: str, missing: str) -> None:
    case = evaluator.assess()
    if deed == "decide":
        evaluator.desk.attest(case)
    desk = evaluator.with_signers(missing).desk
    with pytest.raises(WrongUseError, match="key is not open"):
        desk.attest(case) if deed == "attest" else desk.decide(case, "granted")


def test_a_term_begins_with_the_day_and_never_before_the_decision(evaluator: Evaluator) -> None:
    case = evaluator.assess()
    evaluator.desk.attest(case)
    today = local_date(evaluator.sim.now, PACK.zone)
    with pytest.raises(RefusedError, match="before its decision"):
        evaluator.desk.decide(case, "granted", start=local_date(evaluator.sim.now - DAY, PACK.zone))
    decision = evaluator.desk.decide(case, "granted", start=today).decision
    assert decision is not None
    assert decision.nbf == day_start(today, PACK.zone)


def test_a_refusal_needs_a_reason_and_is_final(evaluator: Evaluator) -> None:
    case = evaluator.assess()
    evaluator.desk.attest(case)
    with pytest.raises(RefusedError, match="needs a reason"):
        evaluator.desk.decide(case, "refused")
    assert evaluator.desk.decide(case, "refused", reason="証跡が古い").state is State.REFUSED
    with pytest.raises(RefusedError, match="not possible now"):
        evaluator.desk.decide(case, "granted")


def test_a_returned_case_takes_answers_again(evaluator: Evaluator) -> None:
    case = evaluator.assess()
    evaluator.desk.attest(case)
    evaluator.desk.decide(case, "returned", reason="証跡を更新")
    again = evaluator.desk.import_answers(case, filled_sheet(3, form="csv"), "b.csv")
    assert (again.state, again.attested, again.decision) == (State.IN_ASSESSMENT, None, None)


def test_history_says_who_did_what_in_order(evaluator: Evaluator) -> None:
    case = evaluator.grant()
    lines = [(line.by, line.event, line.state) for line in evaluator.desk.history(case)]
    assert lines == [
        ("h-0b51", "submit", "submitted"),
        ("h-0b51", "accept", "accepted"),
        ("h-7f3a", "answers", "in_assessment"),
        ("h-99aa", "confirm", "in_assessment"),
        ("h-0b51", "oath", "in_assessment"),
        ("h-7f3a", "attest", "assessed"),
        ("h-c2d8", "grant", "granted"),
    ]


def test_two_who_change_a_case_at_once_do_not_overwrite_each_other(evaluator: Evaluator) -> None:
    case = evaluator.desk.case(evaluator.open())
    evaluator.desk.change(case, by="h-1", event="first")
    with pytest.raises(ConflictError, match="changed meanwhile"):
        evaluator.desk.change(case, by="h-2", event="second")
    assert [line.event for line in evaluator.desk.history(case.id)][-1] == "first"


def test_a_case_that_does_not_exist_is_not_found(evaluator: Evaluator) -> None:
    with pytest.raises(NotFoundError):
        evaluator.desk.case("C-999999")


def test_star_5_cannot_be_applied_for(evaluator: Evaluator) -> None:
    known = evaluator.desk.case(evaluator.open())
    with pytest.raises(RefusedError, match="cannot be issued"):
        evaluator.desk.open_case(Application(PACK.scheme, PACK.version, 5, known.holder, known.scope))


def _no_root(fetcher: Fetcher) -> TrustRoot:
    raise NotFoundError("nothing is pinned here")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, MalformedError),
        (401, SignatureError),
        (404, NotFoundError),
        (409, ConflictError),
        (422, RefusedError),
        (429, UnavailableError),
        (500, UnavailableError),
        (503, UnavailableError),
    ],
)
def test_a_problem_document_becomes_the_error_that_it_names(status: int, error: type[Exception]) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, json={"detail": "because", "head": 7, "hint": "do this"})

    with httpx.Client(transport=httpx.MockTransport(answer)) as http, pytest.raises(error) as raised:
        RegistryClient(http, read=READ, api=API, root=_no_root).state_of(f"https://{HOST}/e/1")
    assert type(raised.value) is error
    assert "because" in str(raised.value)


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b'{"mark": "x", "number": "n", "status": {"list": 1}}'])
def test_an_answer_that_is_not_one_never_leaks_another_kind_of_error(body: bytes) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(201, content=body)

    with httpx.Client(transport=httpx.MockTransport(answer)) as http, pytest.raises(EvidenceError):
        RegistryClient(http, read=READ, api=API, root=_no_root).reserve(
            {"scheme": "s", "level": 3}, "assertion", key="a-case-of-ours"
        )


def test_an_anchor_of_another_log_is_refused(evaluator: Evaluator) -> None:
    with pytest.raises(ProofError, match=r"not of other\.example/log"):
        evaluator.desk.registry.anchor("other.example/log")


def test_the_database_is_private_and_survives_a_power_cut(tmp_path: Path) -> None:
    database = Database(tmp_path / "desk.db")
    with database.transaction() as session:
        run = session.connection().exec_driver_sql
        assert run("PRAGMA journal_mode").scalar() == "wal"
        assert run("PRAGMA synchronous").scalar() == 2
        assert run("PRAGMA foreign_keys").scalar() == 1
    database.close()
    assert (tmp_path / "desk.db").stat().st_mode & 0o077 == 0


def test_migrations_lead_to_the_tables_and_back() -> None:
    with create_engine("sqlite://").connect() as connection:
        config = migration_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        context = MigrationContext.configure(connection, opts={"version_table": "desk_version"})
        assert compare_metadata(context, METADATA) == []
        command.downgrade(config, "base")
        left = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE name LIKE 'desk_case%'").all()
        assert left == []


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_migrations_can_be_written_as_a_script_for_both_databases(dialect: str) -> None:
    config: Any = migration_config()
    config.set_main_option("dialect", dialect)
    config.output_buffer = io.StringIO()
    command.upgrade(config, "head", sql=True)
    script = config.output_buffer.getvalue()
    assert "CREATE TABLE desk_case" in script
    assert ("BYTEA" in script) == (dialect == "postgresql")
