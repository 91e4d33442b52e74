"""The reader: the public folder over HTTP, and answers composed from it. It has no database and no key.

Everything that it serves can be served by any web server or taken from the folder; what it composes (bundle, verdict,
QR) anyone can compose. Ids are put into their one form first, with a redirect.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from registry.plane_routes import plane_routes
from registry.problems import exception_handlers
from registry.standing import body_answer, standing_of
from registry.static_files import A_MOMENT, FOR_EVER, JSON, Served, serve
from verifier.edge.folder import FolderFetcher
from verifier.edge.i18n import choose_language
from verifier.edge.pages import STATIC, problem_page, static_file
from verifier.edge.qr import qr_png, qr_svg
from verifier.encoding import canonical, read_object
from verifier.errors import MalformedError, NotFoundError
from verifier.examine.examination import Presented
from verifier.gather import gather, gather_absence
from verifier.identifier import parse_identifier
from verifier.mark import parse_mark
from verifier.markid import normalise_mark_id
from verifier.names import NUMBER, mark_uri
from verifier.seal import scan_text
from verifier.verdict import Headline, Verdict
from verifier.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

    from registry.problems import Handler
    from verifier.injected import Clock
    from verifier.trust.root import TrustRoot

PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
    "Vary": "Accept, Accept-Language",
}


@dataclass(frozen=True)
class PageRequest:
    """What a page is about: a mark with its verdict, or a body or organisation. ``language`` is the asker's header."""

    kind: Literal["mark", "body", "organisation"]
    name: str
    answer: dict[str, Any]
    verdict: Verdict | None
    language: str
    query: dict[str, str]


Render = Callable[[PageRequest], str]


class Reader:
    """The handlers over one public folder."""

    def __init__(self, public: Path, *, trust_root: TrustRoot, now: Clock, render: Render | None) -> None:
        self._fetcher = FolderFetcher(public)
        self._root = trust_root
        self._now = now
        self._render = render

    def routes(self) -> list[Route]:
        """Return the routes of what is composed."""
        return [
            Route("/m/{id}.json", self.mark_json),
            Route("/m/{id}/bundle.json", self.bundle),
            Route("/m/{id}/qr.svg", self.qr_svg),
            Route("/m/{id}/qr.png", self.qr_png),
            Route("/m/{id}", self.mark),
            Route("/o/{id}", self.organisation),
            Route("/e/{no}", self.body),
            Route(f"{STATIC}{{name}}", self.static),
        ]

    async def mark(self, request: Request) -> Response:
        """Answer for a mark as a page or as JSON, whichever is asked for."""
        mark_id = normalise_mark_id(request.path_params["id"])
        if mark_id != request.path_params["id"]:
            return _moved(request, f"/m/{mark_id}")
        verdict = await run_in_threadpool(self._verdict, mark_id)
        return self._answer(request, PageRequest("mark", mark_id, verdict.members(), verdict, "", {}))

    async def mark_json(self, request: Request) -> Response:
        """Answer for a mark as JSON."""
        mark_id = normalise_mark_id(request.path_params["id"])
        if mark_id != request.path_params["id"]:
            return _moved(request, f"/m/{mark_id}.json")
        verdict = await run_in_threadpool(self._verdict, mark_id)
        return _json(request, verdict.members(), status=_status(verdict))

    async def bundle(self, request: Request) -> Response:
        """Compose everything that verifies the mark without a network."""
        mark_id = normalise_mark_id(request.path_params["id"])
        if mark_id != request.path_params["id"]:
            return _moved(request, f"/m/{mark_id}/bundle.json")
        bundle = await run_in_threadpool(gather, self._fetcher, mark_id)
        return serve(request, bundle.serialize(), Served(JSON, A_MOMENT))

    async def qr_svg(self, request: Request) -> Response:
        """Draw the mark's QR."""
        image = await run_in_threadpool(qr_svg, self._scan_text(request))
        return serve(request, image, Served("image/svg+xml", FOR_EVER))

    async def qr_png(self, request: Request) -> Response:
        """Draw the mark's QR in pixels."""
        image = await run_in_threadpool(qr_png, self._scan_text(request))
        return serve(request, image, Served("image/png", FOR_EVER))

    async def organisation(self, request: Request) -> Response:
        """Answer for an organisation: all its marks by the directory."""
        identifier = str(parse_identifier(request.path_params["id"]))
        if identifier != request.path_params["id"]:
            return _moved(request, f"/o/{identifier}")
        standing = await run_in_threadpool(standing_of, self._fetcher, identifier)
        answer = {"organisation": f"https://{self._root.host}/o/{identifier}", **standing.members()}
        return self._answer(request, PageRequest("organisation", identifier, answer, None, "", {}))

    async def body(self, request: Request) -> Response:
        """Answer for an accredited body."""
        number = request.path_params["no"]
        if not NUMBER.fullmatch(number):
            raise MalformedError("a body has a number", hint="For example /e/7.")
        answer = await run_in_threadpool(body_answer, self._fetcher, self._root, int(number))
        return self._answer(request, PageRequest("body", number, answer, None, "", {}))

    async def static(self, request: Request) -> Response:
        """Serve a file that pages refer to, under an address that changes with its bytes."""
        data, media_type = static_file(request.path_params["name"])
        return serve(request, data, Served(media_type, FOR_EVER))

    def _verdict(self, mark_id: str) -> Verdict:
        host = self._root.host
        try:
            bundle = gather(self._fetcher, mark_id)
            presented = Presented(mark_id, host, mark=parse_mark(self._fetcher.fetch(f"m/{mark_id}.jwt")))
        except NotFoundError:
            # "None" is an answer with a proof, not a missing page.
            bundle, presented = gather_absence(self._fetcher, mark_uri(host, mark_id)), Presented(mark_id, host)
        return verify(presented, bundle=bundle, root=self._root, now=self._now(), live=True)

    def _scan_text(self, request: Request) -> str:
        mark_id = normalise_mark_id(request.path_params["id"])
        return scan_text(self._fetcher.fetch(f"m/{mark_id}/seal.jwt").decode("ascii", "replace"))

    def _answer(self, request: Request, page: PageRequest) -> Response:
        status = _status(page.verdict)
        if self._render is None or not _wants_page(request):
            return _json(request, page.answer, status=status)
        language = request.headers.get("accept-language", "")
        asked = PageRequest(page.kind, page.name, page.answer, page.verdict, language, dict(request.query_params))
        return Response(self._render(asked), status, media_type="text/html", headers=PAGE_HEADERS)


