"""The routes of searches: a page of marks, or all that fit as a table or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Header
from starlette.responses import Response

from registry.admission.api_models import problem_answers
from registry.verification.judging_threads import judged
from registry.verification.paths import EXPORTS, SEARCHES
from registry.verification.search_models import FoundPage, Search
from registry.verification.searching import MOST_EXPORTED
from registry.web.negotiation import preferred
from registry.web.web_api import ANSWER_HEADERS, ANYONE
from verifier.dates import utc_text
from verifier.edge.check.check_output import write_table
from verifier.encoding import canonical

if TYPE_CHECKING:
    from fastapi import FastAPI

    from registry.verification.searching import Found, Searching

Accepted = Annotated[str, Header(alias="Accept", include_in_schema=False)]

_COLUMNS = (
    "mark",
    "holder",
    "holder_latin",
    "identifier",
    "issuer",
    "number",
    "scheme",
    "tier",
    "scope_kind",
    "state",
    "nbf",
    "until",
)
_TIMES = ("nbf", "until")
_JSON, _CSV = "application/json", "text/csv"
_EXPORTED: dict[int | str, dict[str, Any]] = {
    200: {
        "model": FoundPage,
        "content": {_CSV: {"schema": {"type": "string"}}},
        "description": (
            "As `Accept` asks, CSV where it has no preference: UTF-8 with a byte order mark, one mark a row. "
            "10,000 marks at most; JSON says in `next` where to go on."
        ),
    }
}


def add_searches(app: FastAPI, searching: Searching) -> None:
    """Add the routes."""

    @app.post(
        SEARCHES,
        name="search",
        response_model=FoundPage,
        openapi_extra=ANYONE,
        responses=problem_answers(400, 408, 413, 422, 429, 503),
    )
    async def search(asked: Search) -> Response:
        """Find marks by a part of the holder's name, its number, tier, scheme, state, body or a day."""
        found = await judged(searching.find, asked, most=asked.limit)
        return Response(canonical(_page(found)), media_type="application/json", headers=ANSWER_HEADERS)

    @app.post(
        EXPORTS,
        name="export_search",
        response_class=Response,
        openapi_extra=ANYONE,
        responses={**_EXPORTED, **problem_answers(400, 408, 413, 422, 429, 503)},
    )
    async def export_search(asked: Search, accept: Accepted = "") -> Response:
        """Find marks as above, all that fit at once as CSV or JSON; `limit` does not count, `after` does."""
        found = await judged(searching.find, asked, most=MOST_EXPORTED)
        is_json = preferred(accept, (_CSV, _JSON)) == _JSON
        data = canonical(_page(found)) if is_json else await judged(csv_of, found)
        name = "marks.json" if is_json else "marks.csv"
        headers = {**ANSWER_HEADERS, "Vary": "Accept", "Content-Disposition": f'attachment; filename="{name}"'}
        return Response(data, media_type=_JSON if is_json else _CSV, headers=headers)


def csv_of(found: Found) -> bytes:
    """Return marks that were found as CSV; no cell of it is a formula to a spreadsheet."""
    table = [_COLUMNS, *(tuple(_cell(row, name) for name in _COLUMNS) for row in found.rows)]
    return write_table(table, form=".csv", headings=1)


def _page(found: Found) -> dict[str, Any]:
    return {
        "results": list(found.rows),
        "next": found.following,
        "as_of": found.as_of,
        "directory_size": found.directory_size,
    }


def _cell(row: dict[str, Any], name: str) -> str:
    value = row[name]
    if value is None:
        return ""
    return utc_text(value) if name in _TIMES else str(value)
