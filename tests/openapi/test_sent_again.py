"""Whatever changes something can be sent again: by the header Idempotency-Key, or because it repeats safely by itself.

Held against the OpenAPI documents: an operation that takes no such header stands in a table with its reason, and the
reason is tried.
"""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.openapi.test_matrix import MATRIX, Scene, scene
from tests.registry.conftest import (
    SCHEME,
    bare,
    engine,
    engines,
    issued,
    office,
    pytest_generate_tests,
    staffed,
    world,
)

if TYPE_CHECKING:
    import httpx

__all__ = ["bare", "engine", "engines", "issued", "office", "pytest_generate_tests", "scene", "staffed", "world"]

FOLDER = Path(__file__).parents[2] / "openapi"
ASK = "http://verification/verification/v1"
READS = "it changes nothing: it is a question whose words may not stand in an address"
WITHOUT_KEY: dict[tuple[str, str], str] = {
    ("verification", "look_up"): READS,
    ("verification", "look_up_image"): READS,
    ("verification", "search"): READS,
    ("verification", "export_search"): READS,
    ("read-plane", "federation_trust_mark_status"): READS,
    ("read-plane", "check_dropped"): READS,
    ("read-plane", "report"): "each has a number of its own, and whoever reads them sees that they are the same",
    ("portal", "token"): "an assertion counts once, and a token more takes nothing from the one before",
    ("portal", "add_following"): "within ten minutes no second letter leaves",
    ("portal", "end_following"): "what has ended has ended",
}
"""The last three are tried in tests/portal/test_sent_again.py, those of the read plane in test_strangers.py."""


def writes() -> dict[tuple[str, str], dict[str, Any]]:
    """Return every operation that is no GET, by document and name."""
    return {
        (path.stem, one["operationId"]): one
        for path in sorted(FOLDER.glob("*.json"))
        for methods in json.loads(path.read_text("utf-8"))["paths"].values()
        for method, one in methods.items()
        if method in ("post", "put", "patch", "delete")
    }


def test_every_write_takes_an_idempotency_key_or_has_its_reason() -> None:
    without = {
        name
        for name, one in writes().items()
        if not any(parameter.get("name") == "Idempotency-Key" for parameter in one.get("parameters", ()))
    }
    assert without == set(WITHOUT_KEY)


def kept(scene: Scene) -> set[str]:
    return {str(path) for path in (scene.world.folder / "data/verification").rglob("*")} | {
        str(path) for path in scene.world.folder.rglob("checks/*")
    }


@pytest.mark.parametrize("name", [name for document, name in WITHOUT_KEY if document == "verification"])
def test_a_question_may_be_asked_again_and_leaves_nothing(scene: Scene, name: str) -> None:
    call, before = MATRIX["verification", name][0], kept(scene)
    assert [call(scene, "anyone").status_code for _ in range(2)] == [200, 200]
    assert kept(scene) == before


def test_a_reservation_that_is_asked_for_again_is_the_first_one(scene: Scene) -> None:
    key, signers = secrets.token_hex(8), scene.keys["body"]
    first, again = (scene.world.reserve(signers, key=key) for _ in range(2))
    assert (first.status_code, again.json()) == (201, first.json())
    assert scene.world.reserve(signers).json() != first.json()
    assert scene.world.reserve(signers, key=secrets.token_hex(8)).json() != first.json()
    assertion = json.loads(first.request.content)
    sent = scene.world.http.post(first.request.url, json=assertion, headers={"Idempotency-Key": key})
    assert sent.json() == first.json()


def test_a_statement_and_a_batch_repeat_by_what_is_in_them(scene: Scene) -> None:
    whole = scene.signed("body")
    answers = [scene.world.send(whole) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 200]
    assert answers[0].json()["index"] == answers[1].json()["index"]
    batch = {"statements": [whole]}
    (row,) = scene.world.http.post("http://api/api/v1/statements/batch", json=batch).json()["answers"]
    assert (row["index"], row["repeated"]) == (answers[0].json()["index"], True)


def begin(scene: Scene, path: str, key: str, name: str = "x") -> httpx.Response:
    policy, headers = {"version": 1, "tier": f"{SCHEME}/3"}, {"Idempotency-Key": key}
    if path:
        files = {"suppliers": ("list.csv", f"name\n{name}\n".encode())}
        data = {"policy": json.dumps(policy)}
        return scene.http.post(f"{ASK}/checks/file", files=files, data=data, headers=headers)
    return scene.http.post(f"{ASK}/checks", json={"suppliers": [{"name": name}], "policy": policy}, headers=headers)


@pytest.mark.parametrize("path", ["", "/file"])
def test_a_list_that_is_sent_again_is_checked_once(scene: Scene, path: str) -> None:
    key = secrets.token_hex(8)
    first, again, other = (begin(scene, path, key), begin(scene, path, key), begin(scene, path, secrets.token_hex(8)))
    assert (first.status_code, again.status_code, again.json()) == (202, 202, first.json())
    assert other.json() != first.json()
    refused = begin(scene, path, key, name="y")
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")


def test_a_list_that_is_deleted_again_is_answered_alike_under_the_same_key(scene: Scene) -> None:
    address, headers = scene.list_of("owner"), {"Idempotency-Key": secrets.token_hex(8)}
    assert [scene.http.delete(address, headers=headers).status_code for _ in range(2)] == [204, 204]
    assert scene.http.delete(address).status_code == 404
