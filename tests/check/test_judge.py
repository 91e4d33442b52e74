"""One row against one policy: which mark counts, and what is said when none does."""

from __future__ import annotations

from typing import Any

import pytest

from verifier.check.judge import Case, Found, judge_supplier, state_at
from verifier.check.outcome import RANK, REASONS, SATISFIED, UNDECIDED, Outcome, RowVerdict, exit_code
from verifier.check.recognised import Recognised
from verifier.check.subject import Claim
from verifier.check.supplier import NameBook, Supplier
from verifier.dates import day_start, local_date
from verifier.directory.record import ListedMark
from verifier.requirement import Requirement
from verifier.tier import Tier

NOW, DAY, HOST = 1_793_577_600, 86_400, "shirushi.example"
HOLDER, OTHER = "0188-1180301018771", "0188-5010005007126"


def mark(id: str = "m1", **changes: Any) -> ListedMark:
    told = {
        "link": "held", "mark": id, "nbf": NOW - 100 * DAY, "scheme": "jp.meti.scs", "scope_kind": "company",
        "state": "active", "tier": 3, "until": NOW + 200 * DAY,
    }  # fmt: skip
    return ListedMark(**{**told, **changes})


def case(*, at: int = NOW, as_of: int = NOW, environment: str = "production", **policy: Any) -> Case:
    asked = Requirement.model_validate({"version": 1, "tier": "jp.meti.scs/3", **policy})
    return Case(asked, HOST, "Asia/Tokyo", environment, at, NOW, as_of)


def judged(*marks: ListedMark, given: Case | None = None, supplier: Supplier | None = None, **found: Any) -> Outcome:
    held = Found({HOLDER: marks} if marks else {}, {one.mark: HOLDER for one in marks}, **found)
    return judge_supplier(supplier or Supplier(1, (HOLDER,)), held, given or case(), NameBook([]))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, "ok"),
        ({"tier": 4}, "ok"),
        ({"scope_kind": "group"}, "ok"),
        ({"link": "covered", "scope_kind": "group"}, "covered"),
        ({"scope_kind": "unit"}, "unit"),
        ({"link": "covered", "scope_kind": "unit"}, "unit"),
        ({"tier": 2}, "self_declared"),
        ({"scheme": "jp.ipa.security-action", "tier": 2}, "self_declared"),
        ({"scheme": "jp.ipa.jc-star", "tier": 4}, "other_scheme"),
        ({"scheme": "unheard.of", "tier": 1}, "self_declared"),
        ({"state": "suspended"}, "suspended"),
        ({"state": "suspended", "until": NOW}, "withdrawn"),
        ({"state": "withdrawn"}, "withdrawn"),
        ({"state": "cancelled"}, "cancelled"),
        ({"state": "annulled"}, "annulled"),
        ({"state": "superseded"}, "superseded"),
        ({"state": "of_tomorrow"}, "state_unknown"),
        ({"nbf": NOW + 1}, "not_yet_valid"),
        ({"nbf": NOW}, "ok"),
        ({"until": NOW}, "expired"),
        ({"until": NOW + 1}, "ok"),
    ],
)
def test_one_mark_gives_one_answer(changes: dict[str, Any], reason: str) -> None:
    assert judged(mark(**changes)).reason == reason


def test_nothing_under_the_number_is_not_found_and_the_best_of_several_marks_counts() -> None:
    assert judged().verdict is RowVerdict.NOT_FOUND
    old = mark("old", state="superseded")
    assert judged(old, mark("new")).mark == "new"
    assert judged(old, mark("paused", state="suspended"), mark("low", tier=2)).reason == "suspended"
    covered = mark("group", link="covered", scope_kind="group")
    assert judged(covered, mark("own")).reason == "ok"
    assert judged(mark("a", until=NOW + DAY), mark("b", until=NOW + 2 * DAY)).mark == "b"


def test_a_policy_may_refuse_group_marks_and_take_units() -> None:
    covered = mark(link="covered", scope_kind="group")
    assert judged(covered, given=case(covered=False)).reason == "group_not_accepted"
    assert judged(mark(scope_kind="unit"), given=case(scope=["company", "unit"])).reason == "ok"
    assert judged(mark(scope_kind="group"), given=case(scope=["company"])).reason == "scope_not_accepted"


