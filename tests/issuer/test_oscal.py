"""OSCAL export: the shape of assessment results 1.1.2, one finding an item, no person's name."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from issuer.answers import ItemAnswer
from issuer.oscal import assessment_results, control_id
from tests.issuer.conftest import PACK
from tests.issuer.test_case import HOLDER, NOW, SCOPE, Case
from verifier.dates import utc_text

if TYPE_CHECKING:
    from tests.issuer.conftest import Evaluator

BODY = "https://shirushi.example/e/1001"
TOKEN = re.compile(r"[^\W\d][\w.-]*")
WHEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")

SHAPE: dict[str, tuple[set[str], set[str]]] = {
    "assessment-results": ({"uuid", "metadata", "import-ap", "results"}, {"back-matter"}),
    "metadata": ({"title", "last-modified", "version", "oscal-version"}, set()),
    "results": (
        {"uuid", "title", "description", "start", "reviewed-controls"},
        {"end", "props", "observations", "findings"},
    ),
    "findings": ({"uuid", "title", "description", "target"}, {"related-observations"}),
    "observations": ({"uuid", "description", "methods", "collected"}, set()),
    "target": ({"type", "target-id", "status"}, {"implementation-status"}),
    "status": ({"state"}, {"reason"}),
    "props": ({"name", "ns", "value"}, set()),
    "include-controls": ({"control-id"}, set()),
    "resources": ({"uuid", "title", "description"}, set()),
}


def document(case: Case) -> dict[str, Any]:
    exported = json.loads(json.dumps(assessment_results(case, PACK, body=BODY, at=NOW)))
    return dict(exported)


def answered(*words: str) -> Case:
    items = [item.id for item in PACK.items_for(3)]
    answers = tuple(ItemAnswer(item, "met", "", "規程 12 条") for item in items)
    changed = tuple(ItemAnswer(item, word, "理由") for item, word in zip(items, words, strict=False))  # type: ignore[arg-type]
    full = Case("C-000001", PACK.scheme, PACK.version, 3, PACK.digest, HOLDER, SCOPE, NOW - 100)
    return replace(full, answers=(*changed, *answers[len(changed) :]), revision=4)


def check_shape(value: Any, name: str) -> None:
    """Check members, UUIDs, tokens and times of everything under a value."""
    if isinstance(value, list):
        assert value, f"{name} is an array of at least one"
        for one in value:
            check_shape(one, name)
        return
    if not isinstance(value, dict):
        return
    needed, allowed = SHAPE.get(name, (set(value), set()))
    assert needed <= set(value) <= needed | allowed, name
    for key, below in value.items():
        if key in ("uuid", "observation-uuid"):
            assert uuid.UUID(below).version == 5
        if key in ("control-id", "target-id", "name", "state"):
            assert TOKEN.fullmatch(below), below
        if key in ("start", "end", "collected", "last-modified"):
            assert WHEN.fullmatch(below), below
        check_shape(below, key)


def test_a_case_is_exported_in_the_shape_of_oscal_assessment_results() -> None:
    exported = document(answered("not_met", "unanswered", "not_applicable"))
    assert set(exported) == {"assessment-results"}
    check_shape(exported["assessment-results"], "assessment-results")
    results = exported["assessment-results"]["results"]
    assert len(results[0]["findings"]) == len(PACK.items_for(3))
    linked = {
        one["related-observations"][0]["observation-uuid"]
        for one in results[0]["findings"]
        if "related-observations" in one
    }
    assert linked == {one["uuid"] for one in results[0]["observations"]}
    resource = exported["assessment-results"]["back-matter"]["resources"][0]["uuid"]
    assert exported["assessment-results"]["import-ap"]["href"] == f"#{resource}"


def test_a_case_without_answers_has_no_empty_lists() -> None:
    bare = replace(answered(), answers=())
    check_shape(document(bare)["assessment-results"], "assessment-results")
    assert "findings" not in document(bare)["assessment-results"]["results"][0]


@pytest.mark.parametrize(
    ("word", "state", "reason"),
    [
        ("met", "satisfied", None),
        ("not_met", "not-satisfied", "fail"),
        ("unanswered", "not-satisfied", "other"),
        ("not_applicable", "not-satisfied", "other"),
    ],
)
def test_only_what_is_settled_is_satisfied(word: str, state: str, reason: str | None) -> None:
    first = document(answered(word))["assessment-results"]["results"][0]["findings"][0]
    assert first["target"]["status"] == {"state": state, **({"reason": reason} if reason else {})}


def test_an_item_that_does_not_apply_is_satisfied_once_its_reason_is_approved() -> None:
    subject = answered("not_applicable")
    approved = replace(subject.answers[0], approved_by="h-7f3a")
    target = document(replace(subject, answers=(approved, *subject.answers[1:])))["assessment-results"]["results"][0]
    found = target["findings"][0]["target"]
    assert (found["status"], found["implementation-status"]) == ({"state": "satisfied"}, {"state": "not-applicable"})


def test_the_same_case_gives_the_same_document_and_a_changed_one_other_ids() -> None:
    subject = answered()
    assert document(subject) == document(subject)
    later = document(replace(subject, revision=5))["assessment-results"]
    assert later["uuid"] != document(subject)["assessment-results"]["uuid"]
    assert later["metadata"]["last-modified"] == utc_text(NOW)


def test_an_item_id_becomes_a_token() -> None:
    assert (control_id("1-2-1"), control_id("A.5.1")) == ("_1-2-1", "A.5.1")


def test_names_of_persons_stay_at_the_desk(granted: Evaluator, evaluator: Evaluator) -> None:
    case = evaluator.assess(3)
    evaluator.desk.swear_oath(case, officer="架空 太郎")
    text = json.dumps(document(evaluator.desk.case(case)), ensure_ascii=False)
    assert "架空 太郎" not in text
    assert "h-99aa" not in text
