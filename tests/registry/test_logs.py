"""What an operator reads names no identifier that was looked up and no value of a variable."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from registry.web.logs import configure_logs
from registry.web.problems import exception_handlers

NUMBER = "0188-1180301018771"


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    before = structlog.get_config()
    configure_logs()
    yield capsys
    structlog.configure(**before)


async def mistaken(request: Request) -> Response:
    secret = request.path_params["id"][::-1]
    raise ZeroDivisionError(len(secret))


def test_a_mistake_is_logged_by_its_route_without_values(written: pytest.CaptureFixture[str]) -> None:
    app = Starlette(routes=[Route("/o/{id}", mistaken)], exception_handlers=exception_handlers("shirushi.example"))
    answer = TestClient(app, raise_server_exceptions=False).get(f"/o/{NUMBER}")
    told = "".join(written.readouterr())
    assert answer.status_code == 500
    assert "/o/{id}" in told
    assert "ZeroDivisionError" in told
    assert NUMBER not in told
    assert NUMBER[::-1] not in told
