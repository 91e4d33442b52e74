"""The OpenAPI documents say what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path

from registry.openapi_export import FILE, document
from registry.plane_routes import PLANE

ROOT = Path(__file__).parents[2]


def test_the_document_of_the_write_api_is_up_to_date() -> None:
    assert FILE.read_text("utf-8") == document()


def test_every_answer_of_the_write_api_that_is_an_error_is_a_problem_document() -> None:
    paths = json.loads(FILE.read_text("utf-8"))["paths"]
    answers = [
        (name, status, answer)
        for path in paths.values()
        for name, operation in path.items()
        for status, answer in operation["responses"].items()
        if status.startswith(("4", "5"))
    ]
    assert len(answers) >= 10
    assert [one[:2] for one in answers if "application/problem+json" not in one[2]["content"]] == []


def test_every_published_path_is_described_and_every_described_path_is_served() -> None:
    described = json.loads((ROOT / "openapi/read-plane.json").read_text("utf-8"))["paths"]
    samples = {path: path.removeprefix("/") for path in described}
    for path, operations in described.items():
        for parameter in operations["get"].get("parameters", []):
            if parameter["in"] == "path":
                samples[path] = samples[path].replace(f"{{{parameter['name']}}}", str(parameter["example"]))
    patterns = [pattern for pattern, _ in PLANE]
    composed = (
        r"m/[^/]+(\.json|/bundle\.json|/qr\.svg|/qr\.png)?|[oe]/[^/.]+|a|[ar]/[^/]+\.json|history/.+|badge/.+"
        r"|[mr]/[^/]+/artwork\.svg|notices\.(json|atom)|n/[^/]+|statistics\.json"
    )
    unserved = [one for one in samples.values() if not any(re.fullmatch(p, one) for p in [*patterns, composed])]
    assert unserved == []
    undescribed = [p for p in patterns if not any(re.fullmatch(p, one) for one in samples.values())]
    assert undescribed == []
