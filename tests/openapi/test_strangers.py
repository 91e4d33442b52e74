"""What strangers send: every route that takes a body, whoever sends it, as what, how much, and from whose page.

A route of the reader that takes more than GET, and one of another service that its document does not describe, needs a
row here. What the documents describe has its callers in test_matrix.py and tests/portal/test_matrix.py; its bodies are
tried here too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from registry.admission.api import LARGER
from registry.admission.api import MOST_BYTES as MOST_API_BYTES
from registry.verification.check_routes import MOST_BYTES as MOST_LIST_BYTES
from registry.verification.paths import CHECKS, IMAGES
from tests.openapi.test_routes import FOLDER, NOT_DESCRIBED, sample, served_by
from tests.openapi.whole import API, PORTAL, READER, VERIFICATION, Whole, whole
from tests.registry.conftest import Issued, bare, engine, engines, issued, pytest_generate_tests, staffed
from verifier.edge.drawing.qr import MAX_IMAGE_BYTES, qr_png
from verifier.encoding import b64u

__all__ = ["bare", "engine", "engines", "issued", "pytest_generate_tests", "staffed"]

OWN, OTHER = {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "cross-site", "Origin": "https://other.example"}
TEXT = {"Content-Type": "text/plain"}
CODE = "A" * 43
A_MARK = "the newest mark as a token"
A_PICTURE = "a picture of the mark's QR"


@dataclass(frozen=True)
class Row:
    """What is sent, and what is answered to it: from the own page, another site's, as plain text, and a byte too much.

    ``takes`` is how many bytes are read.
    """

    sent: dict[str, Any]
    takes: int
    own: int
    other_site: int
    as_text: int


FOLLOW = {"number": "0188-7000020010006", "address": "holder@example.org"}
BOX = {"id": b64u(b"box" * 10 + b"es"), "sealed": "A" * 700, "until": 1_796_000_000}
ROWS: dict[tuple[str, str], Row] = {
    (READER, "POST /check"): Row({"files": A_PICTURE}, MAX_IMAGE_BYTES + 4_000_000, 200, 200, 400),
    (READER, "POST /report"): Row({"data": {"text": "It hangs on another door."}}, 32_768, 201, 403, 400),
    (READER, "POST /s"): Row({"data": {"link": "https://shirushi.example/s#1.x"}}, 16_384, 400, 400, 400),
    # Boxes are for programs of anybody, which name no page: what is left is sealed, small, and gone at its time.
    (READER, "POST /s/boxes"): Row({"json": BOX}, 8192, 204, 204, 204),
    (READER, "POST /s/boxes/opening"): Row({"json": {"id": CODE}}, 8192, 404, 404, 400),
    (READER, "POST /follow"): Row({"data": FOLLOW}, 8192, 200, 403, 200),
    (READER, "POST /follow/confirm/{code}"): Row({"data": {}}, 8192, 404, 404, 404),
    (READER, "POST /follow/end/{code}"): Row({"data": {"List-Unsubscribe": "One-Click"}}, 8192, 404, 404, 404),
    (READER, "POST /federation/trust-mark-status"): Row({"data": {"trust_mark": A_MARK}}, 16_384, 200, 200, 400),
    (VERIFICATION, "POST /verification/search"): Row({"data": {"name": "x"}}, 65_536, 200, 200, 400),
}
ROUTES = pytest.mark.parametrize("route", ROWS, ids=" ".join)


@dataclass(frozen=True)
class Street:
    """Everything that is served, and a mark."""

    served: Whole
    issued: Issued

    def send(self, route: tuple[str, str], headers: dict[str, str], **sent: Any) -> int:
        """Send what a row says, or something else; return the status."""
        name, (method, path) = route[0], route[1].split()
        address = f"http://{name}{path.format(code=CODE)}"
        return self.served.http.request(method, address, headers=headers, **(sent or self._sent(route))).status_code

    def _sent(self, route: tuple[str, str]) -> dict[str, Any]:
        ((how, what),) = ROWS[route].sent.items()
        if what == A_PICTURE:
            return {how: {"file": ("seal.png", qr_png(f"https://shirushi.example/m/{self.issued.mark}"), "image/png")}}
        if isinstance(what, dict) and A_MARK in what.values():
            token = (self.issued.world.public / f"m/{self.issued.mark}.jwt").read_text("ascii")
            return {how: dict.fromkeys(what, token)}
        return {how: what}


@pytest.fixture(scope="module")
def street(issued: Issued) -> Iterator[Street]:
    # The status of a mark is signed by a job of its own.
    issued.world.settle()
    with whole(issued.world) as served:
        yield Street(served, issued)


def test_every_route_that_takes_more_than_get_has_its_row(street: Street) -> None:
    found = set()
    for name, app in street.served.applications.items():
        for one in served_by(app.router.routes):
            told = f"{one.method} {one.path}"
            if one.method not in ("GET", "OPTIONS") and (name == READER or told in NOT_DESCRIBED[name]):
                found.add((name, told))
    assert found == set(ROWS)


@ROUTES
def test_a_stranger_is_answered_on_the_own_page(street: Street, route: tuple[str, str]) -> None:
    assert street.send(route, OWN) == ROWS[route].own


@ROUTES
def test_a_page_of_another_site_can_send_no_form_that_tells_of_somebody(street: Street, route: tuple[str, str]) -> None:
    assert street.send(route, OTHER) == ROWS[route].other_site


@ROUTES
def test_what_is_sent_as_something_else_is_no_mistake_of_the_servers(street: Street, route: tuple[str, str]) -> None:
    body = json.dumps(BOX).encode() if route[1] == "POST /s/boxes" else b"plainly something else"
    assert street.send(route, {**TEXT, **OWN}, content=body) == ROWS[route].as_text


@ROUTES
def test_a_byte_too_much_is_not_read(street: Street, route: tuple[str, str]) -> None:
    assert street.send(route, {**TEXT, **OWN}, content=bytes(ROWS[route].takes + 1)) == 413
    assert street.send(route, {**TEXT, **OWN}, content=bytes(ROWS[route].takes)) != 413


def test_a_report_that_is_sent_again_is_another_one(street: Street) -> None:
    told = {"text": "It hangs on another door."}
    answers = [street.served.http.post(f"http://{READER}/report", data=told, headers=OWN).json() for _ in range(2)]
    assert answers[0]["reference"] != answers[1]["reference"]


def test_a_file_that_is_dropped_leaves_nothing(street: Street) -> None:
    folder = street.issued.world.folder
    before = set(folder.rglob("*"))
    assert [street.send((READER, "POST /check"), OWN) for _ in range(2)] == [200, 200]
    assert set(folder.rglob("*")) == before


TAKES: dict[str, int] = {
    **LARGER,
    IMAGES: MAX_IMAGE_BYTES,
    CHECKS: MOST_LIST_BYTES,
    f"{CHECKS}/file": MOST_LIST_BYTES,
}
"""Addresses that take more than the others of their service do."""
WITH_BODY = [
    pytest.param(name, method.upper(), sample(path, operation), id=f"{name}-{operation['operationId']}")
    for name in (API, PORTAL, VERIFICATION)
    for path, methods in json.loads((FOLDER / f"{name}.json").read_text("utf-8"))["paths"].items()
    for method, operation in methods.items()
    if "requestBody" in operation
]
BODIES = pytest.mark.parametrize(("name", "method", "path"), WITH_BODY)


def sent(street: Street, request: tuple[str, str, str], content: bytes) -> httpx.Response:
    name, method, path = request
    return street.served.http.request(method, f"http://{name}{path}", headers=TEXT, content=content)


@BODIES
def test_a_described_body_of_another_type_is_refused(street: Street, name: str, method: str, path: str) -> None:
    answer = sent(street, (name, method, path), b"plainly something else")
    assert answer.status_code == 401 if is_for_clients(name, method, path) else answer.status_code in (400, 401, 422)
    assert answer.headers["content-type"] == "application/problem+json"


@BODIES
def test_a_described_body_that_is_too_large_is_not_read(street: Street, name: str, method: str, path: str) -> None:
    most = TAKES.get(path, MOST_API_BYTES)
    assert sent(street, (name, method, path), bytes(most + 1)).json()["code"] == "too_large"
    assert sent(street, (name, method, path), bytes(most)).status_code != 413


def is_for_clients(name: str, method: str, path: str) -> bool:
    document = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return any(
        sample(template, operation) == path and one.upper() == method and operation["x-roles"] == ["client"]
        for template, methods in document["paths"].items()
        for one, operation in methods.items()
    )
