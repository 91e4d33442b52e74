"""The routes of watches, and of the events that came of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, cast

from fastapi import Path
from starlette.responses import Response

from registry.contracts.openapi_links import followed_by
from registry.portal import queries_watches as queries
from registry.portal.access import CLIENTS, Caller, refusals
from registry.portal.event import new_id
from registry.portal.models import EventDocument, EventPage, NewWatchDocument, WatchDocument, WatchOrder, WatchPage
from registry.portal.once import Otherwise, wish
from registry.portal.paging import After, Limit, next_of, start_of
from registry.portal.paths import EVENTS, WATCHES
from registry.portal.tables import EVENT, WATCH
from registry.portal.watched import watched_object
from registry.web.idempotency import IdempotencyKey, OptionalKey
from verifier.encoding import b64u, digest, read_object
from verifier.errors import NotFoundError, RefusedError

if TYPE_CHECKING:
    from fastapi import FastAPI
    from sqlalchemy import Connection

    from registry.portal.desk import Desk
    from registry.portal.watched import Kind

MOST_WATCHES = 10_000
THEN = followed_by("watch", "delete_watch", parameter="watch", member="id")
WatchId = Annotated[str, Path(pattern=r"^wch_[0-9a-f]{32}$", description="A watch of the client's.")]


def add_watches(app: FastAPI, desk: Desk) -> None:
    """Add the routes."""
    add_making(app, desk)

    @app.get(WATCHES, name="list_watches", openapi_extra=CLIENTS, responses=refusals(404))
    def list_watches(client: Caller, after: After = "", limit: Limit = 100) -> WatchPage:
        """List the client's watches, in the order in which they were made."""
        with desk.database.read() as connection:
            start = start_of(connection, WATCH, client.id, after)
            found = queries.watches_of(connection, client.id, after=start, most=limit)
        return WatchPage(watches=tuple(_document(one) for one in found), next=next_of(found, limit))

    @app.get(f"{WATCHES}/{{watch}}", name="watch", openapi_extra=CLIENTS, responses=refusals(404))
    def get_watch(client: Caller, watch: WatchId) -> WatchDocument:
        """Tell what is watched and what was seen last."""
        with desk.database.read() as connection:
            found = queries.watch_of(connection, client.id, watch)
        if found is None:
            raise NotFoundError("there is no such watch")
        return _document(found)

    @app.delete(
        f"{WATCHES}/{{watch}}", name="delete_watch", status_code=204, openapi_extra=CLIENTS, responses=refusals(404)
    )
    def delete_watch(client: Caller, watch: WatchId, key: OptionalKey = None) -> Response:
        """Stop watching; events that came before stay. Under the same key, once more is answered alike for a day."""

        def delete(connection: Connection) -> None:
            if not queries.delete_watch(connection, client.id, watch):
                raise NotFoundError("there is no such watch")

        return desk.once.delete(client, key, watch, delete)

    @app.get(EVENTS, name="list_events", openapi_extra=CLIENTS, responses=refusals(404))
    def list_events(client: Caller, after: After = "", limit: Limit = 100) -> EventPage:
        """List events with their payloads, for clients that fetch instead of being told."""
        with desk.database.read() as connection:
            start = start_of(connection, EVENT, client.id, after)
            found = queries.events_of(connection, client.id, after=start, most=limit)
        events = tuple(EventDocument(id=one.id, payload=read_object(one.payload)) for one in found)
        return EventPage(events=events, next=next_of(found, limit))


def add_making(app: FastAPI, desk: Desk) -> None:
    """Add the route that makes watches."""

    @app.post(
        WATCHES,
        name="add_watch",
        status_code=201,
        response_model=NewWatchDocument,
        openapi_extra=CLIENTS,
        responses={
            200: {"model": WatchDocument, "description": "It is watched already.", **THEN},
            201: THEN,
            **refusals(),
        },
    )
    def add_watch(client: Caller, key: IdempotencyKey, order: WatchOrder) -> Response:
        """Watch an object: from its first look on, each change of the directory's answer becomes an event.

        What the client watches already gets 200 and that watch, with its own label and without its feeds' addresses.
        """
        watched = watched_object(*order.named(), desk.host)
        secret = b64u(desk.entropy(24))
        new = queries.NewWatch(
            new_id("wch", desk.entropy), client.id, watched, order.label, digest(secret.encode()), desk.now()
        )

        def make(connection: Connection) -> dict[str, Any] | Otherwise:
            if (first := queries.watch_on(connection, client.id, watched)) is not None:
                return Otherwise(200, _document(first).model_dump())
            if queries.count_watches(connection, client.id) >= MOST_WATCHES:
                raise RefusedError(f"a client has {MOST_WATCHES} watches at most", hint="Delete some first.")
            queries.add_watch(connection, new)
            made = queries.Watch(0, new.id, client.id, watched, new.label, new.made, queries.NEVER, None)
            feed = f"{desk.base}{WATCHES}/{secret}/feed"
            return {**_document(made).model_dump(), "feed_atom": f"{feed}.atom", "feed_json": f"{feed}.json"}

        return desk.once.do(wish(client, key, WATCHES, order.model_dump()), 201, make)


def _document(watch: queries.Watch) -> WatchDocument:
    return WatchDocument(
        id=watch.id,
        # No client has a watch of a kind that it cannot order.
        kind=cast("Kind", watch.watched.kind),
        object=watch.watched.object,
        label=watch.label,
        made=watch.made,
        entry=None if watch.entry == queries.NEVER else watch.entry,
        seen=watch.seen,
    )
