"""The feeds of watches, at an address that only whoever made the watch was told. Logs name the route, not the path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Header, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from registry.admission.api_models import problem_answers
from registry.portal import queries_watches as queries
from registry.portal.feed_answer import NOT_CHANGED, feed_answer
from registry.portal.feeds import atom_feed, json_feed
from registry.portal.paths import WATCHES
from registry.web.web_api import ANYONE
from verifier.edge.i18n import Translator, choose_language, translator
from verifier.encoding import canonical, digest
from verifier.errors import NotFoundError

if TYPE_CHECKING:
    from fastapi import FastAPI

    from registry.portal.desk import Desk
    from registry.portal.event import Event
    from registry.portal.queries_watches import Watch

NEWEST = 50
ATOM = "application/atom+xml"
JSON = "application/feed+json"
Secret = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{32}$", description="What only who made the watch was told.")]
Language = Annotated[str | None, Query(max_length=10, description="ja or en; without it Accept-Language decides.")]
Accepted = Annotated[str, Header(alias="Accept-Language", include_in_schema=False)]
_SECURED = {
    "Cache-Control": "private, max-age=60",
    "Vary": "Accept-Language",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
}


def add_feeds(app: FastAPI, desk: Desk) -> None:
    """Add the routes."""

    @app.get(
        f"{WATCHES}/{{secret}}/feed.atom",
        name="feed_atom",
        response_class=Response,
        openapi_extra=ANYONE,
        responses={200: described(ATOM), **NOT_CHANGED, **problem_answers(400, 404, 422, 503)},
    )
    def feed_atom(request: Request, secret: Secret, lang: Language = None, accepted: Accepted = "") -> Response:
        """Follow a watch in a feed reader (Atom): its newest 50 events. Whoever has the address can read it."""
        watch, events = _found(desk, secret)
        feed = atom_feed(watch, events, words_of(accepted, lang), host=desk.host)
        return feed_answer(request, feed.encode(), ATOM, _SECURED)

    @app.get(
        f"{WATCHES}/{{secret}}/feed.json",
        name="feed_json",
        response_class=Response,
        openapi_extra=ANYONE,
        responses={200: described(JSON), **NOT_CHANGED, **problem_answers(400, 404, 422, 503)},
    )
    def feed_json(request: Request, secret: Secret, lang: Language = None, accepted: Accepted = "") -> Response:
        """Follow a watch in a feed reader (JSON Feed 1.1): its newest 50 events."""
        watch, events = _found(desk, secret)
        feed = json_feed(watch, events, words_of(accepted, lang), host=desk.host)
        return feed_answer(request, canonical(feed), JSON, _SECURED)


def _found(desk: Desk, secret: str) -> tuple[Watch, list[Event]]:
    with desk.database.read() as connection:
        watch = queries.watch_of_feed(connection, digest(secret.encode()))
        if watch is None:
            raise NotFoundError("there is no such feed")
        return watch, queries.newest_events(connection, watch.id, most=NEWEST)


def words_of(accepted: str, lang: str | None) -> Translator:
    """Return the texts of the language to answer in."""
    return translator(choose_language(accepted, lang))


def described(media_type: str) -> dict[str, Any]:
    """Return how a document describes an answer that is a feed."""
    return {"description": "The feed.", "content": {media_type: {}}}
