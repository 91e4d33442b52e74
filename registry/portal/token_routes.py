"""The token endpoint: client credentials (RFC 6749 section 4.4) shown by private_key_jwt (RFC 7523)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, cast

from fastapi import Form
from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from registry.admission.api_models import problem_answers
from registry.errors import NotAdmittedError
from registry.portal.assertion import LONGEST, TYPE
from registry.portal.clients import TOKEN_LASTS
from registry.portal.models import TokenDocument
from registry.portal.paths import TOKEN
from registry.web.problems import MEDIA_TYPE, problem_members
from registry.web.web_api import ANSWER_HEADERS, ANYONE, StrictRoute

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import FastAPI

    from registry.portal.clients import Clients
    from registry.web.problems import Handler


class TokenRoute(StrictRoute):
    """Skips what it does not know of a form, as RFC 6749 section 3.2 wants it; nothing may come twice."""

    def check_fields(self, sent: Sequence[str]) -> None:
        """Refuse a form with a field that comes twice. Raises RequestValidationError."""
        if twice := self.given_twice(sent):
            fault = {"type": "given_twice", "loc": ("body", twice), "msg": "given more than once"}
            raise RequestValidationError([fault])


def add_token(app: FastAPI, clients: Clients, *, host: str) -> None:
    """Add the route."""

    unreadable = cast("Handler", app.exception_handlers[RequestValidationError])

    async def told(request: Request, error: RequestValidationError) -> Response:
        answer = await unreadable(request, error)
        if request.url.path != TOKEN:
            return answer
        members = {**json.loads(bytes(answer.body)), "error": _error_of(error)}
        return JSONResponse(members, 400, media_type=MEDIA_TYPE, headers=ANSWER_HEADERS)

    app.add_exception_handler(RequestValidationError, told)  # type: ignore[arg-type]  # Starlette's stub wants Exception

    def token(
        grant_type: Annotated[str, Form(pattern="^client_credentials$")],
        client_assertion_type: Annotated[str, Form(pattern=f"^{TYPE}$")],
        client_assertion: Annotated[str, Form(max_length=LONGEST)],
        scope: Annotated[str, Form(max_length=0, description="There are no scopes: leave it out.")] = "",
    ) -> Response:
        """Exchange an assertion, signed with the client's key, for an access token that holds for ten minutes.

        ``iss`` and ``sub`` are the client's id, ``aud`` is the address of this endpoint, ``jti`` is new each time and
        ``exp`` at most five minutes away.
        """
        try:
            granted = clients.grant(client_assertion, audience=f"https://{host}{TOKEN}")
        except NotAdmittedError as error:
            # RFC 6749 section 5.2 wants ``error``; a problem document may carry it.
            return _refused(problem_members(host, error) | {"error": "invalid_client"})
        members = {"access_token": granted, "token_type": "Bearer", "expires_in": TOKEN_LASTS}
        return JSONResponse(members, headers=ANSWER_HEADERS)

    app.router.add_api_route(
        TOKEN,
        token,
        methods=["POST"],
        name="token",
        response_model=TokenDocument,
        openapi_extra=ANYONE,
        responses=problem_answers(400, 401, 408, 413, 422, 503),
        route_class_override=TokenRoute,
    )


def _error_of(error: RequestValidationError) -> str:
    """Return the code of RFC 6749 section 5.2 for a form that cannot be read."""
    faults = {str(one["loc"][-1]): one["type"] for one in error.errors()}
    if faults.get("grant_type") == "string_pattern_mismatch":
        return "unsupported_grant_type"
    return "invalid_scope" if set(faults) == {"scope"} else "invalid_request"


def _refused(members: dict[str, Any]) -> Response:
    headers = {**ANSWER_HEADERS, "WWW-Authenticate": "Bearer"}
    return JSONResponse(members, members["status"], media_type=MEDIA_TYPE, headers=headers)
