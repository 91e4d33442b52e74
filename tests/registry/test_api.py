"""The API answers in JSON and in problem documents, reads strictly and says nothing about its own mistakes."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import httpx
import pytest

from registry.admission.api import MOST_BYTES, create_api
from registry.web.in_process import InProcessTransport

if TYPE_CHECKING:
    from registry.log.service import WritePlane
    from tests.registry.conftest import Issued

DATABASES = ("sqlite", "postgresql")
API = "http://api/api/v1"


def test_the_head_and_state_of_an_object_are_told(issued: Issued) -> None:
    uri = "https://shirushi.example/e/7"
    answer = issued.world.http.get(f"{API}/objects", params={"uri": uri}).json()
    assert (answer["object"], answer["state"]) == (uri, "active")
    unknown = issued.world.http.get(f"{API}/objects", params={"uri": "https://shirushi.example/e/8"}).json()
    assert (unknown["head"], unknown["state"]) == (None, None)


@pytest.mark.parametrize("uri", ["", "x", "https://shirushi.example/zz/1", "https://shirushi.example/e/01"])
def test_a_name_that_cannot_be_is_refused(issued: Issued, uri: str) -> None:
    answer = issued.world.http.get(f"{API}/objects", params={"uri": uri})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def test_health_tells_how_the_log_stands(issued: Issued) -> None:
    answer = issued.world.http.get(f"{API}/health").json()
    assert answer["status"] == "ok"
    assert answer["size"] == answer["published"] > 5
    assert answer["checkpoint_age"] == 0


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", ""),
        (b"{", "not JSON in UTF-8"),
        (b'{"statement": "a", "statement": "b"}', "a JSON object names a member twice"),
        (b'{"statement": NaN}', "NaN is not JSON"),
        (b'{"statement": "\\ud800"}', "text holds a NUL or a lone surrogate"),
        (b'{"statement": 5}', "body.statement: write a text"),
        (b'{"statement": "a", "extra": 1}', "body.extra: there is no such member"),
        (b'{"statement": "a"}', "a compact token has three segments"),
        (b"[" * 5000, ""),
    ],
)
def test_a_body_outside_the_strict_form_gets_a_problem_document(issued: Issued, body: bytes, detail: str) -> None:
    answer = issued.world.http.post(f"{API}/statements", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert detail in answer.json().get("detail", "")


def test_a_body_above_the_cap_is_not_read(issued: Issued) -> None:
    answer = issued.world.http.post(f"{API}/reservations", content=b"x" * (MOST_BYTES + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_an_unknown_address_and_a_wrong_method_are_problems_too(issued: Issued) -> None:
    http = issued.world.http
    assert http.get(f"{API}/nothing").json()["code"] == "not_found"
    assert http.delete(f"{API}/statements").json()["code"] == "method_not_allowed"


def test_a_problem_names_its_type_title_and_hint(issued: Issued) -> None:
    answer = issued.world.http.post(f"{API}/statements", json={"statement": "a.b.c"}).json()
    assert answer["type"] == f"https://shirushi.example/problems/{answer['code']}"
    assert (answer["title"], answer["status"]) == ("The input is not the format that it claims to be", 400)


def test_a_mistake_of_ours_says_nothing_about_itself(issued: Issued, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: WritePlane, uri: str) -> None:
        raise KeyError("a secret path")

    plane = issued.world.plane.api_side
    monkeypatch.setattr(type(plane), "look_up", broken)
    app = create_api(plane, issued.world.ceremony.keys.receipt)
    with httpx.Client(transport=InProcessTransport({"api": app})) as http:
        answer = http.get(f"{API}/objects", params={"uri": "https://shirushi.example/e/7"})
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_no_endpoint_blocks_a_thread(issued: Issued) -> None:
    app = create_api(issued.world.registry, issued.world.ceremony.keys.receipt)
    endpoints = [route.endpoint for route in app.routes if hasattr(route, "endpoint")]
    assert len(endpoints) >= 4
    assert all(inspect.iscoroutinefunction(endpoint) for endpoint in endpoints)
