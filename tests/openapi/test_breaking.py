"""A change that would break a caller of the released API is found, and one that would not is let through."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from registry.contracts.openapi_breaking import breaks
from registry.contracts.openapi_export import FOLDER, RELEASED, broken_promises, promise, unpromised

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


def test_what_was_promised_still_holds_and_everything_is_promised() -> None:
    assert {path.name for path in (FOLDER / RELEASED).glob("*.json")} == {path.name for path in FOLDER.glob("*.json")}
    assert broken_promises() == []
    assert unpromised() == []


@pytest.mark.parametrize("name", [path.name for path in sorted(FOLDER.glob("*.json"))])
def test_no_operation_of_any_document_can_be_taken_away(name: str) -> None:
    made = json.loads((FOLDER / name).read_text("utf-8"))
    promised = json.loads((FOLDER / RELEASED / name).read_text("utf-8"))
    for path, methods in made["paths"].items():
        for method in methods:
            rest = {one: held for one, held in methods.items() if one != method}
            changed = {**made, "paths": {**made["paths"], path: rest}}
            assert f"{method.upper()} {path}: is gone" in breaks(promised, changed)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the documents, with what they promise."""
    return Path(shutil.copytree(FOLDER, tmp_path / "openapi"))


def change(folder: Path, make: Change) -> None:
    """Change a document of a folder."""
    file = folder / "verification.json"
    made = json.loads(file.read_text("utf-8"))
    make(made)
    file.write_text(json.dumps(made), "utf-8")


def test_a_new_operation_is_told_until_it_is_promised(folder: Path) -> None:
    change(folder, lambda made: made["paths"].update({"/verification/v1/new": {"get": {"responses": {}}}}))
    (told,) = unpromised(folder)
    assert told.startswith("verification.json: GET /verification/v1/new is promised nowhere")
    promise(folder)
    assert unpromised(folder) == broken_promises(folder) == []
    change(folder, lambda made: made["paths"].pop("/verification/v1/new"))
    assert broken_promises(folder) == ["verification.json: GET /verification/v1/new: is gone"]


def test_a_member_more_in_an_answer_is_told_until_it_is_promised(folder: Path) -> None:
    change(folder, lambda made: schema(made, "CheckProgress")["properties"].update(more={}))
    assert [told.partition(":")[0] for told in unpromised(folder)] == ["verification.json"]
    promise(folder)
    change(folder, lambda made: schema(made, "CheckProgress")["properties"].pop("more"))
    assert broken_promises(folder) != []


def test_a_document_that_breaks_a_promise_leaves_it_as_it_was(folder: Path) -> None:
    change(folder, lambda made: made["paths"].pop(LOOK_UPS))
    promise(folder)
    assert broken_promises(folder) == [f"verification.json: POST {LOOK_UPS}: is gone"]