def test_a_grace_begins_where_the_term_ends_and_never_lifts_a_suspension() -> None:
    ten_days = case(grace_days=10)
    assert judged(mark(until=NOW), given=ten_days).reason == "in_grace"
    assert judged(mark(until=NOW - 10 * DAY + 1), given=ten_days).reason == "in_grace"
    assert judged(mark(until=NOW - 10 * DAY), given=ten_days).reason == "expired"
    assert judged(mark(state="suspended", until=NOW - DAY), given=ten_days).reason == "withdrawn"
    assert judged(mark(until=NOW, tier=2), given=ten_days).reason == "self_declared"


def test_the_last_day_that_is_asked_for_is_included() -> None:
    day = local_date(NOW + 30 * DAY, "Asia/Tokyo")
    through = case(valid_until=day)
    end = day_start(day, "Asia/Tokyo") + DAY
    assert judged(mark(until=end), given=through).reason == "ok"
    assert judged(mark(until=end - 1), given=through).reason == "ends_early"


def test_what_the_directory_does_not_tell_is_not_confirmed() -> None:
    assert judged(mark(), given=case(ot="included")).reason == "ot_unknown"
    assert judged(mark(scope_kind="unit"), given=case(ot="included")).reason == "unit"
    assert judged(mark(), given=case(as_of=NOW - 3600, max_age_hours=1)).reason == "ok"
    assert judged(mark(), given=case(as_of=NOW - 3601, max_age_hours=1)).reason == "stale"
    assert judged(given=case(as_of=NOW - 3601, max_age_hours=1)).reason == "stale"


def test_a_mark_of_a_sandbox_meets_nothing() -> None:
    assert judged(mark(), given=case(environment="sandbox")).reason == "test_mark"
    assert judged(mark(), given=case(environment="demonstration")).reason == "ok"


def test_a_row_may_ask_for_another_tier_than_the_policy() -> None:
    four = Supplier(1, (HOLDER,), asked=Tier("jp.meti.scs", 4))
    told = judged(mark(), supplier=four)
    assert (told.reason, told.wanted) == ("below", "jp.meti.scs/4")
    assert judged(mark(tier=4), supplier=four).reason == "ok"


def test_a_mark_that_a_row_names_must_be_that_of_the_organisation_in_the_row() -> None:
    def asked(claim: Claim, *identifiers: str) -> str:
        return judged(mark(), mark("m2", tier=4), supplier=Supplier(1, identifiers, claim)).reason

    assert asked(Claim("m1")) == "ok"
    assert asked(Claim("m1", HOST), HOLDER) == "ok"
    assert asked(Claim("m1"), OTHER) == "subject_mismatch"
    assert asked(Claim("m3"), HOLDER) == "mark_absent"
    assert asked(Claim("m1", "elsewhere.example")) == "look_alike"
    assert asked(Claim("m3", "elsewhere.example")) == "other_host"
    told = ("jp.meti.scs", 3, NOW - 100 * DAY, NOW)
    assert asked(Claim("m1", HOST, HOLDER, told)) == "ok"
    assert asked(Claim("m1", HOST, HOLDER, ("jp.meti.scs", 4, told[2], told[3]))) == "contradicts_record"


def test_a_declaration_counts_where_there_is_no_mark_and_as_long_as_it_runs() -> None:
    assert judged(declared={HOLDER: NOW + 1}).verdict is RowVerdict.SELF_DECLARED
    assert judged(declared={HOLDER: NOW}).reason == "absent"
    assert judged(mark(), declared={HOLDER: NOW + 1}).reason == "ok"


