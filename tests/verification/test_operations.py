"""What an operator sees, and what nobody sees."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import structlog
from starlette.responses import Response

from registry.verification.shedding import Shedding
from registry.web.in_process import InProcessTransport
from registry.web.observing import MOST_REFUSALS, Observing
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


def test_an_answer_at_hand_has_an_id_too_and_shows_it_to_scripts(service: Service) -> None:
    address = f"{ROOT}/verification/v1/marks/{service.mark}"
    tag = service.http.get(address).headers["etag"]
    given = [service.http.get(address, headers={"x-request-id": f"proxy-000{no}"}) for no in (1, 2)]
    assert [one.headers["x-request-id"] for one in given] == ["proxy-0001", "proxy-0002"]
    unchanged = [service.http.get(address, headers={"if-none-match": tag}) for _ in range(2)]
    assert [one.status_code for one in unchanged] == [304, 304]
    assert len({one.headers["x-request-id"] for one in unchanged}) == 2
    assert "X-Request-Id" in unchanged[0].headers["access-control-expose-headers"]


def test_every_way_to_an_answer_at_hand_varies_by_origin_and_shows_scripts_the_same_headers(service: Service) -> None:
    address, page = f"{ROOT}/verification/v1/marks/{service.mark}", {"origin": "https://portal.example"}
    slow = service.http.get(address, headers=page)
    unchanged = {**page, "if-none-match": slow.headers["etag"]}
    ways = [
        slow,
        service.http.get(address, headers=page),
        service.http.head(address, headers=page),
        service.http.get(address, headers=unchanged),
    ]
    assert [one.status_code for one in ways] == [200, 200, 200, 304]
    for one in ways:
        assert one.headers["vary"] == "Origin"
        assert one.headers["access-control-allow-origin"] == "*"
        assert one.headers["access-control-expose-headers"] == slow.headers["access-control-expose-headers"]
    assert {"RateLimit", "RateLimit-Policy"} <= set(slow.headers["access-control-expose-headers"].split(", "))


def test_a_page_of_another_origin_reads_a_refusal_that_nothing_was_judged_for(service: Service) -> None:
    headers = {"origin": "https://portal.example", "content-type": "application/json"}
    refused = service.http.post(f"{ROOT}/verification/v1/lookups", content=b" " * 70_000, headers=headers)
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (413, "*")


def test_a_line_about_trouble_names_the_route_and_nothing_that_was_asked() -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise UnavailableError("broken")

    transport = InProcessTransport({"x": Observing(broken, process="test", gauges={})})
    with structlog.testing.capture_logs() as lines, httpx.Client(transport=transport) as http:
        assert http.get("http://x/o/0188-5010001067883?secret=1").status_code == 500
    assert [line["route"] for line in lines] == ["(no route)"]
    assert "5010001067883" not in str(lines)


def observed(path: str, lines: int = 1, **options: bool) -> list[dict[str, Any]]:
    """Return the lines about so many requests to a real service's paths, answered by the status in the address."""

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        await Response(status_code=int(scope["path"].rpartition("/")[2]))(scope, receive, send)

    transport = InProcessTransport({"x": Observing(answered, process="test", gauges={}, **options)})
    merge = structlog.contextvars.merge_contextvars
    with structlog.testing.capture_logs(processors=[merge]) as told, httpx.Client(transport=transport) as http:
        for _ in range(lines):
            http.get(f"http://x{path}", headers={"x-request-id": "proxy-0001"})
    return [dict(one) for one in told]


@pytest.mark.parametrize("status", [400, 401, 403, 409, 422, 429, 503])
def test_a_refusal_is_found_in_the_logs_by_the_id_of_its_answer(status: int) -> None:
    (line,) = observed(f"/o/0188-5010001067883/{status}")
    assert (line["event"], line["status"], line["request"]) == ("refused", status, "proxy-0001")
    assert {"route", "method", "ms", "process"} <= line.keys()
    assert "5010001067883" not in str(line)


@pytest.mark.parametrize("status", [200, 304, 404, 405])
def test_what_is_no_refusal_is_a_line_only_where_every_request_is_one(status: int) -> None:
    assert observed(f"/{status}") == []
    (line,) = observed(f"/{status}", tells_all=True)
    assert (line["event"], line["status"], line["request"]) == ("answered", status, "proxy-0001")


def test_a_flood_of_refusals_does_not_flood_the_logs() -> None:
    lines = observed("/503", lines=5 * MOST_REFUSALS)
    assert len(lines) < 5 * MOST_REFUSALS
    assert sum(one.get("untold", 0) for one in lines) <= 4 * MOST_REFUSALS


def test_what_only_grows_is_a_counter(service: Service) -> None:
    told = service.http.get(f"{ROOT}/metrics").text
    for name in ("shirushi_shed_total", "shirushi_hot_answers_total"):
        assert f"# TYPE {name} counter" in told


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


def test_a_figure_that_cannot_be_known_is_no_reason_to_tell_none() -> None:
    def not_there() -> float:
        raise UnavailableError("the database cannot be used")

    gauges = {"waiting": ("What waits.", not_there), "inside": ("What is inside.", lambda: 7.0)}
    served = Observing(Response("ok"), process="portal", gauges=gauges, counters={})
    with httpx.Client(transport=InProcessTransport({"portal": served})) as http:
        told = http.get("http://portal/metrics").text
    assert "shirushi_waiting NaN" in told
    assert "shirushi_inside 7.0" in told


def test_a_figure_that_takes_long_to_count_holds_up_no_answer() -> None:
    counting, counted = threading.Event(), threading.Event()

    def slow() -> float:
        counting.set()
        assert counted.wait(timeout=30)
        return 1.0

    served = Observing(Response("ok"), process="portal", gauges={"waiting": ("What waits.", slow)}, counters={})
    with httpx.Client(transport=InProcessTransport({"portal": served})) as http, ThreadPoolExecutor(1) as pool:
        metrics = pool.submit(http.get, "http://portal/metrics")
        assert counting.wait(timeout=30)
        assert http.get("http://portal/health").text == "ok"
        counted.set()
        assert "shirushi_waiting 1.0" in metrics.result().text
