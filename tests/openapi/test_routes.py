"""Every route that is served stands in an OpenAPI document, or in a short list with the reason why it does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, compile_path

from tests.openapi.whole import API, PORTAL, READER, VERIFICATION, Whole, whole
from tests.registry.conftest import Issued, bare, engine, engines, issued, pytest_generate_tests, staffed

__all__ = ["bare", "engine", "engines", "issued", "pytest_generate_tests", "staffed"]

FOLDER = Path(__file__).parents[2] / "openapi"
DOCUMENTS = (API, PORTAL, READER, VERIFICATION)

ITSELF = "the document itself"
PAGE = "a page for people alone, which has no JSON form"
LOADED = "what pages load: style sheets, pictures and modules"
ELSEWHERE = "leads to another service, whose document describes it"
PREFLIGHT = "what browsers ask before a page of another site may"
NOT_DESCRIBED: dict[str, dict[str, str]] = {
    API: {"GET /api/v1/openapi.json": ITSELF},
    PORTAL: {
        "GET /portal/v1/openapi.json": ITSELF,
        "OPTIONS /portal/v1/numbers/{number}/feed.atom": PREFLIGHT,
        "OPTIONS /portal/v1/numbers/{number}/feed.json": PREFLIGHT,
    },
    VERIFICATION: {
        "GET /verification/v1/openapi.json": ITSELF,
        "GET /verification/search": PAGE,
        "POST /verification/search": PAGE,
        "GET /static/{rest:path}": LOADED,
        "GET /{rest:elsewhere}": ELSEWHERE,
    },
    READER: {
        "GET /search": ELSEWHERE,
        "GET /verification/v1/marks/{id}/certificate.pdf": ELSEWHERE,
        "GET /verification/v1/recognitions/{id}/certificate.pdf": ELSEWHERE,
        "GET /verify": PAGE,
        "GET /verify/app.webmanifest": LOADED,
        "GET /verify/worker.js": LOADED,
        "GET /static/{rest:path}": LOADED,
        "GET /embed.js": LOADED,
        "GET /s": PAGE,
        "POST /s": PAGE,
        "GET /follow": PAGE,
        "POST /follow": PAGE,
        "GET /follow/confirm/{code}": PAGE,
        "POST /follow/confirm/{code}": PAGE,
        "GET /follow/end/{code}": PAGE,
        "POST /follow/end/{code}": PAGE,
    },
}


@pytest.fixture(scope="module")
def served(issued: Issued) -> Iterator[Whole]:
    with whole(issued.world) as made:
        yield made


@dataclass(frozen=True)
class Served:
    """One method of a route."""

    method: str
    path: str

    def takes(self, method: str, path: str) -> bool:
        return self.method == method and compile_path(self.path)[0].match(path) is not None


def served_by(routes: list[BaseRoute], prefix: str = "") -> Iterator[Served]:
    """Yield every method of every route in the order in which they are asked, those of mounts among them."""
    for route in routes:
        if isinstance(route, Mount):
            yield from served_by(list(route.routes), prefix + route.path)
        else:
            # Another kind, such as a web socket, would need an answer here to how it is described.
            assert isinstance(route, Route), route
            yield from (Served(one, prefix + route.path) for one in sorted((route.methods or set()) - {"HEAD"}))


def described(name: str) -> Iterator[tuple[str, str]]:
    """Yield method and a sample address of each operation of a document."""
    for path, methods in json.loads((FOLDER / f"{name}.json").read_text("utf-8"))["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), sample(path, operation)


def sample(path: str, operation: dict[str, Any]) -> str:
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", str(parameter["example"]))
    assert "{" not in path
    return path


def undescribed(app: Starlette, name: str) -> set[str]:
    """Return the routes of an application that no operation of its document leads to."""
    routes = list(served_by(app.router.routes))
    reached = {next((one for one in routes if one.takes(*asked)), None) for asked in described(name)}
    assert None not in reached, "the document describes what is not served"
    return {f"{one.method} {one.path}" for one in set(routes) - reached}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_route_is_described_or_has_a_reason_not_to_be(served: Whole, name: str) -> None:
    assert undescribed(served.applications[name], name) == set(NOT_DESCRIBED[name])


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_route_that_is_described_nowhere_is_found(served: Whole, name: str) -> None:
    async def new(_: object) -> Response:
        return Response()

    planted = Mount("/planted", routes=[Route("/new/{id}", new, methods=["POST"])])
    app = Starlette(routes=[*served.applications[name].router.routes, planted])
    assert undescribed(app, name) - set(NOT_DESCRIBED[name]) == {"POST /planted/new/{id}"}


@pytest.mark.parametrize("path", ["/check", "/report", "/s", "/follow"])
def test_a_method_that_is_not_taken_is_told_all_that_are(served: Whole, path: str) -> None:
    answer = served.http.delete(f"http://{READER}{path}")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, POST"
