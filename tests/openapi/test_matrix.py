"""Every route, every kind of caller, own and foreign objects: who gets through and who does not.

The rows are held against the OpenAPI documents: a route that has no row here, and a row without a route, fail;
test_routes.py holds the documents against what is served, and test_strangers.py has what strangers may send. A caller
is whoever signs what is sent: there is no other permission. A tenant of the verification service is whoever holds the
secret address of a list.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from registry.data_folder import DataFolder
from registry.desk.operator_desk import Accreditation
from registry.document.document_key import make_document_key
from registry.verification.service import create_verification
from registry.web.in_process import InProcessTransport
from tests.registry.conftest import (
    CRITERIA,
    SCHEME,
    START,
    YEAR,
    Office,
    World,
    bare,
    engine,
    engines,
    issued,
    office,
    pytest_generate_tests,
    staffed,
    world,
)
from verifier.edge.drawing.qr import qr_png
from verifier.signer import SoftwareSigner

__all__ = ["bare", "engine", "engines", "issued", "office", "pytest_generate_tests", "staffed", "world"]

FOLDER = Path(__file__).parents[2] / "openapi"
OPERATIONS = {
    (path.stem, operation["operationId"]): operation
    for path in sorted(FOLDER.glob("*.json"))
    for methods in json.loads(path.read_text("utf-8"))["paths"].values()
    for operation in methods.values()
}
Signers = dict[str, SoftwareSigner]


@dataclass(frozen=True)
class Scene:
    """A registry with two bodies, one whose accreditation ended, and a mark; the verification service beside it."""

    world: World
    mark: str
    keys: dict[str, Signers]
    http: httpx.Client

    def signed(self, caller: str) -> dict[str, Any]:
        """Return the issue of a mark that body 7 reserved, signed by the caller's keys in the name of body 7."""
        reserved = self.world.reserve(self.keys["body"]).json()
        return self.world.sign_mark(self.keys[caller], reserved).request

    def list_of(self, caller: str) -> str:
        """Return the address of a list: one's own, or for anybody else one that was guessed."""
        suppliers = [{"identifier": "0188-1180301018771"}]
        order = {"suppliers": suppliers, "policy": {"version": 1, "tier": f"{SCHEME}/3"}}
        begun = self.http.post("http://verification/verification/v1/checks", json=order)
        address = str(begun.json()["progress"])
        while self.http.get("http://verification" + address).json()["state"] != "done":
            time.sleep(0.01)
        guessed = f"/verification/v1/checks/{secrets.token_urlsafe(24)}"
        return "http://verification" + (address if caller == "owner" else guessed)


@pytest.fixture
def scene(office: Office) -> Iterator[Scene]:
    here, signers = office
    rows = [{"scheme": SCHEME, "level": 3, "criteria_sha256": CRITERIA}]
    keys = {"body": signers}
    for no, caller in ((8, "other body"), (9, "ended body")):
        terms = Accreditation(no, "evaluation", "0188-7000012050002", f"見本機構{no}", rows, START - YEAR, START + YEAR)
        here.desk.accredit(terms)
        keys[caller] = {
            role: here.add_key(no, role, number) for number, role in enumerate(("assessor", "decider", "desk"), 1)
        }
    here.desk.submit("body.withdrawn", "https://shirushi.example/e/9", {"reason": "cause"})
    operator = here.ceremony.keys.operators[0]
    stranger = SoftwareSigner.generate(here.entropy)
    for caller, key in (("operator", operator), ("stranger", stranger)):
        keys[caller] = dict.fromkeys(("assessor", "decider", "desk"), key)
    mark = here.issue(signers)
    own = here.ceremony.keys
    data = DataFolder(here.folder)
    made = create_verification(
        data.public,
        data.verification,
        trust_root=here.ceremony.root,
        now=here.clock,
        signer=own.receipt,
        document_key=make_document_key(data, passphrase=b"no secret at all", now=here.clock(), entropy=here.entropy),
    )
    made.jobs.start()
    made.index.refresh()
    with httpx.Client(transport=InProcessTransport({"verification": made.served})) as http:
        yield Scene(here, mark, keys, http)
    made.jobs.stop()


API = "http://api/api/v1"
ASK = "http://verification/verification/v1"
Call = Callable[[Scene, str], httpx.Response]


def reserve(scene: Scene, caller: str) -> httpx.Response:
    if caller == "anyone":
        return scene.world.http.post(f"{API}/reservations", json={"assertion": "", "scheme": SCHEME, "level": 3})
    return scene.world.reserve(scene.keys[caller])


def submit(scene: Scene, caller: str) -> httpx.Response:
    return scene.world.send({"statement": ""} if caller == "anyone" else scene.signed(caller))


