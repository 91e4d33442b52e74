"""The federation endpoints that take a question (OpenID Federation 1.1, section 8), answered from published files.

Errors have the standard's form (section 8.9), not that of the rest of the reader. Parameters that are not known are
ignored, as the standard demands. The historical keys are a plain file of the read plane.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Route

from registry.publishing.marked_entities import MarkedEntities, split_type
from registry.reading.static_files import A_MINUTE, JSON, Served, serve
from registry.web.body_limit import BodyLimit
from verifier.encoding import canonical, read_json
from verifier.envelope import parse_token
from verifier.errors import MalformedError, MarkError, NotFoundError, UnavailableError
from verifier.mark import TYP as MARK_TYP
from verifier.mark import parse_mark
from verifier.mark_status import parse_mark_status
from verifier.names import authority_uri
from verifier.trust.federation_metadata import (
    FETCH,
    LIST,
    MARK,
    MARK_STATUS,
    MARKED,
    SUBORDINATES,
    body_number,
    mark_status_path,
    statement_path,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from verifier.gather import Fetcher
    from verifier.injected import Clock
    from verifier.trust.root import TrustRoot

    Handler = Callable[[Request], Awaitable[Response]]

MOST_BYTES = 16_384
STATEMENT = Served("application/entity-statement+jwt", A_MINUTE)
STATUS = Served("application/trust-mark-status-response+jwt", "no-store")
MARK_TOKEN = Served("application/trust-mark+jwt", A_MINUTE)
LISTING = Served(JSON, A_MINUTE)
_FORM = "application/x-www-form-urlencoded"


class FederationReader:
    """The handlers over one published plane."""

    def __init__(self, fetcher: Fetcher, *, trust_root: TrustRoot, now: Clock) -> None:
        self._fetcher = fetcher
        self._host = trust_root.host
        self._now = now
        self._marked = MarkedEntities(fetcher, trust_root.host, now=now)

    def routes(self) -> list[Route]:
        """Return the routes."""
        cut_off = Middleware(BodyLimit, most_bytes=MOST_BYTES, host=self._host)
        return [
            Route(f"/{FETCH}", _told(self.fetch)),
            Route(f"/{LIST}", _told(self.list)),
            Route(f"/{MARKED}", _told(self.marked)),
            Route(f"/{MARK}", _told(self.mark)),
            Route(f"/{MARK_STATUS}", _told(self.status), methods=["POST"], middleware=[cut_off]),
        ]

    async def fetch(self, request: Request) -> Response:
        """Return the authority's statement about ``sub``."""
        sub = _needed(request, "sub")
        if sub == authority_uri(self._host):
            raise MalformedError("the authority makes no statement about itself here: fetch its entity configuration")
        no = body_number(sub, self._host)
        if no is None:
            raise NotFoundError("the authority makes no statement about this entity")
        return serve(request, self._fetcher.fetch(statement_path(no)), STATEMENT)

    async def list(self, request: Request) -> Response:
        """Return the bodies that the authority makes statements about.

        All are issuers of marks and leaves of this federation, and a mark's subject is an organisation, never a body:
        so a question for other types, for intermediates or for bodies that bear a mark has an empty answer.
        """
        kinds = request.query_params.getlist("entity_type")
        is_all = all(kind == "federation_entity" for kind in kinds)
        is_all &= not _flag(request, "trust_marked") and not _flag(request, "intermediate")
        is_all &= "trust_mark_type" not in request.query_params
        uris = read_json(self._fetcher.fetch(SUBORDINATES))
        return serve(request, canonical(uris if is_all else []), LISTING)

    async def marked(self, request: Request) -> Response:
        """Return the organisations that hold a valid mark of a type.

        Holders who are found by number only stand in no list: they are found by their own ``sub``.
        """
        tier = split_type(_needed(request, "trust_mark_type"), self._host)
        sub = _single(request, "sub")
        if sub is None:
            return serve(request, await run_in_threadpool(self._marked.listed, tier), LISTING)
        found = await run_in_threadpool(self._marked.newest, tier, sub)
        return serve(request, canonical([sub] if found else []), LISTING)

    async def mark(self, request: Request) -> Response:
        """Return the mark of a type that ``sub`` holds, the newest one of several."""
        tier = split_type(_needed(request, "trust_mark_type"), self._host)
        mark = await run_in_threadpool(self._marked.newest, tier, _needed(request, "sub"))
        if mark is None:
            raise NotFoundError("the entity holds no valid mark of this type")
        return serve(request, mark, MARK_TOKEN)

    async def status(self, request: Request) -> Response:
        """Return the signed status of the mark that was sent; one that is not known, to the byte, gets 404."""
        mark = _sent(request.headers.get("content-type", ""), await request.body())
        parsed = parse_mark(mark)
        if parsed.host != self._host:
            raise NotFoundError("the mark is another authority's")
        digest = parse_token(mark, MARK_TYP).digest
        response = self._fetcher.fetch(mark_status_path(parsed.id, digest))
        said = parse_mark_status(response)
        if said.trust_mark != mark:
            raise NotFoundError("the mark was not issued with this signature")
        if said.exp <= self._now():
            raise UnavailableError("the status of this mark was not signed anew in time")
        return serve(request, response, STATUS)


def _told(handler: Handler) -> Handler:
    """Return the handler with the standard's errors."""

    async def told(request: Request) -> Response:
        try:
            return await handler(request)
        except NotFoundError as error:
            return _error(404, "not_found", error)
        except UnavailableError as error:
            return _error(503, "temporarily_unavailable", error)
        except MarkError as error:
            return _error(400, "invalid_request", error)

    return told


def _error(status: int, code: str, error: MarkError) -> Response:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Access-Control-Allow-Origin": "*"}
    if status == 503:
        headers["Retry-After"] = "60"
    answer: dict[str, Any] = {"error": code, "error_description": error.message}
    return Response(json.dumps(answer), status, media_type=JSON, headers=headers)


def _single(request: Request, name: str) -> str | None:
    given = request.query_params.getlist(name)
    if len(given) > 1:
        raise MalformedError(f"{name} is given more than once")
    return given[0] if given else None


def _needed(request: Request, name: str) -> str:
    given = _single(request, name)
    if not given:
        raise MalformedError(f"{name} is missing")
    return given


def _flag(request: Request, name: str) -> bool:
    given = _single(request, name)
    if given not in (None, "true", "false"):
        raise MalformedError(f"{name} is true or false")
    return given == "true"


def _sent(media_type: str, body: bytes) -> str:
    """Return the mark out of the form. Raises MalformedError."""
    if media_type.partition(";")[0].strip().lower() != _FORM:
        raise MalformedError(f"a mark is sent as {_FORM}")
    try:
        given = parse_qs(body.decode(), max_num_fields=8, errors="strict").get("trust_mark", [])
    except ValueError as error:
        raise MalformedError("the form cannot be read") from error
    if len(given) != 1:
        raise MalformedError("trust_mark is missing or given more than once")
    return given[0]
