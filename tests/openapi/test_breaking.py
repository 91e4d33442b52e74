"""A change that would break a caller of the released API is found, and one that would not is let through."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from registry.contracts.openapi_breaking import breaks
from registry.contracts.openapi_export import FOLDER, RELEASED, broken_promises

LOOK_UPS = "/verification/v1/lookups"
SEARCHES = "/verification/v1/searches"
Members = dict[str, Any]
Change = Callable[[Members], object]


def document() -> Members:
    """Return a released document."""
    return dict(json.loads((FOLDER / "verification.json").read_text("utf-8")))


def schema(made: Members, name: str) -> Members:
    """Return a schema of a document."""
    found: Members = made["components"]["schemas"][name]
    return found


def look_up(made: Members) -> Members:
    """Return the operation that most portals call."""
    found: Members = made["paths"][LOOK_UPS]["post"]
    return found


BREAKING: dict[str, Change] = {
    "an address is gone": lambda made: made["paths"].pop(LOOK_UPS),
    "a method is gone": lambda made: made["paths"]["/verification/v1/checks/{check}"].pop("delete"),
    "fewer may call": lambda made: look_up(made).update({"x-roles": ["client"]}),
    "an answer is gone": lambda made: look_up(made)["responses"].pop("200"),
    "a media type is gone": lambda made: look_up(made)["requestBody"]["content"].pop("application/json"),
    "a member is demanded": lambda made: schema(made, "LookUp").update(required=["nonce"]),
    "a member is not taken any more": lambda made: schema(made, "LookUp")["properties"].pop("nonce"),
    "a bound is narrower": lambda made: schema(made, "SupplierRow")["properties"]["name"].update(maxLength=20),
    "a pattern is new": lambda made: schema(made, "SupplierRow")["properties"]["name"].update(pattern="^x"),
    "a value is not taken any more": lambda made: schema(made, "CheckOrder")["properties"]["lang"].update(enum=["ja"]),
    "a type is another": lambda made: schema(made, "SupplierRow")["properties"]["name"].update(type="integer"),
    "a promised member may be missing": lambda made: schema(made, "AnswerDocument").update(required=[]),
    "a member of the answer is gone": lambda made: schema(made, "CheckProgress")["properties"].pop("rows"),
    "a parameter is demanded": lambda made: look_up(made).update(
        parameters=[{"in": "query", "name": "key", "required": True, "schema": {"type": "string"}}]
    ),
}
HARMLESS: dict[str, Change] = {
    "nothing": lambda made: None,
    "a new address": lambda made: made["paths"].update({"/verification/v2/lookups": made["paths"][LOOK_UPS]}),
    "a member that may be sent": lambda made: schema(made, "LookUp")["properties"].update(more={"type": "string"}),
    "a member more in the answer": lambda made: schema(made, "CheckProgress")["properties"].update(more={}),
    "a wider bound": lambda made: schema(made, "SupplierRow")["properties"]["name"].update(maxLength=4000),
    "other words": lambda made: look_up(made).update(description="Answer."),
}


@pytest.mark.parametrize("change", BREAKING.values(), ids=BREAKING.keys())
def test_a_change_that_breaks_callers_is_found(change: Change) -> None:
    made = copy.deepcopy(document())
    change(made)
    assert breaks(document(), made)


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS.keys())
def test_a_change_that_breaks_nobody_is_let_through(change: Change) -> None:
    made = copy.deepcopy(document())
    change(made)
    assert breaks(document(), made) == []


def test_what_was_released_still_holds() -> None:
    assert {path.name for path in RELEASED.glob("*.json")} == {path.name for path in FOLDER.glob("*.json")}
    assert broken_promises() == []
