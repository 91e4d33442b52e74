"""The feeds of numbers, for anybody: no account, no cookie, and logs that name the route and never the number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Path
from starlette.requests import Request
from starlette.responses import Response

from registry.admission.api_models import problem_answers
from registry.portal.feed_answer import ANY_ORIGIN, NOT_CHANGED, allowed, feed_answer
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
    **ANY_ORIGIN,
    "Cache-Control": "public, max-age=300",
    "Vary": "Accept-Language",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
}


def add_numbers(app: FastAPI, desk: Desk, watching: Watching, *, by_mail: bool) -> None:
    """Add the routes. The feeds say where the same comes ``by_mail``, if it does."""

    def feed_of(number: str, accepted: str, lang: str | None) -> NumberFeed:
        words = words_of(accepted, lang)
        return feed_of_number(str(parse_identifier(number)), watching, words, host=desk.host, by_mail=by_mail)

    @app.get(
        f"{NUMBERS}/{{number}}/feed.atom",
        name="number_atom",
        response_class=Response,
        openapi_extra=ANYONE,
        responses={200: described(ATOM), **NOT_CHANGED, **problem_answers(400, 404, 422, 503)},
    )
    def number_atom(request: Request, number: Number, lang: Language = None, accepted: Accepted = "") -> Response:
        """Follow which marks are listed under a number (Atom). Nothing is kept of who asks."""
        feed = feed_of(number, accepted, lang)
        return feed_answer(request, feed.atom().encode(), ATOM, _HEADERS)

    @app.get(
        f"{NUMBERS}/{{number}}/feed.json",
        name="number_json",
        response_class=Response,
        openapi_extra=ANYONE,
        responses={200: described(JSON), **NOT_CHANGED, **problem_answers(400, 404, 422, 503)},
    )
    def number_json(request: Request, number: Number, lang: Language = None, accepted: Accepted = "") -> Response:
        """Follow which marks are listed under a number (JSON Feed 1.1). Nothing is kept of who asks."""
        feed = feed_of(number, accepted, lang)
        return feed_answer(request, canonical(feed.json()), JSON, _HEADERS)

    @app.options(f"{NUMBERS}/{{number}}/feed.atom", include_in_schema=False)
    @app.options(f"{NUMBERS}/{{number}}/feed.json", include_in_schema=False)
    def may_ask() -> Response:
        """Let pages of any origin read the feeds."""
        return allowed()