def test_a_recognition_counts_under_an_agreement_of_an_accepted_kind_only() -> None:
    def under(kind: str, accepted: list[str], **changes: Any) -> str:
        told = {"uri": f"https://{HOST}/r/1", "scheme": "jp.meti.scs", "tier": 3, "kind": kind, "until": NOW + DAY}
        one = Recognised(**{**told, **changes})
        return judged(recognised={HOLDER: (one,)}, given=case(recognition=accepted)).reason

    assert under("bilateral", ["bilateral"]) == "recognised"
    assert under("bilateral", ["unilateral"]) == "recognition_not_accepted"
    assert under("bilateral", []) == "recognition_not_accepted"
    assert under("", ["bilateral"]) == "state_unknown"
    assert under("bilateral", ["bilateral"], until=NOW) == "expired"
    assert under("bilateral", ["bilateral"], tier=2) == "below"


def test_a_refused_row_and_a_name_alone_are_never_judged() -> None:
    refused = judged(mark(), supplier=Supplier(1, (HOLDER,), refused="scientific", column=2))
    assert (refused.verdict, refused.column, refused.mark) == (RowVerdict.REFUSED, 2, "")
    found = Found({HOLDER: (mark(),)})
    book = NameBook([(HOLDER, "株式会社サンプル")])
    named = judge_supplier(Supplier(1, name="サンプル"), found, case(), book)
    assert (named.reason, named.candidates, named.mark) == ("name_only", ((HOLDER, "株式会社サンプル"),), "")
    assert judge_supplier(Supplier(1, name="別"), found, case(), book).reason == "no_candidate"


def test_an_organisation_never_fares_better_with_fewer_of_its_marks_hidden() -> None:
    kinds = [mark(str(n), tier=tier, state=state) for n, (tier, state) in enumerate(
        [(3, "active"), (2, "active"), (3, "suspended"), (4, "withdrawn")])]  # fmt: skip
    for one in kinds:
        assert RANK[judged(*kinds).reason] <= RANK[judged(one).reason]


@pytest.mark.parametrize(
    ("reasons", "code"),
    [
        (["ok", "covered", "recognised", "in_grace"], 0), ([], 0), (["ok", "stale"], 2), (["ok", "empty"], 2),
        (["name_only"], 2), (["ok", "absent"], 1), (["stale", "suspended"], 1), (["unit"], 1), (["self_declared"], 1),
    ],
)  # fmt: skip
def test_the_exit_code_tells_no_from_not_decided(reasons: list[str], code: int) -> None:
    assert exit_code([Outcome(reason) for reason in reasons]) == code


def test_every_verdict_has_a_reason_and_belongs_to_one_answer() -> None:
    assert set(REASONS.values()) == set(RowVerdict)
    assert not SATISFIED & UNDECIDED


def test_the_clock_moves_states_forward_only() -> None:
    moments = [state_at(mark(nbf=NOW, until=NOW + DAY), at) for at in (NOW - 1, NOW, NOW + DAY - 1, NOW + DAY)]
    assert moments == ["not_yet_valid", "active", "active", "expired"]


LEI = "0199-529900T8BM49AURSDO55"


@pytest.mark.parametrize("identifiers", [(HOLDER, LEI), (LEI, HOLDER)])
def test_two_organisations_in_a_row_are_not_answered_by_the_better_one(identifiers: tuple[str, ...]) -> None:
    row = Supplier(1, identifiers)

    def told(of_holder: tuple[ListedMark, ...], of_lei: tuple[ListedMark, ...], **found: Any) -> Outcome:
        return judge_supplier(row, Found({HOLDER: of_holder, LEI: of_lei}, **found), case(), NameBook([]))

    low, good = mark("low", tier=2), mark("good")
    assert told((low,), (good,)).reason == told((good,), (low,)).reason == "holders_differ"
    assert told((mark("paused", state="suspended"),), (good,)).verdict is RowVerdict.NOT_CONFIRMED
    assert told((), (good,), declared={HOLDER: None}).reason == "holders_differ"
    # Whichever of them is meant, the answer is the same; and a number that nothing is listed under says nothing.
    assert told((good,), (mark("other"),)).reason == "ok"
    assert told((low,), (mark("ended", state="withdrawn"),)).verdict is not RowVerdict.NOT_CONFIRMED
    assert told((), (good,)).holder == LEI
    assert told((), ()).reason == "absent"


