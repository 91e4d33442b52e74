"""A method that an address does not take is told with those that it takes, wherever its route stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from registry.web.problems import exception_handlers

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send


async def answered(_: Request) -> Response:
    return Response()


async def refusing(scope: Scope, receive: Receive, send: Send) -> None:
    raise HTTPException(405)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/one", "GET, HEAD, POST"),
        # The application's own /one takes other methods than the one below the mount.
        ("/below/one", "PUT"),
        ("/below/two", "PUT"),
        ("/refusing/one", None),
    ],
)
def test_a_method_that_is_not_taken_is_a_405_below_a_mount_too(path: str, allowed: str | None) -> None:
    below = [Route(one, answered, methods=["PUT"]) for one in ("/one", "/two")]
    own = [Route("/one", answered), Route("/one", answered, methods=["POST"])]
    app = Starlette(
        routes=[*own, Mount("/below", routes=below), Mount("/refusing", app=refusing)],
        exception_handlers=exception_handlers("shirushi.example"),
    )
    answer = TestClient(app, raise_server_exceptions=False).delete(path)
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers.get("allow") == allowed
