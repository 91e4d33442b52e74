"""Problem documents (RFC 9457): the one place where an error becomes an HTTP answer.

Only the product's own errors are told; anything else is a 500 that says nothing, and stands in the log of the process.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import structlog
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Route

from registry.errors import (
    ErasedError,
    LimitReachedError,
    NotAdmittedError,
    NotReadyError,
    QueueFullError,
    TooManyError,
    WitnessesUnavailableError,
)
from registry.web.logs import route_of
from verifier.edge.console.errors import ForeignFormError
from verifier.errors import (
    ConflictError,
    EnvelopeError,
    EvidenceError,
    MalformedError,
    MarkError,
    NewerVersionError,
    NotFoundError,
    UnavailableError,
    WrongUseError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from starlette.requests import Request

    Handler = Callable[[Request, Any], Coroutine[Any, Any, Response]]

_log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
_STATUS: tuple[tuple[type[MarkError], int], ...] = (
    (ErasedError, 410),
    (ForeignFormError, 403),
    (NotAdmittedError, 401),
    (TooManyError, 429),
    (NotReadyError, 409),
    (ConflictError, 409),
    (MalformedError, 400),
    (EnvelopeError, 400),
    (EvidenceError, 422),
    (NotFoundError, 404),
    (NewerVersionError, 422),
    (UnavailableError, 503),
    (WrongUseError, 400),
)
_RETRY_AFTER = {
    QueueFullError: 60,
    LimitReachedError: 60,
    TooManyError: 3600,
    NotReadyError: 1,
    WitnessesUnavailableError: 300,
    UnavailableError: 5,
}
_WORDS = {
    400: ("malformed", "The request cannot be read"),
    404: ("not_found", "There is nothing at this address"),
    405: ("method_not_allowed", "The address does not take this method"),
    413: ("too_large", "The request is too large"),
    408: ("too_slow", "The request was not sent in time"),
    500: ("internal", "The registry made a mistake"),
    503: ("unavailable", "More is asked than can be answered; ask again in a moment"),
}


def problem(host: str, error: MarkError) -> Response:
    """Return the problem document of one of the product's errors."""
    members, headers = problem_members(host, error), {}
    if isinstance(error, UnavailableError) and members["status"] in (409, 429, 503):
        headers["Retry-After"] = str(next(wait for kind, wait in _RETRY_AFTER.items() if isinstance(error, kind)))
    if members["status"] == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return _document(members, headers)


def problem_members(host: str, error: MarkError) -> dict[str, Any]:
    """Return the members of the problem document of one of the product's errors."""
    status = next((code for kind, code in _STATUS if isinstance(error, kind)), 500)
    title = (type(error).__doc__ or "").partition("\n")[0].rstrip(".:")
    extra = {"head": error.head} if isinstance(error, ConflictError) else {}
    return _members(host, status, error.code, title, detail=error.message, hint=error.hint, **extra)


def http_problem(host: str, status: int, detail: str = "", headers: dict[str, str] | None = None) -> Response:
    """Return the problem document of a status that no error of ours stands behind."""
    return _document(members_of(host, status, detail), headers or {})


def members_of(host: str, status: int, detail: str = "") -> dict[str, Any]:
    """Return the members of the problem document of a status that no error of ours stands behind."""
    code, title = _WORDS.get(status, ("http_error", "The request was not served"))
    return _members(host, status, code, title, detail=detail)


def exception_handlers(host: str) -> dict[int | type[Exception], Handler]:
    """Return the handlers that turn every exception of an application into a problem document."""

    async def ours(request: Request, error: MarkError) -> Response:
        for note in getattr(error, "__notes__", ()):
            _log.warning(error.message, route=route_of(request), reason=note)
        return problem(host, error)

    async def http(request: Request, error: HTTPException) -> Response:
        if error.status_code == 405:
            allowed = ", ".join(sorted(_methods_at(request)))
            return http_problem(host, 405, headers={"Allow": allowed} if allowed else dict(error.headers or {}))
        detail = error.detail if error.status_code == 400 else ""
        return http_problem(host, error.status_code, detail, dict(error.headers or {}))

    async def unknown(request: Request, error: Exception) -> Response:
        _log.error("a mistake of ours", route=route_of(request), exc_info=error)
        return http_problem(host, 500)

    return {MarkError: ours, HTTPException: http, Exception: unknown}


def _methods_at(request: Request) -> set[str]:
    """Return what an address takes. The framework names the methods of the first route of its template alone.

    Nothing for an address that is no route's of the application itself, such as one below a mount.
    """
    root = request.scope.get("root_path", "")
    if request.scope.get("app_root_path", root) != root:
        # The scope tells the path below the mount by now, and a route of the application may have the same one.
        return set()
    routes = [one for one in request.app.router.routes if isinstance(one, Route)]
    first = next((one for one in routes if one.matches(request.scope)[0] is not Match.NONE), None)
    if first is None:
        return set()
    methods = {method for route in routes if route.path == first.path for method in route.methods or ()}
    return methods | ({"HEAD"} if "GET" in methods else set())


def _members(host: str, status: int, code: str, title: str, **more: Any) -> dict[str, Any]:
    members = {"type": f"https://{host}/problems/{code}", "title": title, "status": status, "code": code, **more}
    return {name: value for name, value in members.items() if value != ""}


def _document(members: dict[str, Any], headers: dict[str, str]) -> Response:
    secured = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **headers}
    body = json.dumps(members, ensure_ascii=False)
    return Response(body, members["status"], media_type=MEDIA_TYPE, headers=secured)