def create_reader(public: Path, *, trust_root: TrustRoot, now: Clock, render: Render | None = None) -> Starlette:
    """Return the application. ``render`` makes the HTML of a page; without it every answer is JSON."""
    reader = Reader(public, trust_root=trust_root, now=now, render=render)
    routes = [*plane_routes(FolderFetcher(public)), *reader.routes()]
    handlers = exception_handlers(trust_root.host)
    if render is not None:
        handlers = {kind: _shown_to_people(handler) for kind, handler in handlers.items()}
    return Starlette(routes=routes, exception_handlers=handlers)


def _shown_to_people(handler: Handler) -> Handler:
    """Return the handler with a page in place of the problem document where a page was asked for."""

    async def shown(request: Request, error: Any) -> Response:
        answer = await handler(request, error)
        if not _wants_page(request):
            return answer
        told = read_object(bytes(answer.body))
        lang = choose_language(request.headers.get("accept-language", ""), request.query_params.get("lang"))
        page = problem_page(told["code"], lang=lang, path=request.url.path, detail=told.get("detail", ""))
        return Response(page, answer.status_code, media_type="text/html", headers=PAGE_HEADERS)

    return shown


def _wants_page(request: Request) -> bool:
    accepted = [one.partition(";")[0].strip() for one in request.headers.get("accept", "").split(",")]
    wanted = [one for one in accepted if one in ("text/html", "application/json")]
    return wanted[:1] == ["text/html"]


def _moved(request: Request, path: str) -> Response:
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(path + query, 301, headers={"Cache-Control": "public, max-age=86400"})


def _status(verdict: Verdict | None) -> int:
    return 404 if verdict is not None and verdict.headline is Headline.NOT_FOUND else 200


def _json(request: Request, answer: dict[str, Any], *, status: int = 200) -> Response:
    response = serve(request, canonical(answer) + b"\n", Served(JSON, "no-cache"))
    response.headers["Vary"] = "Accept, Accept-Language"
    if status != 200:
        response.status_code = status
    return response
