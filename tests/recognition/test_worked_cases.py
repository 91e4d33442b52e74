"""The worked cases give what their golden files say, and what the studies said that they would."""

from __future__ import annotations

import json

import pytest

from recognition.certificate import Supplement
from recognition.decide import decide
from recognition.work_order import check_answers, left_open, work_order
from tests.recognition.worked_cases import CASES, GOLDEN, text
from tests.recognition.worlds import BODY, NOW, SELF, supplement
from verifier.errors import RefusedError


@pytest.mark.parametrize("name", CASES)
def test_a_worked_case_gives_its_golden_file(name: str) -> None:
    assert (GOLDEN / f"{name}.json").read_text("utf-8") == text(name)


def test_there_is_no_golden_file_without_a_case() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(CASES)


VERDICTS = {
    "ce-basic": "not_recognised",
    "ce-plus": "not_recognised",
    "ce-plus-work-order": "conditional",
    "ce-plus-with-supplement": "recognised",
    "isms-without-technical-verification": "not_recognised",
    "isms-with-technical-verification": "recognised",
    "isms-without-statement-of-applicability": "not_recognised",
    "isms-with-excluded-control": "not_recognised",
    "labels-inbound": "recognised",
    "labels-outbound": "not_recognised",
    "suspended-administratively": "recognised",
    "suspended-under-review": "undecided",
    "suspended-for-integrity": "not_recognised",
    "body-accredited-too-late": "not_recognised",
    "transitive-attempt": "not_recognised",
    "two-live-versions-older": "recognised",
    "two-live-versions-newer-not-pinned": "not_recognised",
    "scope-one-site-of-two": "not_recognised",
    "addressable-condition": "conditional",
}
REASONS = {
    "ce-basic": {"assurance", "coverage"},
    "ce-plus": {"coverage"},
    "isms-without-technical-verification": {"assurance"},
    "isms-without-statement-of-applicability": {"certificate_documents"},
    "suspended-for-integrity": {"agreement_in_force"},
    "body-accredited-too-late": {"issuer_listed"},
    "transitive-attempt": {"certificate_original"},
    "two-live-versions-newer-not-pinned": {"scheme_version_pinned"},
    "scope-one-site-of-two": {"scope_included"},
}
"""Written out a second time, by hand: a golden file only says that nothing changed."""


def test_every_case_is_judged_as_the_studies_say() -> None:
    assert {name: json.loads(text(name))["verdict"] for name in CASES} == VERDICTS


@pytest.mark.parametrize("name", REASONS)
def test_a_refusal_has_the_reason_that_the_case_is_about_and_no_other(name: str) -> None:
    assert set(json.loads(text(name))["tiers"][-1]["failing"]) == REASONS[name]


@pytest.mark.parametrize("name", ["ce-basic", "ce-plus", "ce-plus-work-order"])
def test_cyber_essentials_leaves_sixty_two_criteria_open(name: str) -> None:
    (tier,) = json.loads(text(name))["tiers"]
    assert (len(tier["gaps"]), tier["counts"]) == (62, {"full": 19, "partial": 19, "none": 43})


def test_one_star_here_is_level_one_there_and_any_level_there_is_one_star_here() -> None:
    assert [one["verdict"] for one in json.loads(text("labels-outbound"))["tiers"]] == [
        "recognised",
        *["not_recognised"] * 3,
    ]


def test_an_open_condition_stands_in_the_work_order() -> None:
    (open_one,) = json.loads(text("addressable-condition"))["work_order"]["criteria"]
    assert open_one == {"criterion": "c1", "cover": "partial", "conditions": ["log-review"]}


# --- work orders and their answers -----------------------------------------------------------------------------------


def answered(**changes: object) -> tuple[object, Supplement]:
    asked = CASES["addressable-condition"][1]()
    order = work_order(asked, decide(asked))
    return order, supplement("c1", work_order_sha256=order.digest, **changes)


def test_a_supplement_that_answers_its_order_leaves_nothing_open() -> None:
    order, answer = answered()
    assert left_open(order, (answer,)) == ()  # type: ignore[arg-type]
    assert left_open(order, ()) == ("c1",)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"work_order_sha256": "A" * 43}, "another work order"),
        ({"holder": "another"}, "another holder"),
        ({"criteria_sha256": "A" * 43}, "another home criteria"),
        ({"assurance": SELF}, "lower assurance"),
        ({"criteria": ("c1", "c2")}, "does not ask for c2"),
    ],
)
def test_a_supplement_that_does_not_fit_its_order_is_refused(changes: dict[str, object], rule: str) -> None:
    order, answer = answered()
    with pytest.raises(RefusedError, match=rule):
        check_answers(order, answer.model_copy(update=changes))  # type: ignore[arg-type]


def test_an_order_is_worth_doing_until_the_first_of_all_ends() -> None:
    order, _ = answered(assurance=BODY)
    assert NOW < order.until <= NOW + 265 * 86_400  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["ce-plus", "transitive-attempt", "labels-inbound"])
def test_only_a_conditional_decision_leaves_work(name: str) -> None:
    asked = CASES[name][1]()
    with pytest.raises(RefusedError, match="only a conditional"):
        work_order(asked, decide(asked))
