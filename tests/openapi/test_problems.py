"""Each refusal in an OpenAPI document names the problems that it may be, and each of them is explained."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.openapi.described_problems import PROBLEM, check_answer, kept, untold
from tests.openapi.test_documents import OPERATIONS, fits

ERRORS = (Path(__file__).parents[2] / "docs/reference/errors.md").read_text("utf-8")
EXPLAINED = set(re.findall(r"^\| (?:[0-9]{3} \| )?`(\w+)` \|", ERRORS, re.MULTILINE))
Members = dict[str, Any]


def refusals(document: Members, operation: Members) -> list[tuple[str, Members]]:
    """Return the problem documents of an operation, by status, as content with schema and examples."""
    found = []
    for status, one in operation["responses"].items():
        shared = document["components"].get("responses", {}).get(one.get("$ref", "").rpartition("/")[2])
        content = (shared or one).get("content", {})
        if PROBLEM in content and status != "default":
            found.append((status, content[PROBLEM]))
    return found


@pytest.mark.parametrize(("document", "operation"), OPERATIONS)
def test_every_refusal_names_its_problems_with_an_example_of_each(document: Members, operation: Members) -> None:
    for status, content in refusals(document, operation):
        assert content["examples"], status
        for code, reference in content["examples"].items():
            example = document["components"]["examples"][reference["$ref"].rpartition("/")[2]]["value"]
            fits(document, content["schema"], example)
            assert (example["code"], str(example["status"])) == (code, status)
            assert example["type"] == f"https://shirushi.example/problems/{code}"
            assert code in EXPLAINED


def test_a_refusal_is_told_in_words_and_in_no_closed_list() -> None:
    document, operation = next(one.values for one in OPERATIONS if one.id == "registry-reserve-post")  # type: ignore[misc]
    assert operation["responses"]["413"]["description"] == "`too_large`: The request is too large."
    assert "enum" not in document["components"]["schemas"]["ProblemDocument"]["properties"]["code"]


def problem(status: int, code: str) -> Members:
    return {"status": status, "code": code}


def test_a_problem_that_no_document_tells_of_is_found() -> None:
    asked = (kept("verification"), "GET", "/verification/v1/marks/a")
    assert untold(*asked, problem(404, "erased")) == (
        "no document tells that GET /verification/v1/marks/a may be answered with 404 erased"
    )
    assert untold(*asked, problem(418, "malformed")) != ""
    assert untold(*asked, problem(400, "malformed")) == ""
    body = b'{"status": 409, "code": "conflict"}'
    with pytest.raises(AssertionError, match="409 conflict"):
        check_answer("verification", ("POST", "/verification/v1/lookups"), PROBLEM, body)
