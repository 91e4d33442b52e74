"""Who may do what: competence and interests are checked when a case is assigned, and again when somebody acts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from issuer.assigning import (
    add_competence,
    assign,
    competences,
    declare_interest,
    end_competence,
    end_interest,
    interests,
)
from issuer.case import State
from issuer.scoping import accept_exclusions, drop_exclusions, exclude
from issuer.suitability import COOLING_MONTHS, Competence, Interest
from registry.scenario.simulated_log import HOST
from tests.issuer.conftest import BODY, DAY, PACK, PLACES, TESTER, filled_sheet
from verifier.dates import term_end
from verifier.errors import NotFoundError, RefusedError, StatementError
from verifier.names import body_uri

if TYPE_CHECKING:
    from tests.issuer.conftest import Evaluator

ASSESSOR, DECIDER = PLACES["assessor"].holder, PLACES["decider"].holder
APPLICANT, GROUP_COMPANY = "0188-1180301018771", "0188-5010005007126"


def competent(evaluator: Evaluator, holder: str, part: Any, *, level: int = 3, days: int = 100) -> int:
    now = evaluator.sim.now
    row = Competence(holder, part, PACK.scheme, level, now - DAY, now + days * DAY)
    return add_competence(evaluator.desk, row)


def related(evaluator: Evaluator, party: str, organisation: str = APPLICANT, **when: Any) -> int:
    return declare_interest(
        evaluator.desk, Interest(party, organisation, "consulting", evaluator.sim.now - DAY, **when)
    )


def refusal(evaluator: Evaluator, case: str, part: Any, party: str) -> RefusedError:
    with pytest.raises(RefusedError) as refused:
        assign(evaluator.desk, case, part, party)
    return refused.value


def test_who_is_competent_and_impartial_is_assigned_and_works(evaluator: Evaluator) -> None:
    case = evaluator.open()
    competent(evaluator, ASSESSOR, "assessor")
    competent(evaluator, DECIDER, "decider")
    assign(evaluator.desk, case, "assessor", ASSESSOR)
    assigned = assign(evaluator.desk, case, "decider", DECIDER).handling.assignment
    assert (assigned.assessor, assigned.decider) == (ASSESSOR, DECIDER)
    evaluator.desk.import_answers(case, filled_sheet(3), "a.xlsx")
    assert evaluator.desk.case(case).state is State.IN_ASSESSMENT
    assert [line.event for line in evaluator.desk.history(case)][2:4] == ["assign", "assign"]


def test_nobody_is_assigned_without_a_registered_competence(evaluator: Evaluator) -> None:
    case = evaluator.open()
    competent(evaluator, ASSESSOR, "decider")
    competent(evaluator, ASSESSOR, "assessor", level=4)
    error = refusal(evaluator, case, "assessor", ASSESSOR)
    assert f"not_competent: {ASSESSOR} is not registered as assessor for jp.meti.scs/3" in error.message
    assert "shirushi issuer competence add" in error.hint


def test_a_competence_that_has_ended_is_none_and_the_refusal_says_since_when(evaluator: Evaluator) -> None:
    case, row = evaluator.open(), competent(evaluator, ASSESSOR, "assessor")
    end_competence(evaluator.desk, row)
    assert "jp.meti.scs/3 since 20" in refusal(evaluator, case, "assessor", ASSESSOR).message
    with pytest.raises(RefusedError, match="ended already"):
        end_competence(evaluator.desk, row)
    with pytest.raises(NotFoundError):
        end_competence(evaluator.desk, row + 1)
    assert [one.holder for one in competences(evaluator.desk)] == [ASSESSOR]


def test_a_declared_relation_to_the_applicant_or_to_whom_the_scope_covers_is_a_conflict(evaluator: Evaluator) -> None:
    competent(evaluator, ASSESSOR, "assessor")
    related(evaluator, ASSESSOR, GROUP_COMPANY)
    alone, group = evaluator.open(), evaluator.open(kind="group", covered=[GROUP_COMPANY])
    assign(evaluator.desk, alone, "assessor", ASSESSOR)
    error = refusal(evaluator, group, "assessor", ASSESSOR)
    assert f"conflict_of_interest: {ASSESSOR} had to do with {GROUP_COMPANY} (consulting)" in error.message
    assert "without a relation" in error.hint


def test_a_relation_counts_for_two_years_after_its_end(evaluator: Evaluator) -> None:
    row = related(evaluator, ASSESSOR)
    ended = evaluator.sim.now
    end_interest(evaluator.desk, row, at=ended)
    assert interests(evaluator.desk)[0].ends == ended
    competent(evaluator, ASSESSOR, "assessor", days=2000)
    assert "conflict_of_interest" in refusal(evaluator, evaluator.open(), "assessor", ASSESSOR).message
    evaluator.sim.now = term_end(ended, COOLING_MONTHS, PACK.zone)
    later = evaluator.open(4)
    competent(evaluator, ASSESSOR, "assessor", level=4)
    assert assign(evaluator.desk, later, "assessor", ASSESSOR).handling.assignment.assessor == ASSESSOR


def test_one_person_is_never_assigned_to_assess_and_to_decide(evaluator: Evaluator) -> None:
    case = evaluator.open()
    for part in ("assessor", "decider"):
        competent(evaluator, ASSESSOR, part)
    assign(evaluator.desk, case, "assessor", ASSESSOR)
    error = refusal(evaluator, case, "decider", ASSESSOR)
    assert "same_person" in error.message
    assert "two people" in error.hint


def test_whoever_attested_is_not_assigned_to_decide_later(evaluator: Evaluator) -> None:
    case = evaluator.assess()
    evaluator.desk.attest(case)
    competent(evaluator, ASSESSOR, "decider")
    assert "same_person" in refusal(evaluator, case, "decider", ASSESSOR).message


def test_technical_verification_is_assigned_to_a_designated_body_only(evaluator: Evaluator) -> None:
    case = evaluator.open(4)
    assert "listed for evaluation" in refusal(evaluator, case, "technical_verifier", body_uri(HOST, BODY)).message
    assert "does not list" in refusal(evaluator, case, "technical_verifier", body_uri(HOST, 77)).message
    tester = body_uri(HOST, TESTER)
    assert assign(evaluator.desk, case, "technical_verifier", tester).handling.assignment.technical_verifier == tester
    related(evaluator, tester)
    assert "conflict_of_interest" in refusal(evaluator, case, "technical_verifier", tester).message


def test_a_test_outside_the_designation_is_refused(evaluator: Evaluator) -> None:
    case = evaluator.open(4)
    evaluator.desk.import_answers(case, filled_sheet(4), "a.xlsx")
    with pytest.raises(RefusedError, match="does not cover the day of the test"):
        evaluator.desk.record_technical_verification(
            case, body=body_uri(HOST, TESTER), date=evaluator.sim.now - 120 * DAY
        )


def test_a_relation_that_is_declared_after_the_assignment_stops_whoever_acts(evaluator: Evaluator) -> None:
    case = evaluator.assess()
    related(evaluator, ASSESSOR)
    with pytest.raises(RefusedError, match="conflict_of_interest"):
        evaluator.desk.attest(case)


def test_once_the_register_is_kept_nobody_acts_without_a_row(evaluator: Evaluator) -> None:
    case = evaluator.assess()
    row = competent(evaluator, "h-other", "assessor")
    with pytest.raises(RefusedError, match="not_competent"):
        evaluator.desk.attest(case)
    end_competence(evaluator.desk, row)
    with pytest.raises(RefusedError, match="not_competent"):
        evaluator.desk.attest(case)
    competent(evaluator, ASSESSOR, "assessor")
    evaluator.desk.attest(case)
    with pytest.raises(RefusedError, match=f"decider {DECIDER}: not_competent"):
        evaluator.desk.decide(case, "granted")


def test_who_was_not_assigned_does_not_decide(evaluator: Evaluator) -> None:
    case = evaluator.assess()
    competent(evaluator, ASSESSOR, "assessor")
    competent(evaluator, DECIDER, "decider")
    competent(evaluator, "h-other", "decider")
    assign(evaluator.desk, case, "decider", "h-other")
    evaluator.desk.attest(case)
    with pytest.raises(RefusedError, match="assigned to h-other for decision"):
        evaluator.desk.decide(case, "refused", reason="証跡が古い")


def test_nobody_is_assigned_to_what_is_over_and_rows_make_sense(evaluator: Evaluator) -> None:
    case, now = evaluator.open(), evaluator.sim.now
    evaluator.desk.withdraw(case, reason="取下げ")
    assert "nobody is assigned any more" in refusal(evaluator, case, "assessor", ASSESSOR).message
    with pytest.raises(RefusedError, match="ends after it begins"):
        add_competence(evaluator.desk, Competence(ASSESSOR, "assessor", PACK.scheme, 3, now, now))
    with pytest.raises(StatementError):
        add_competence(evaluator.desk, Competence("山田 太郎", "assessor", PACK.scheme, 3, now, now + 1))
    with pytest.raises(RefusedError, match="before it began"):
        declare_interest(evaluator.desk, Interest(ASSESSOR, APPLICANT, "family", now, now - 1))


def test_exclusions_are_numbered_accepted_and_taken_back(evaluator: Evaluator) -> None:
    case = evaluator.open(kind="unit", summary="開発部門のみ")
    exclude(evaluator.desk, case, "device", what="旧型測定器", justification="単独で動作し、接続しない")
    exclude(evaluator.desk, case, "site", what="第二倉庫", justification="閉鎖予定")
    drop_exclusions(evaluator.desk, case, [1])
    kept = accept_exclusions(evaluator.desk, case, [2]).handling.exclusions
    assert [(one.no, one.kind, one.approved_by) for one in kept] == [(2, "site", ASSESSOR)]
    with pytest.raises(RefusedError, match="has no exclusion 1"):
        accept_exclusions(evaluator.desk, case, [1])


def test_exclusions_are_attested_and_never_leave_the_desk(evaluator: Evaluator) -> None:
    case = evaluator.assess(4)
    exclude(evaluator.desk, case, "device", what="旧型測定器", justification="単独で動作し、接続しない")
    with pytest.raises(RefusedError, match="nobody has accepted: 1"):
        evaluator.desk.attest(case)
    accept_exclusions(evaluator.desk, case, [1])
    attested = evaluator.desk.attest(case)
    assert attested.attested is not None
    changed = replace(attested, handling=attested.handling.model_copy(update={"exclusions": ()}))
    assert changed.result != attested.result
    assert "旧型測定器" not in attested.attested.compact
    with pytest.raises(RefusedError, match="closed to changes"):
        drop_exclusions(evaluator.desk, case, [1])
