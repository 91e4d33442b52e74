"""What the OpenAPI documents say beside what the framework knows: examples, and of what type refusals are.

Examples are requests and answers that were exchanged, so that they fit each other.

One file for each document, by the names of its operations: ``parameters`` by name, ``request`` by media type,
``responses`` by status and media type. `python -m tests.openapi.record_examples` makes them.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

PROBLEM = "application/problem+json"
FOLDER = Path(__file__).parents[1] / "examples"


def examples_of(name: str) -> dict[str, Any]:
    """Return the examples of a document by operation; none where nothing was recorded yet."""
    file = FOLDER / f"{name}.json"
    return dict(json.loads(file.read_text("utf-8"))) if file.exists() else {}


def completed(document: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the document with its examples, and each refusal as a problem document alone."""
    found, made = examples_of(name), copy.deepcopy(document)
    for methods in made["paths"].values():
        for operation in methods.values():
            _complete(operation, found.get(operation["operationId"], {}))
    return made


def _complete(operation: dict[str, Any], examples: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in examples.get("parameters", {}):
            parameter["example"] = examples["parameters"][parameter["name"]]
    _put(operation.get("requestBody", {}), examples.get("request", {}))
    for answer in operation["responses"].values():
        if PROBLEM in answer.get("content", {}):
            answer["content"] = {PROBLEM: answer["content"][PROBLEM]}
    for status, by_media_type in examples.get("responses", {}).items():
        _put(operation["responses"][status], by_media_type)


def _put(body: dict[str, Any], by_media_type: dict[str, Any]) -> None:
    for media_type, example in by_media_type.items():
        body["content"][media_type]["example"] = example
