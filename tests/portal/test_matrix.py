"""Every route of the portal, every kind of caller, own and foreign objects: held against its OpenAPI document."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.portal.conftest import Tenant, code_of
from tests.registry.conftest import START
from verifier.encoding import b64u

if TYPE_CHECKING:
    from tests.portal.conftest import Scene

DOCUMENT = json.loads((Path(__file__).parents[2] / "openapi/portal.json").read_text("utf-8"))
OPERATIONS = {
    one["operationId"]: (method.upper(), path.removeprefix("/portal/v1/"), one)
    for path, methods in DOCUMENT["paths"].items()
    for method, one in methods.items()
}
OPEN = {"nobody": 200, "revoked": 200, "stranger": 200, "owner": 200}
OWN_LIST = {"nobody": 401, "revoked": 401, "stranger": 200, "owner": 200}


def own(status: int) -> dict[str, int]:
    """A route to an object: only its owner finds it."""
    return {"nobody": 401, "revoked": 401, "stranger": 404, "owner": status}


def anyones(status: int) -> dict[str, int]:
    """A route that makes something of one's own: for every client."""
    return {"nobody": 401, "revoked": 401, "stranger": status, "owner": status}


MATRIX: dict[str, dict[str, int]] = {
    "token": dict.fromkeys(OPEN, 401),
    "add_watch": anyones(201),
    "list_watches": OWN_LIST,
    "watch": own(200),
    "delete_watch": own(204),
    "add_endpoint": anyones(201),
    "list_endpoints": OWN_LIST,
    "delete_endpoint": own(204),
    "rotate_secret": own(201),
    "try_endpoint": own(202),
    "list_events": OWN_LIST,
    "list_deliveries": OWN_LIST,
    "delivery": own(200),
    "replay_delivery": own(202),
    "set_digest": anyones(202),
    "digest": own(200),
    "confirm_digest": own(200),
    "delete_digest": own(204),
    "feed_atom": OPEN,
    "feed_json": OPEN,
    "number_atom": OPEN,
    "number_json": OPEN,
    "add_following": dict.fromkeys(OPEN, 202),
    "confirm_following": dict.fromkeys(OPEN, 404),
    "end_following": dict.fromkeys(OPEN, 404),
    "add_box": dict.fromkeys(OPEN, 204),
    "open_box": dict.fromkeys(OPEN, 404),
    "health": OPEN,
}
BODIES: dict[str, dict[str, Any]] = {
    "add_following": {"json": {"number": "0188-7000020010006", "address": "holder@example.org"}},
    "confirm_following": {"json": {"code": "A" * 43}},
    "end_following": {"json": {"code": "A" * 43}},
    "open_box": {"json": {"id": "A" * 43}},
    "set_digest": {"json": {"address": "portal@example.org"}},
    "add_watch": {"json": {"body": 7}},
    "add_endpoint": {"json": {"url": "https://hooks.example.org/"}},
    "token": {
        "data": {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": "e30.e30.AA",
        }
    },
}


def test_every_route_has_its_row_and_every_row_its_route() -> None:
    assert set(MATRIX) == set(OPERATIONS)
    for name, (_, _, operation) in OPERATIONS.items():
        assert operation["x-roles"] == (
            ["client"] if MATRIX[name]["stranger"] != MATRIX[name]["nobody"] else ["anyone"]
        )


@pytest.mark.parametrize("name", MATRIX)
def test_a_route_lets_its_callers_through_and_nobody_else(scene: Scene, name: str) -> None:
    owner, stranger, revoked = (scene.tenant(name) for name in ("owner", "stranger", "revoked"))
    scene.portal.clients.revoke(revoked.client.id)
    callers = {"nobody": Tenant(owner.client, "", scene.http), "revoked": revoked, "stranger": stranger, "owner": owner}
    objects = _objects(scene, owner)
    method, path, _ = OPERATIONS[name]
    answers = {
        caller: tenant.ask(method, path.format(**objects), **_body(name, objects)) for caller, tenant in callers.items()
    }
    assert {caller: answer.status_code for caller, answer in answers.items()} == MATRIX[name]
    for caller, answer in answers.items():
        if caller != "owner" and MATRIX[name] is not OPEN and answer.content:
            assert not any(secret in answer.text for secret in objects.values()), caller


def _body(name: str, objects: dict[str, str]) -> dict[str, Any]:
    if name == "add_box":
        return {"json": {"id": b64u(secrets.token_bytes(32)), "sealed": "A" * 700, "until": START + 2_000_000}}
    return {"json": {"code": objects["code"]}} if name == "confirm_digest" else BODIES.get(name, {})


def _objects(scene: Scene, owner: Tenant) -> dict[str, str]:
    """Return what the owner has: a delivery that ended among it."""
    watch, endpoint = owner.watch(mark=scene.mark), owner.endpoint("http://127.0.0.1:9/")
    delivery = owner.post(f"endpoints/{endpoint['id']}/test").json()["id"]
    for _ in range(10):
        scene.world.clock.now += 100_000
        scene.deliver()
    assert owner.ask("PUT", "digest", json={"address": "portal@example.org"}).status_code == 202
    scene.world.clock.now += 1000
    return {
        "number": "0188-7000020010006",
        "code": code_of(scene.sent[-1]),
        "watch": watch["id"],
        "secret": watch["feed_atom"].split("/")[-2],
        "endpoint": endpoint["id"],
        "delivery": delivery,
    }
