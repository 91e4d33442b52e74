"""The routes of deliveries: what arrived, what did not, and sending it again."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import Path, Query
from starlette.responses import Response

from registry.portal import queries_outbox as queries
from registry.portal.access import CLIENTS, Caller, refusals
from registry.portal.models import DeliveryDocument, DeliveryPage
from registry.portal.once import wish
from registry.portal.paging import After, Limit, next_of, start_of
from registry.portal.paths import DELIVERIES, EVENTS
from registry.portal.tables import DELIVERY
from registry.web.idempotency import IdempotencyKey
from verifier.errors import ConflictError, NotFoundError, RefusedError

if TYPE_CHECKING:
    from fastapi import FastAPI
    from sqlalchemy import Connection

    from registry.portal.client import Client
    from registry.portal.desk import Desk

DeliveryId = Annotated[str, Path(pattern=r"^dlv_[0-9a-f]{32}$", description="A delivery to the client.")]
State = Annotated[
    Literal["pending", "delivered", "dead"] | None, Query(description="dead are those that are not tried any more.")
]


def add_deliveries(app: FastAPI, desk: Desk) -> None:
    """Add the routes."""

    @app.get(DELIVERIES, name="list_deliveries", openapi_extra=CLIENTS, responses=refusals(404))
    def list_deliveries(client: Caller, state: State = None, after: After = "", limit: Limit = 100) -> DeliveryPage:
        """List deliveries of one state or of all, in the order in which they were made; kept for 30 days."""
        with desk.database.read() as connection:
            start = start_of(connection, DELIVERY, client.id, after)
            found = queries.deliveries_of(connection, client.id, state=state, after=start, most=limit)
        shown = tuple(DeliveryDocument.model_validate(asdict(one)) for one in found)
        return DeliveryPage(deliveries=shown, next=next_of(found, limit))

    @app.get(f"{DELIVERIES}/{{delivery}}", name="delivery", openapi_extra=CLIENTS, responses=refusals(404))
    def get_delivery(client: Caller, delivery: DeliveryId) -> DeliveryDocument:
        """Tell how a delivery stands."""
        with desk.database.read() as connection:
            return DeliveryDocument.model_validate(asdict(_own(connection, client, delivery)))

    @app.post(
        f"{DELIVERIES}/{{delivery}}/replay",
        name="replay_delivery",
        status_code=202,
        response_model=DeliveryDocument,
        openapi_extra=CLIENTS,
        responses=refusals(404, 409),
    )
    def replay_delivery(client: Caller, key: IdempotencyKey, delivery: DeliveryId) -> Response:
        """Send a delivery that ended again, under the same ``webhook-id``; 409 while it is still being tried.

        To an endpoint that was stopped nothing is sent again.
        """

        def make(connection: Connection) -> dict[str, Any]:
            endpoint = queries.endpoint_of(connection, client.id, _own(connection, client, delivery).endpoint)
            if endpoint is not None and endpoint.stopped is not None:
                hint = f"Make a new one; what it missed is at {EVENTS}."
                raise RefusedError("nothing is sent to this delivery's endpoint any more", hint=hint)
            if not queries.replay(connection, client.id, delivery, now=desk.now()):
                raise ConflictError("the delivery is still being tried", hint="Wait for its end.")
            return asdict(_own(connection, client, delivery))

        return desk.once.do(wish(client, key, "replay", delivery), 202, make)


def _own(connection: Connection, client: Client, id: str) -> queries.Delivery:
    found = queries.delivery_of(connection, client.id, id)
    if found is None:
        raise NotFoundError("there is no such delivery")
    return found
