"""The routes of a client's digest: ordered, confirmed by a code that came by mail, looked at, ended."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from registry.portal.access import CLIENTS, Caller, refusals
from registry.portal.models import DigestCode, DigestDocument, DigestOrder
from registry.portal.once import answered, wish
from registry.portal.paths import DIGEST
from registry.web.idempotency import IdempotencyKey, OptionalKey

if TYPE_CHECKING:
    from fastapi import FastAPI
    from sqlalchemy import Connection

    from registry.portal.desk import Desk
    from registry.portal.digests import Digests
    from registry.portal.queries_digests import Digest


def add_digests(app: FastAPI, desk: Desk, digests: Digests) -> None:
    """Add the routes."""

    @app.put(
        DIGEST,
        name="set_digest",
        status_code=202,
        response_model=DigestDocument,
        openapi_extra=CLIENTS,
        responses=refusals(),
    )
    def set_digest(client: Caller, order: DigestOrder, key: OptionalKey = None) -> Response:
        """Let what the watches see be told by mail, once a day or a week; a code goes to the address first.

        Sent again, it sends no second code: under the same key it is answered alike for a day, without one it is
        refused for ten minutes.
        """

        def make() -> dict[str, Any]:
            return _document(digests.order(client.id, order.address, order.period, order.lang)).model_dump()

        wished = order.model_dump()
        # Without a key nothing is noted: the next one is another wish.
        return desk.once.do_outside(wish(client, key, DIGEST, wished), 202, make) if key else answered(202, make())

    @app.post(
        f"{DIGEST}/confirmation",
        name="confirm_digest",
        response_model=DigestDocument,
        openapi_extra=CLIENTS,
        responses=refusals(404),
    )
    def confirm_digest(client: Caller, key: IdempotencyKey, told: DigestCode) -> Response:
        """Confirm the address by the code that came to it; from then on letters are sent."""

        def make(connection: Connection) -> dict[str, Any]:
            return _document(digests.confirm(connection, client.id, told.code)).model_dump()

        return desk.once.do(wish(client, key, "digest", told.code), 200, make)

    @app.get(DIGEST, name="digest", openapi_extra=CLIENTS, responses=refusals(404))
    def get_digest(client: Caller) -> DigestDocument:
        """Tell how the digest stands."""
        return _document(digests.of(client.id))

    @app.delete(DIGEST, name="delete_digest", status_code=204, openapi_extra=CLIENTS, responses=refusals(404))
    def delete_digest(client: Caller, key: OptionalKey = None) -> Response:
        """Send no more, and forget the address. Under the same key, once more is answered alike for a day."""
        return desk.once.delete(client, key, DIGEST, lambda connection: digests.end(connection, client.id))


def _document(found: Digest) -> DigestDocument:
    told = asdict(found)
    return DigestDocument(
        address=told["address"],
        period=told["period"],
        lang=told["lang"],
        confirmed=found.code_sha256 is None,
        due=found.due or None,
        stopped=found.stopped or None,
    )
