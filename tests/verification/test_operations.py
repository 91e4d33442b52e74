"""What an operator sees, and what nobody sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import structlog

from registry.verification.shedding import Shedding
from registry.web.in_process import InProcessTransport
from registry.web.observing import Observing
from verifier.errors import UnavailableError

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from tests.verification.conftest import Service

ROOT = "http://verification"


def test_health_says_how_old_the_evidence_is(service: Service) -> None:
    told = service.http.get(f"{ROOT}/verification/v1/health")
    assert (told.status_code, told.json()["status"]) == (200, "ok")
    service.world.clock.now += 3 * 3600
    try:
        assert service.http.get(f"{ROOT}/verification/v1/health").json()["status"] == "stale"
    finally:
        service.world.clock.now -= 3 * 3600


def test_metrics_count_answers_by_route_and_never_name_what_was_asked(service: Service) -> None:
    number = "5010001067883"
    service.answer(identifier=number)
    service.http.get(f"{ROOT}/verification/v1/marks/{service.mark}")
    service.http.get(f"{ROOT}/verification/v1/marks/{service.mark}")
    told = service.http.get(f"{ROOT}/metrics").text
    assert 'shirushi_http_answers_total{method="POST",route="/verification/v1/lookups",status="200"}' in told
    assert "shirushi_checkpoint_age_seconds" in told
    assert "shirushi_hot_answers" in told
    assert number not in told
    assert service.mark not in told


def test_every_answer_has_an_id_and_keeps_the_one_of_a_proxy(service: Service) -> None:
    address = f"{ROOT}/verification/v1/health"
    first, second = (service.http.get(address).headers["x-request-id"] for _ in range(2))
    assert first != second
    assert service.http.get(address, headers={"x-request-id": "proxy-0001"}).headers["x-request-id"] == "proxy-0001"
    assert service.http.get(address, headers={"x-request-id": "a b"}).headers["x-request-id"] != "a b"


def test_a_line_about_trouble_names_the_route_and_nothing_that_was_asked() -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise UnavailableError("broken")

    transport = InProcessTransport({"x": Observing(broken, process="test", gauges={})})
    with structlog.testing.capture_logs() as lines, httpx.Client(transport=transport) as http:
        assert http.get("http://x/o/0188-5010001067883?secret=1").status_code == 500
    assert [line["route"] for line in lines] == ["(no route)"]
    assert "5010001067883" not in str(lines)


def test_more_than_can_be_judged_is_told_to_come_again() -> None:
    inside: list[int] = []

    async def nested(scope: Scope, receive: Receive, send: Send) -> None:
        inside.append(1)
        if len(inside) == 1:
            await shedding(scope, receive, send)

    shedding = Shedding(nested, most=1, host="shirushi.example")
    with httpx.Client(transport=InProcessTransport({"x": shedding})) as http:
        answer = http.get("http://x/")
    assert (answer.status_code, answer.headers["retry-after"], len(inside)) == (503, "1", 1)
    assert answer.json()["code"] == "unavailable"


def test_another_method_is_told_all_that_an_address_takes_pages_included(service: Service) -> None:
    told = {
        path: service.http.request("PATCH", ROOT + path).headers["allow"]
        for path in ("/verification/search", f"/verification/v1/checks/{'a' * 32}", "/verification/v1/lookups")
    }
    assert list(told.values()) == ["GET, HEAD, POST", "DELETE, GET, HEAD", "POST"]
