"""Who asks: every route for clients takes its client from here, and nothing else of the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import Request

from registry.admission.api_models import problem_answers
from registry.errors import LimitReachedError, NotAdmittedError
from registry.portal.client import Client
from registry.portal.rate_limit import RATE
from registry.web.web_api import roles

if TYPE_CHECKING:
    from registry.portal.clients import Clients
    from registry.portal.rate_limit import RateLimit

CLIENTS = roles("client")
_bearer = HTTPBearer(auto_error=False, description="An API key (shk_…), or an access token (sht_…) from /token.")


class Access:
    """Admits clients of one portal."""

    def __init__(self, clients: Clients, limit: RateLimit) -> None:
        self._clients = clients
        self._limit = limit

    def admit(self, request: Request, secret: str) -> Client:
        """Return whose key or token it is. Raises NotAdmittedError, LimitReachedError."""
        client = self._clients.by_secret(secret)
        rate = self._limit.take(client.id, client.per_minute)
        request.scope[RATE] = rate
        if rate.is_over:
            raise LimitReachedError(f"more than {rate.quota} requests within a minute", hint="See Retry-After.")
        return client


def client_of(
    request: Request, shown: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)] = None
) -> Client:
    """Return the client of a request. Raises as ``Access.admit`` does."""
    if shown is None:
        raise NotAdmittedError("nobody is named", hint="Send Authorization: Bearer and your key.")
    access: Access = request.app.state.access
    return access.admit(request, shown.credentials)


Caller = Annotated[Client, Security(client_of)]


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return how a route for clients describes its refusals: those of every such route, and these."""
    return problem_answers(400, 401, 408, 413, 422, 429, 503, *statuses)