def submit_many(scene: Scene, caller: str) -> httpx.Response:
    """Send a batch of one; return its row's answer as if it had been sent alone."""
    row = {"statement": ""} if caller == "anyone" else scene.signed(caller)
    (answer,) = scene.world.http.post(f"{API}/statements/batch", json={"statements": [row]}).json()["answers"]
    return httpx.Response(answer.get("problem", {"status": 201})["status"], json=answer)


def read(path: str) -> Call:
    return lambda scene, caller: scene.world.http.get(f"{API}/{path}")


def ask(path: str) -> Call:
    return lambda scene, caller: scene.http.get(f"{ASK}/{path.format(scene.mark)}")


def look_up(scene: Scene, caller: str) -> httpx.Response:
    return scene.http.post(f"{ASK}/lookups", json={"mark": scene.mark})


def look_up_image(scene: Scene, caller: str) -> httpx.Response:
    picture = qr_png(f"https://shirushi.example/m/{scene.mark}")
    return scene.http.post(f"{ASK}/lookups/image", content=picture, headers={"content-type": "image/png"})


def search(path: str) -> Call:
    return lambda scene, caller: scene.http.post(f"{ASK}/searches{path}", json={"scheme": SCHEME})


def begin(path: str) -> Call:
    def call(scene: Scene, caller: str) -> httpx.Response:
        policy = {"version": 1, "tier": f"{SCHEME}/3"}
        if path:
            files = {"suppliers": ("list.csv", b"name\nx\n")}
            return scene.http.post(f"{ASK}/checks/file", files=files, data={"policy": json.dumps(policy)})
        return scene.http.post(f"{ASK}/checks", json={"suppliers": [{"name": "x"}], "policy": policy})

    return call


def of_list(path: str, method: str = "GET") -> Call:
    return lambda scene, caller: scene.http.request(method, scene.list_of(caller) + path)


SIGNED = {"anyone": 400, "stranger": 422, "other body": 422, "ended body": 422, "operator": 422, "body": 201}
OPEN = {"anyone": 200}
OWNED = {"anyone": 404, "owner": 200}
MATRIX: dict[tuple[str, str], tuple[Call, dict[str, int]]] = {
    ("registry", "reserve"): (reserve, SIGNED),
    ("registry", "submit_statement"): (submit, SIGNED),
    ("registry", "submit_statements"): (submit_many, SIGNED),
    ("registry", "object_head"): (read("objects?uri=https://shirushi.example/e/7"), OPEN),
    ("registry", "health"): (read("health"), OPEN),
    ("verification", "look_up"): (look_up, OPEN),
    ("verification", "look_up_image"): (look_up_image, OPEN),
    ("verification", "mark"): (lambda scene, caller: scene.http.get(f"{ASK}/marks/{scene.mark}"), OPEN),
    ("verification", "mark_document"): (ask("marks/{}/certificate.pdf"), OPEN),
    ("verification", "recognition_document"): (ask("recognitions/{}/certificate.pdf"), {"anyone": 404}),
    ("verification", "document_certificate"): (ask("document-key.pem"), OPEN),
    ("verification", "search"): (search(""), OPEN),
    ("verification", "export_search"): (search("/export"), OPEN),
    ("verification", "check_list"): (begin(""), {"anyone": 202}),
    ("verification", "check_file"): (begin("/file"), {"anyone": 202}),
    ("verification", "check_progress"): (of_list(""), OWNED),
    ("verification", "check_rows"): (of_list("/rows"), OWNED),
    ("verification", "check_result"): (of_list("/csv"), OWNED),
    ("verification", "forget_check"): (of_list("", "DELETE"), {"anyone": 404, "owner": 204}),
    ("verification", "health"): (lambda scene, caller: scene.http.get(f"{ASK}/health"), OPEN),
}
READ_PLANE = "read-plane"
"""Its files and pages are open to anyone: one row for each would say nothing. What it takes is in test_strangers.py."""
PORTAL = "portal"
"""Its callers are clients: its rows stand in tests/portal/test_matrix.py."""


def test_every_route_of_every_document_has_its_row_and_every_row_its_route() -> None:
    assert set(MATRIX) == {one for one in OPERATIONS if one[0] not in (READ_PLANE, PORTAL)}
    assert {tuple(one["x-roles"]) for key, one in OPERATIONS.items() if key[0] == READ_PLANE} == {("anyone",)}


@pytest.mark.parametrize("route", MATRIX, ids="-".join)
def test_the_roles_of_a_route_are_those_who_get_through(scene: Scene, route: tuple[str, str]) -> None:
    call, expected = MATRIX[route]
    answered = {caller: call(scene, caller) for caller in expected}
    assert {caller: answer.status_code for caller, answer in answered.items()} == expected, answered
    is_open = OPERATIONS[route]["x-roles"] == ["anyone"]
    assert is_open or expected["anyone"] >= 400
