"""The routes of endpoints: where events go, how they are signed, and a message to try it with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Path
from starlette.responses import Response

from recognition.authenticate.addresses import check_address
from registry.contracts.openapi_links import followed_by
from registry.portal import queries_outbox as queries
from registry.portal.access import CLIENTS, Caller, refusals
from registry.portal.event import TEST, new_event, new_id
from registry.portal.models import (
    DeliveryDocument,
    EndpointDocument,
    EndpointList,
    EndpointOrder,
    NewSecretDocument,
    SecretDocument,
)
from registry.portal.once import wish
from registry.portal.paths import ENDPOINTS
from registry.portal.queries_watches import add_event, new_delivery
from registry.portal.webhook_signature import SigningSecret, new_secret
from registry.web.idempotency import IdempotencyKey, OptionalKey
from verifier.errors import NotFoundError, RefusedError

if TYPE_CHECKING:
    from fastapi import FastAPI
    from sqlalchemy import Connection

    from registry.portal.client import Client
    from registry.portal.desk import Desk

MOST_ENDPOINTS = 5
MOST_SECRETS = 3
OVERLAP = 86_400
"""Seconds for which messages carry the signatures of a former secret too."""
MADE = followed_by("try_endpoint", "rotate_secret", "delete_endpoint", parameter="endpoint", member="id")
TRIED = followed_by("delivery", "replay_delivery", parameter="delivery", member="id")
EndpointId = Annotated[str, Path(pattern=r"^end_[0-9a-f]{32}$", description="An endpoint of the client's.")]
ONE = f"{ENDPOINTS}/{{endpoint}}"


def add_endpoints(app: FastAPI, desk: Desk) -> None:
    """Add the routes."""
    add_making(app, desk)
    add_secrets(app, desk)
    add_trying(app, desk)

    @app.get(ENDPOINTS, name="list_endpoints", openapi_extra=CLIENTS, responses=refusals())
    def list_endpoints(client: Caller) -> EndpointList:
        """List the client's endpoints with their public keys."""
        with desk.database.read() as connection:
            found = [_document(connection, desk, one) for one in queries.endpoints_of(connection, client.id)]
        return EndpointList(endpoints=tuple(found))

    @app.delete(ONE, name="delete_endpoint", status_code=204, openapi_extra=CLIENTS, responses=refusals(404))
    def delete_endpoint(client: Caller, endpoint: EndpointId, key: OptionalKey = None) -> Response:
        """Send nothing more there, and forget its deliveries. Under the same key, once more is answered alike."""

        def delete(connection: Connection) -> None:
            if not queries.delete_endpoint(connection, client.id, endpoint):
                raise NotFoundError("there is no such endpoint")

        return desk.once.delete(client, key, endpoint, delete)


def add_making(app: FastAPI, desk: Desk) -> None:
    """Add the route that makes endpoints."""

    @app.post(
        ENDPOINTS,
        name="add_endpoint",
        status_code=201,
        response_model=NewSecretDocument,
        openapi_extra=CLIENTS,
        responses={201: MADE, **refusals()},
    )
    def add_endpoint(client: Caller, key: IdempotencyKey, order: EndpointOrder) -> Response:
        """Let events be sent to an address, signed with a secret that is told once."""
        check_address(order.url, allow_loopback=desk.to_loopback)
        endpoint = queries.Endpoint(new_id("end", desk.entropy), client.id, order.url, desk.now())

        def make(connection: Connection) -> dict[str, Any]:
            if len(queries.endpoints_of(connection, client.id)) >= MOST_ENDPOINTS:
                raise RefusedError(f"a client has {MOST_ENDPOINTS} endpoints at most", hint="Delete one first.")
            secret = new_secret(desk.entropy)
            queries.add_endpoint(connection, endpoint, secret)
            return _told(connection, desk, endpoint, secret)

        return desk.once.do(wish(client, key, ENDPOINTS, order.url), 201, make)


def add_secrets(app: FastAPI, desk: Desk) -> None:
    """Add the route that changes the signing secret."""

    @app.post(
        f"{ONE}/secrets",
        name="rotate_secret",
        status_code=201,
        response_model=NewSecretDocument,
        openapi_extra=CLIENTS,
        responses=refusals(404),
    )
    def rotate_secret(client: Caller, key: IdempotencyKey, endpoint: EndpointId) -> Response:
        """Sign with a new secret, told once; for a day messages carry the former one's signatures too."""

        def make(connection: Connection) -> dict[str, Any]:
            found, now = _own(connection, client, endpoint), desk.now()
            if len(queries.secrets_of(connection, endpoint, now=now)) >= MOST_SECRETS:
                raise RefusedError(f"{MOST_SECRETS} secrets hold already", hint="Wait until the first has ended.")
            secret = new_secret(desk.entropy)
            queries.end_secrets(connection, endpoint, now=now, until=now + OVERLAP)
            queries.add_secret(connection, endpoint, secret)
            return _told(connection, desk, found, secret)

        return desk.once.do(wish(client, key, "secrets", endpoint), 201, make)


def add_trying(app: FastAPI, desk: Desk) -> None:
    """Add the route that sends a message to try an endpoint with."""

    @app.post(
        f"{ONE}/test",
        name="try_endpoint",
        status_code=202,
        response_model=DeliveryDocument,
        openapi_extra=CLIENTS,
        responses={202: TRIED, **refusals(404)},
    )
    def try_endpoint(client: Caller, key: IdempotencyKey, endpoint: EndpointId) -> Response:
        """Send an event of the type ``portal.test`` there; the delivery says what came of it."""
        event = new_event(client.id, TEST, {"endpoint": endpoint}, now=desk.now(), entropy=desk.entropy)

        def make(connection: Connection) -> dict[str, Any]:
            if _own(connection, client, endpoint).stopped is not None:
                raise RefusedError("nothing is sent to this endpoint any more", hint="Make a new one.")
            row = new_delivery(event, endpoint, entropy=desk.entropy)
            add_event(connection, event)
            queries.add_delivery(connection, row)
            return {name: value for name, value in row.items() if name != "client"}

        return desk.once.do(wish(client, key, "test", endpoint), 202, make)


def _own(connection: Connection, client: Client, id: str) -> queries.Endpoint:
    found = queries.endpoint_of(connection, client.id, id)
    if found is None:
        raise NotFoundError("there is no such endpoint")
    return found


def _document(connection: Connection, desk: Desk, endpoint: queries.Endpoint) -> EndpointDocument:
    secrets = queries.secrets_of(connection, endpoint.id, now=desk.now())
    shown = tuple(SecretDocument(public=one.public, until=one.until) for one in secrets)
    return EndpointDocument(
        id=endpoint.id, url=endpoint.url, made=endpoint.made, stopped=endpoint.stopped, secrets=shown
    )


def _told(connection: Connection, desk: Desk, endpoint: queries.Endpoint, secret: SigningSecret) -> dict[str, Any]:
    return {**_document(connection, desk, endpoint).model_dump(), "secret": secret.told}
