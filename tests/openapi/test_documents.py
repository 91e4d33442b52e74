"""The OpenAPI documents: each operation tells who may call it, what is asked and answered, and gives an example."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

FOLDER = Path(__file__).parents[2] / "openapi"
DOCUMENTS = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))}
OPERATIONS = [
    pytest.param(DOCUMENTS[name], operation, id=f"{name}-{operation['operationId']}-{method}")
    for name in DOCUMENTS
    for methods in DOCUMENTS[name]["paths"].values()
    for method, operation in methods.items()
]
ASKED = ("Mistaken", "MistakenForm")
"""Refusals by pages with a field: what is wrong with it is part of the page, and of its JSON."""
ROLES = {"anyone", "body", "operator", "foreign_operator", "directory", "client"}
Members = dict[str, Any]

each = pytest.mark.parametrize(("document", "operation"), OPERATIONS)


def fits(document: Members, schema: Members, example: object) -> None:
    """Fail unless the example fits the schema, whose references are the document's."""
    jsonschema_rs.Draft202012Validator({**schema, "components": document["components"]}).validate(example)


@each
def test_every_operation_says_who_may_call_it_and_what_it_does(document: Members, operation: Members) -> None:
    assert set(operation["x-roles"]) <= ROLES
    assert operation["x-roles"]
    assert operation["description"].endswith(".")
    assert operation["summary"]


@each
def test_every_request_has_an_example_that_fits(document: Members, operation: Members) -> None:
    for parameter in operation.get("parameters", ()):
        example = parameter.get("example", parameter["schema"].get("default", parameter.get("required", False)))
        assert example is not True, f"{parameter['name']} has no example"
        if "example" in parameter:
            fits(document, parameter["schema"], example)
    contents = operation.get("requestBody", {}).get("content", {})
    examples = [(one["schema"], one["example"]) for one in contents.values() if "example" in one]
    assert bool(examples) == bool(contents)
    for schema, example in examples:
        fits(document, schema, example)


@each
def test_every_answer_has_an_example_that_fits(document: Members, operation: Members) -> None:
    good = {status: one for status, one in operation["responses"].items() if status.startswith("2")}
    assert good
    for answer in good.values():
        contents = answer.get("content", {})
        examples = [(one.get("schema", {}), one["example"]) for one in contents.values() if "example" in one]
        # The read plane's document is written by hand: there an example of the address is enough.
        assert examples or not contents or (operation.get("parameters") and "read plane" in document["info"]["title"])
        for schema, example in examples:
            fits(document, schema, example)


@each
def test_every_refusal_is_a_problem_document(document: Members, operation: Members) -> None:
    refusals = {status: one for status, one in operation["responses"].items() if status[0] in "45d"}
    for status, one in refusals.items():
        if (operation["operationId"] in ("mark", "mark_json") and status == "404") or status == "416":
            continue  # "there is none" is an answer with a receipt; a part that is not there, of the web server
        content = one.get("content") or document["components"]["responses"][one["$ref"].rpartition("/")[2]]["content"]
        named, problem = one.get("$ref", "").rpartition("/")[2], "application/problem+json"
        # OpenID Federation has a form of its own (section 8.9).
        own = ["application/json"] if named in ("FederationError", *ASKED) else []
        assert list(content) == own + [problem] * (named != "FederationError"), status


@each
def test_every_link_leads_from_an_answer_to_a_parameter_of_an_operation(document: Members, operation: Members) -> None:
    named = {one["operationId"]: one for methods in document["paths"].values() for one in methods.values()}
    for answer in operation["responses"].values():
        for link in answer.get("links", {}).values():
            target = named[link["operationId"]]
            assert set(link.get("parameters", {})) <= {one["name"] for one in target["parameters"]}
            for source in link.get("parameters", {}).values():
                (content,) = answer["content"].values()
                assert content["example"][source.removeprefix("$response.body#/")]


def test_a_document_is_there_for_each_module_that_answers() -> None:
    assert set(DOCUMENTS) >= {"registry", "verification"}


@pytest.mark.parametrize("name", ["registry", "verification", "portal"])
def test_the_reference_has_every_address_of_a_document(name: str) -> None:
    told = (FOLDER.parent / "docs/reference/http.md").read_text("utf-8")
    rows = [line.partition(" | ")[0] for line in told.splitlines() if line.startswith("| ")]
    named = set()
    for row in rows:
        first = ""
        for one in re.findall(r"`([^`]+)`", row):
            path = one.rpartition(" ")[2]
            if path.startswith("..."):
                named |= {path.removeprefix("...")}
            named |= {path, first.rpartition("/")[0] + path if path.startswith("/") else path}
            first = first or path
    missing = [
        path
        for path in DOCUMENTS[name]["paths"]
        if not any(path == one or (path.endswith(one) and one.startswith("/")) for one in named)
    ]
    assert missing == []
