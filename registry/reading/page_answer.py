"""Answers as pages or as JSON: which of the two is asked for, and the headers that every page carries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from registry.reading.static_files import JSON, Served, serve
from verifier.edge.i18n import choose_language
from verifier.edge.page.front_pages import problem_page
from verifier.edge.page.pages import PageKind
from verifier.encoding import canonical, read_object
from verifier.verdict import Headline, Verdict

if TYPE_CHECKING:
    from starlette.requests import Request

    from registry.web.problems import Handler

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action {}; frame-ancestors 'none'"
)
PAGE_HEADERS = {
    "Content-Security-Policy": _POLICY.format("'none'"),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
    "Vary": "Accept, Accept-Language",
}
FORM_HEADERS = {**PAGE_HEADERS, "Content-Security-Policy": _POLICY.format("'self'")}
"""The headers of a page that holds a form which asks."""
REPORT_HEADERS = {**FORM_HEADERS, "Referrer-Policy": "same-origin"}
"""The headers of the form that is sent: the browser tells where it comes from only where it may name the page."""
START_HEADERS = {**FORM_HEADERS, "Content-Security-Policy": _POLICY.format("'self'") + "; script-src 'self'"}
"""The headers of the start page: its own module hands a chosen file to the page whose browser judges."""
_HEADERS = {
    "start": START_HEADERS,
    "agreements": FORM_HEADERS,
    "body": FORM_HEADERS,
    "organisation": FORM_HEADERS,
    "organisation_absent": FORM_HEADERS,
    "key": FORM_HEADERS,
    "consistency": FORM_HEADERS,
    "report": REPORT_HEADERS,
}
SCAN_HEADERS = {
    **FORM_HEADERS,
    "Content-Security-Policy": _POLICY.format("'self'").replace("img-src 'self'", "img-src 'self' blob:")
    + "; script-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
}
"""The headers of the page whose own modules judge and use the camera; nothing on it comes from elsewhere.

A drawing that somebody drops is drawn from where the browser keeps it (``blob:``), since no other way decodes SVG.
"""


@dataclass(frozen=True)
class PageRequest:
    """What a page is about: a mark with its verdict, a body, an organisation, or the registry itself.

    ``language`` is the asker's header. ``typed`` is the text that a person gave to be checked, empty when the page was
    asked for by its address. ``beside`` is what a page tells and the JSON answer does not.
    """

    kind: PageKind
    name: str
    answer: dict[str, Any]
    verdict: Verdict | None
    language: str
    query: dict[str, str]
    typed: str = ""
    beside: dict[str, Any] = field(default_factory=dict)


Render = Callable[[PageRequest], str]


def answer_page(request: Request, page: PageRequest, render: Render | None, *, status: int | None = None) -> Response:
    """Return the answer as a page or as JSON, whichever is asked for; without ``render`` it is always JSON."""
    code = status_of(page.verdict) if status is None else status
    if render is None or not wants_page(request):
        return answer_json(request, page.answer, status=code)
    language = request.headers.get("accept-language", "")
    asked = replace(page, language=language, query=dict(request.query_params))
    headers = _HEADERS.get(page.kind, PAGE_HEADERS)
    return Response(render(asked), code, media_type="text/html", headers=headers)


async def answer_page_apart(
    request: Request, page: PageRequest, render: Render | None, *, status: int | None = None
) -> Response:
    """Return what ``answer_page`` does, with the page made in a thread: it tells of programmes, which are files."""
    if render is None or not wants_page(request):
        return answer_page(request, page, render, status=status)
    return await run_in_threadpool(answer_page, request, page, render, status=status)


def answer_json(request: Request, answer: dict[str, Any], *, status: int = 200) -> Response:
    """Return the answer as canonical JSON."""
    response = serve(request, canonical(answer) + b"\n", Served(JSON, "no-cache"))
    response.headers["Vary"] = "Accept, Accept-Language"
    if status != 200:
        response.status_code = status
    return response


def status_of(verdict: Verdict | None) -> int:
    """Return the HTTP status of an answer: 404 for a proven "not found", otherwise 200."""
    return 404 if verdict is not None and verdict.headline is Headline.NOT_FOUND else 200


def wants_page(request: Request) -> bool:
    """Say whether a page is asked for rather than JSON."""
    accepted = [one.partition(";")[0].strip() for one in request.headers.get("accept", "").split(",")]
    wanted = [one for one in accepted if one in ("text/html", "application/json")]
    return wanted[:1] == ["text/html"]


def shown_to_people(handler: Handler) -> Handler:
    """Return the handler with a page in place of the problem document where a page was asked for."""

    async def shown(request: Request, error: Any) -> Response:
        answer = await handler(request, error)
        if not wants_page(request):
            return answer
        told = read_object(bytes(answer.body))
        lang = choose_language(request.headers.get("accept-language", ""), request.query_params.get("lang"))
        page = problem_page(told["code"], lang=lang, path=request.url.path, detail=told.get("detail", ""))
        return Response(page, answer.status_code, media_type="text/html", headers=PAGE_HEADERS)

    return shown
