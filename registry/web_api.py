"""What every API of ours is made of: strict JSON, problem documents for every error, one name for every operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request

from registry.problems import exception_handlers, http_problem
from verifier import __version__
from verifier.encoding import read_json
from verifier.errors import MalformedError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from fastapi import Response


class _StrictRequest(Request):
    async def json(self) -> Any:
        try:
            return read_json(await self.body())
        except MalformedError as error:
            raise HTTPException(400, error.message) from error


class StrictRoute(APIRoute):
    """Reads JSON as the verifier does: no member twice, no NaN, no lone surrogate."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler."""
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            return await handle(_StrictRequest(request.scope, request.receive))

        return strictly


def new_api(host: str, *, title: str, summary: str, openapi_url: str) -> FastAPI:
    """Return an application without routes, whose errors are problem documents of the authority at ``host``."""
    app = FastAPI(
        title=title,
        version=__version__,
        summary=summary,
        openapi_url=openapi_url,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
        exception_handlers=exception_handlers(host),
    )
    app.router.route_class = StrictRoute
    # A redirect to or from a closing slash would repeat the Host header of whoever asks.
    app.router.redirect_slashes = False

    async def unreadable(_: Request, error: RequestValidationError) -> Response:
        places = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:3])
        return http_problem(host, 400, places)

    app.add_exception_handler(RequestValidationError, unreadable)  # type: ignore[arg-type]  # Starlette's stub wants Exception
    return app
