"""The feeds of numbers, for anybody: no account, no cookie, and logs that name the route and never the number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Path
from starlette.responses import Response

from registry.admission.api_models import problem_answers
from registry.portal.feed_routes import ATOM, JSON, Accepted, Language, described, words_of
from registry.portal.number_feed import NumberFeed, feed_of_number
from registry.portal.paths import NUMBERS
from registry.web.web_api import ANYONE
from verifier.encoding import canonical
from verifier.identifier import parse_identifier

if TYPE_CHECKING:
    from fastapi import FastAPI

    from registry.portal.desk import Desk
    from registry.portal.watching import Watching

Number = Annotated[str, Path(max_length=80, description="An organisation's number, such as 0188-… or a 法人番号.")]
_HEADERS = {
    "Cache-Control": "public, max-age=300",
    "Vary": "Accept-Language",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
}


def add_numbers(app: FastAPI, desk: Desk, watching: Watching) -> None:
    """Add the routes."""

    @app.get(
        f"{NUMBERS}/{{number}}/feed.atom",
        name="number_atom",
        response_class=Response,
        openapi_extra=ANYONE,
        responses={200: described(ATOM), **problem_answers(400, 404, 422, 503)},
    )
    def number_atom(number: Number, lang: Language = None, accepted: Accepted = "") -> Response:
        """Follow which marks are listed under a number (Atom). Nothing is kept of who asks."""
        feed = _feed(desk, watching, number, (accepted, lang))
        return Response(feed.atom(), media_type=ATOM, headers=_HEADERS)

    @app.get(
        f"{NUMBERS}/{{number}}/feed.json",
        name="number_json",
        response_class=Response,
        openapi_extra=ANYONE,
        responses={200: described(JSON), **problem_answers(400, 404, 422, 503)},
    )
    def number_json(number: Number, lang: Language = None, accepted: Accepted = "") -> Response:
        """Follow which marks are listed under a number (JSON Feed 1.1). Nothing is kept of who asks."""
        feed = _feed(desk, watching, number, (accepted, lang))
        return Response(canonical(feed.json()), media_type=JSON, headers=_HEADERS)


def _feed(desk: Desk, watching: Watching, number: str, wish: tuple[str, str | None]) -> NumberFeed:
    return feed_of_number(str(parse_identifier(number)), watching, words_of(*wish), host=desk.host)
