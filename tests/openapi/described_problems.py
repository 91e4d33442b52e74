"""Whether a problem that was answered is one that the OpenAPI document of its address tells of.

Every test that asks an application in this process is held to it (tests/conftest.py), and every request that
schemathesis makes up, whose hook this module is: ``SCHEMATHESIS_HOOKS``.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "openapi"
PREFIXES = {"registry": "/api/v1/", "verification": "/verification/v1/", "portal": "/portal/v1/"}
PROBLEM = "application/problem+json"
READERS = ("read", "reader", "read-plane")
"""Names by which tests know the reader; the other services are known by the beginning of their addresses."""
EVERYWHERE = ("method_not_allowed", "internal")
"""What any address may answer to a method that it has not, and to a mistake of ours."""


@dataclass(frozen=True)
class Described:
    """An operation: the form of its address, and the codes that its document names, by status."""

    method: str
    address: re.Pattern[str]
    codes: dict[str, set[str]]


@cache
def kept(name: str) -> tuple[Described, ...]:
    """Return the operations of the document of that name."""
    return operations(json.loads((FOLDER / f"{name}.json").read_text("utf-8")))


def operations(document: dict[str, Any]) -> tuple[Described, ...]:
    """Return the operations of a document; those of which more is fixed stand before others: /e/{no}.json, /e/{no}."""
    found = sorted(document["paths"].items(), key=lambda item: (item[0].count("{"), -len(item[0])))
    return tuple(
        Described(method.upper(), _form(path), dict(_codes(document, operation)))
        for path, methods in found
        for method, operation in methods.items()
    )


def _form(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)))


def _codes(document: dict[str, Any], operation: dict[str, Any]) -> Iterator[tuple[str, set[str]]]:
    for status, answer in operation["responses"].items():
        named = answer.get("$ref", "").rpartition("/")[2]
        content = (document["components"]["responses"][named] if named else answer).get("content", {})
        if PROBLEM in content:
            yield status, set(content[PROBLEM].get("examples", {}))


def document_of(host: str, path: str) -> str:
    """Return the name of the document of an address, empty where there is none."""
    found = next((name for name, prefix in PREFIXES.items() if path.startswith(prefix)), "")
    return found or ("read-plane" if host in READERS else "")


def untold(described: tuple[Described, ...], method: str, path: str, problem: dict[str, Any]) -> str:
    """Return what a document does not tell of a problem, empty where it does or describes no such operation."""
    asked = "GET" if method == "HEAD" else method
    known = next((one for one in described if one.method == asked and one.address.fullmatch(path)), None)
    code, status = problem["code"], str(problem["status"])
    if known is None or code in EVERYWHERE or "default" in known.codes or code in known.codes.get(status, ()):
        return ""
    return f"no document tells that {method} {path} may be answered with {status} {code}"


def check_answer(host: str, request: tuple[str, str], media_type: str, body: bytes) -> None:
    """Fail where an answer is a problem that the document of its address does not tell of."""
    method, path = request
    if media_type == PROBLEM and body and (name := document_of(host, path)):
        told = untold(kept(name), method, path, json.loads(body))
        assert not told, told


if "SCHEMATHESIS_HOOKS" in os.environ:
    import schemathesis

    @schemathesis.check
    def the_problem_is_described(ctx: Any, response: Any, case: Any) -> None:
        """Hold an answer to a made-up request against the document."""
        if response.headers.get("content-type", [""])[0] == PROBLEM:
            described = operations(case.operation.schema.raw_schema)
            told = untold(described, case.method, case.operation.path, json.loads(response.content))
            assert not told, told
