"""The OpenAPI documents say what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from registry.contracts.openapi_export import FOLDER, documents
from registry.reading.plane_routes import PLANE

ROOT = Path(__file__).parents[2]


MADE = ("registry.json", "verification.json", "portal.json")


def test_the_documents_are_up_to_date() -> None:
    assert {name: (FOLDER / name).read_text("utf-8") for name in (*MADE, "read-plane.json")} == documents()


@pytest.mark.parametrize("name", MADE)
def test_every_answer_that_is_an_error_is_a_problem_document(name: str) -> None:
    paths = json.loads((FOLDER / name).read_text("utf-8"))["paths"]
    answers = [
        (name, status, answer)
        for path in paths.values()
        for name, operation in path.items()
        for status, answer in operation["responses"].items()
        if status.startswith(("4", "5")) and "AnswerDocument" not in str(answer)
    ]
    assert len(answers) >= 10
    assert [one[:2] for one in answers if "application/problem+json" not in one[2]["content"]] == []


def test_every_published_path_is_described() -> None:
    described = json.loads((ROOT / "openapi/read-plane.json").read_text("utf-8"))["paths"]
    samples = {path: path.removeprefix("/") for path in described}
    for path, operations in described.items():
        operation = next(iter(operations.values()))
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path":
                samples[path] = samples[path].replace(f"{{{parameter['name']}}}", str(parameter["example"]))
    patterns = [pattern for pattern, _ in PLANE]
    undescribed = [p for p in patterns if not any(re.fullmatch(p, one) for one in samples.values())]
    assert undescribed == []
