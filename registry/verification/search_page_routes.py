"""The page for searches: a form that is sent in the body, so that no address and no log holds what was looked for.

It needs no script and no account. The reader never sees a question: this page belongs to the verification service.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from starlette.convertors import PathConvertor, register_url_convertor
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from registry.reading.page_answer import FORM_HEADERS, shown_to_people
from registry.reading.static_files import FOR_EVER, Served, serve
from registry.verification.judging_threads import judged
from registry.verification.paths import PREFIX, SEARCH_PAGE
from registry.verification.search_form import FIELDS, MOST_FIELDS, read_search
from registry.verification.search_routes import csv_of
from registry.verification.searching import MOST_EXPORTED
from registry.web.problems import exception_handlers
from verifier.edge.i18n import choose_language
from verifier.edge.page.search_page import search_page
from verifier.edge.rendering import STATIC, static_file
from verifier.errors import MalformedError, MarkError

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request

    from registry.verification.search_models import Search
    from registry.verification.searching import Searching
    from verifier.trust.root import TrustRoot

_FORM = "application/x-www-form-urlencoded"
_KNOWN = {*FIELDS, "act", "lang"}
_HEADERS = {**FORM_HEADERS, "Cache-Control": "no-store"}


class ElsewhereConvertor(PathConvertor):
    """Any path but those of the service's own API."""

    regex = f"(?!{PREFIX.lstrip('/')}(/|$)).*"


register_url_convertor("elsewhere", ElsewhereConvertor())


class SearchPage:
    """The handlers of the page. ``read_url`` is where the read plane is, empty where it has the same address."""

    def __init__(self, searching: Searching, *, trust_root: TrustRoot, read_url: str) -> None:
        self._searching = searching
        self._root = trust_root
        self._read_url = read_url.rstrip("/")
        self._problem = shown_to_people(exception_handlers(trust_root.host)[MarkError])

    def routes(self) -> list[Route]:
        """Return the routes; with a ``read_url``, every other address leads there."""
        elsewhere = [Route("/{rest:elsewhere}", self.elsewhere, methods=["GET"])] if self._read_url else []
        return [
            Route(SEARCH_PAGE, self.form, methods=["GET"]),
            Route(SEARCH_PAGE, self.search, methods=["POST"]),
            Route(f"{STATIC}{{rest:path}}", self.static, methods=["GET"]),
            *elsewhere,
        ]

    async def form(self, request: Request) -> Response:
        """Show the empty form."""
        return self._page(request, {"given": {}, "mistakes": [], "found": None})

    async def search(self, request: Request) -> Response:
        """Answer the form: with a page of marks, or with all of them as CSV where ``act`` is ``csv``."""
        try:
            given = _fields(request.headers.get("content-type", ""), await request.body())
            asked, mistakes = read_search(given, zone=self._root.content.zone)
            if asked is None:
                return self._page(request, {"given": given, "mistakes": mistakes, "found": None}, status=400)
            if given.get("act") == "csv":
                return await self._exported(asked)
            found = await judged(self._searching.find, asked, most=asked.limit)
        except MarkError as error:
            return await self._problem(request, error)
        told = {"results": list(found.rows), "next": found.following, "as_of": found.as_of}
        return self._page(request, {"given": given, "mistakes": [], "found": told})

    async def static(self, request: Request) -> Response:
        """Serve the style sheet: a page may not take it from another address."""
        try:
            data, media_type = static_file(request.path_params["rest"])
        except MarkError as error:
            return await self._problem(request, error)
        return serve(request, data, Served(media_type, FOR_EVER if "v" in request.query_params else "no-cache"))

    async def elsewhere(self, request: Request) -> Response:
        """Lead to the read plane."""
        path = "/" + request.url.path.lstrip("/")
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"{self._read_url}{path}{query}", 307, headers={"Cache-Control": "no-store"})

    async def _exported(self, asked: Search) -> Response:
        found = await judged(self._searching.find, asked, most=MOST_EXPORTED)
        headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        headers["Content-Disposition"] = 'attachment; filename="marks.csv"'
        return Response(await judged(csv_of, found), media_type="text/csv", headers=headers)

    def _page(self, request: Request, answer: dict[str, Any], *, status: int = 200) -> Response:
        wished = answer["given"].get("lang") or request.query_params.get("lang")
        lang = choose_language(request.headers.get("accept-language", ""), wished)
        content = self._root.content
        page = search_page(answer, environment=content.environment, zone=content.zone, lang=lang)
        return Response(page, status, media_type="text/html", headers=_HEADERS)


def add_search_page(app: FastAPI, page: SearchPage) -> None:
    """Add the routes. They are for people and stand in no description of the API."""
    app.router.routes.extend(page.routes())


def _fields(media_type: str, body: bytes) -> dict[str, str]:
    """Return the fields that are filled in.

    Raises MalformedError for anything but a form in UTF-8, and for a field that is not known or comes twice: what would
    be skipped is a question that would be answered as another one.
    """
    if media_type.partition(";")[0].strip().lower() != _FORM:
        raise MalformedError(f"a search is sent as {_FORM}", hint="Programs ask POST /verification/v1/searches.")
    try:
        read = parse_qs(body.decode(), max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise MalformedError("the form cannot be read") from error
    for name, values in read.items():
        if name not in _KNOWN or len(values) > 1:
            raise MalformedError(
                f"the form takes no field {name[:40]!r}" if name not in _KNOWN else f"the form holds {name!r} twice",
                hint=f"It takes {', '.join(sorted(_KNOWN))}, each once.",
            )
    return {name: values[0].strip() for name, values in read.items() if values[0].strip()}