def test_one_organisation_with_two_numbers_has_its_best_mark() -> None:
    shared, old = mark("shared"), mark("old", tier=2)
    row = Supplier(1, (HOLDER, LEI))
    held = Found({HOLDER: (old, shared), LEI: (shared,)})
    assert judge_supplier(row, held, case(), NameBook([])).mark == "shared"
    # A group's mark that covers both does not make them one.
    cover = mark("group", link="covered", scope_kind="unit")
    apart = Found({HOLDER: (cover,), LEI: (cover, mark("own"))})
    assert judge_supplier(row, apart, case(), NameBook([])).reason == "holders_differ"


def test_a_mark_named_beside_another_organisations_number_is_not_confirmed() -> None:
    row = Supplier(1, (HOLDER, LEI), Claim("good"))
    held = Found({HOLDER: (mark("good"),), LEI: (mark("low", tier=2),)}, {"good": HOLDER})
    assert judge_supplier(row, held, case(), NameBook([])).reason == "holders_differ"
    alone = Found({HOLDER: (mark("good"),)}, {"good": HOLDER})
    assert judge_supplier(row, alone, case(), NameBook([])).reason == "ok"


def test_what_a_recognised_equivalent_would_change_is_left_open_where_nobody_knows_of_it() -> None:
    given = case(recognition=["bilateral"])
    for changes in ({"tier": 2}, {"state": "withdrawn"}, {"scheme": "jp.ipa.jc-star"}, {"state": "of_tomorrow"}):
        told = judged(mark(**changes), given=given, knows_recognised=False)
        assert (told.reason, told.mark) == ("recognition_unknown", "m1")
        assert judged(mark(**changes), given=case(), knows_recognised=False).reason != "recognition_unknown"
    assert judged(mark(), given=given, knows_recognised=False).reason == "ok"


def test_a_number_that_nothing_is_known_of_does_not_open_what_a_mark_under_another_number_meets() -> None:
    given, both = case(recognition=["bilateral"]), Supplier(1, (HOLDER, OTHER))
    assert judged(mark(), given=given, supplier=both, knows_recognised=False).reason == "ok"
    low = judged(mark(state="withdrawn"), given=given, supplier=both, knows_recognised=False)
    assert (low.reason, low.state) == ("recognition_unknown", "withdrawn")


def test_a_claim_is_judged_by_its_mark_whatever_else_is_recognised() -> None:
    given = case(recognition=["bilateral"])
    alone = Supplier(1, (), claim=Claim("m1"))
    assert judged(mark(state="withdrawn"), given=given, supplier=alone, knows_recognised=False).reason == "withdrawn"
    unheard = Supplier(1, (), claim=Claim("m2"))
    assert judged(mark(), given=given, supplier=unheard, knows_recognised=False).reason == "mark_absent"
    # An organisation that the row names beside it may be recognised, and then the row would name two.
    beside = Supplier(1, (HOLDER, OTHER), claim=Claim("m1"))
    told = judged(mark(state="withdrawn"), given=given, supplier=beside, knows_recognised=False)
    assert told.reason == "recognition_unknown"


def test_what_was_left_out_is_said_where_it_could_change_a_row_but_no_verdict_is_left_open_that_is_shown() -> None:
    one, both = Supplier(1, (HOLDER,)), Supplier(1, (HOLDER, OTHER))
    accepting = case(recognition=["unilateral"])

    def told(supplier: Supplier, given: Case, *marks: ListedMark) -> tuple[str, str]:
        found = judged(*marks, given=given, supplier=supplier, knows_recognised=False)
        return found.reason, found.left_out

    assert told(one, case()) == ("absent", "recognitions")
    assert told(one, case(), mark(state="withdrawn")) == ("withdrawn", "recognitions")
    assert told(one, accepting) == ("recognition_unknown", "")
    for given in (case(), accepting):
        assert told(one, given, mark()) == ("ok", "")
        # Of two organisations one may be recognised, and the row would name holders that differ.
        assert told(both, given, mark()) == ("ok", "recognitions")
    assert judged().left_out == ""
