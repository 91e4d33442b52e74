"""The reader: the public folder over HTTP, and answers composed from it. It has no database and no key.

Everything that it serves can be served by any web server or taken from the folder; what it composes (bundle, verdict,
QR) anyone can compose. Ids are put into their one form first, with a redirect.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from registry.document.way_to_documents import way_to_documents
from registry.reading.artwork_routes import ArtworkReader
from registry.reading.bodies_routes import BodiesReader
from registry.reading.credential_routes import CredentialReader
from registry.reading.drop_routes import DropDesk
from registry.reading.embed_routes import Embedding
from registry.reading.explore_routes import Explorer
from registry.reading.federation_routes import FederationReader
from registry.reading.follow_routes import FollowPage
from registry.reading.front_door import FrontDoor
from registry.reading.guide_routes import SupplierGuide
from registry.reading.history_routes import HistoryReader, asks_for_a_day
from registry.reading.judging import judge_id, organisation_listed
from registry.reading.key_routes import KeyDesk
from registry.reading.legal_routes import Imprint, LegalNotice
from registry.reading.mark_surroundings import surroundings_of
from registry.reading.notice_routes import NoticeReader
from registry.reading.page_answer import (
    PageRequest,
    Render,
    answer_json,
    answer_page,
    answer_page_apart,
    shown_to_people,
    status_of,
    wants_page,
)
from registry.reading.plane_routes import plane_routes
from registry.reading.report_routes import ReportForm
from registry.reading.sandbox_routes import SandboxShelf
from registry.reading.scheme_routes import SchemeReader
from registry.reading.share_routes import SharePage
from registry.reading.standing import body_answer, standing_of
from registry.reading.static_files import A_MOMENT, FOR_EVER, JSON, Served, serve
from registry.reading.statistics_routes import StatisticsReader
from registry.reading.verify_page import VerifyPage
from registry.reading.way_to_boxes import WayToBoxes
from registry.reading.way_to_portal import WayToPortal
from registry.treaty.routes import TreatyReader
from registry.web.problems import exception_handlers
from verifier.edge.drawing.qr import qr_png, qr_svg
from verifier.edge.folder import FolderFetcher
from verifier.edge.rendering import STATIC, static_file
from verifier.errors import MalformedError, NotFoundError
from verifier.gather import gather
from verifier.identifier import parse_identifier
from verifier.markid import normalise_mark_id
from verifier.names import NUMBER
from verifier.seal import scan_text

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

    from registry.reading.report_routes import ReportDesk
    from verifier.check.listed import Listed
    from verifier.injected import Clock
    from verifier.trust.root import TrustRoot
    from verifier.verdict import Verdict


class Reader:
    """The handlers over one public folder."""

    def __init__(
        self, public: Path, *, trust_root: TrustRoot, now: Clock, render: Render | None, history: HistoryReader
    ) -> None:
        self._fetcher = FolderFetcher(public)
        self._root = trust_root
        self._now = now
        self._render = render
        self._history = history

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
            Route(f"{STATIC}{{rest:path}}", self.static),
        ]

    async def mark(self, request: Request) -> Response:
        """Answer for a mark as a page or as JSON, whichever is asked for."""
        mark_id = normalise_mark_id(request.path_params["id"])
        if mark_id != request.path_params["id"]:
            return _moved(request, f"/m/{mark_id}")
        if asks_for_a_day(request):
            return await self._history.told(request, f"m/{mark_id}")
        verdict = await run_in_threadpool(self._verdict, mark_id)
        page = PageRequest("mark", mark_id, verdict.members(), verdict, "", {})
        if self._render is not None and wants_page(request):
            page = replace(page, beside=await run_in_threadpool(self._around, verdict))
        return await answer_page_apart(request, page, self._render)

    async def mark_json(self, request: Request) -> Response:
        """Answer for a mark as JSON."""
        mark_id = normalise_mark_id(request.path_params["id"])
        if mark_id != request.path_params["id"]:
            return _moved(request, f"/m/{mark_id}.json")
        if asks_for_a_day(request):
            return await self._history.told(request, f"m/{mark_id}")
        verdict = await run_in_threadpool(self._verdict, mark_id)
        return answer_json(request, verdict.members(), status=status_of(verdict))

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
        if asks_for_a_day(request):
            return await self._history.told(request, f"o/{identifier}")
        try:
            standing = await run_in_threadpool(standing_of, self._fetcher, identifier)
        except NotFoundError:
            return await self._absent(request, identifier)
        answer = {"organisation": f"https://{self._root.host}/o/{identifier}", **standing.members()}
        page = PageRequest("organisation", identifier, answer, None, "", {})
        if self._render is not None and wants_page(request):
            page = replace(page, beside={"listed": await run_in_threadpool(self._listed, identifier)})
        return await answer_page_apart(request, page, self._render)

    async def _absent(self, request: Request, identifier: str) -> Response:
        """Answer a person for a number that nothing stands under. Raises NotFoundError where that is not proven now."""
        listed = None
        if self._render is not None and wants_page(request):
            listed = await run_in_threadpool(self._listed, identifier)
        if listed is None or listed.marks:
            raise NotFoundError("the directory holds nothing about this", hint="Check the number.")
        page = PageRequest("organisation_absent", identifier, {}, None, "", {}, beside={"listed": listed})
        return answer_page(request, page, self._render, status=404)

    async def body(self, request: Request) -> Response:
        """Answer for an accredited body."""
        number = request.path_params["no"]
        if not NUMBER.fullmatch(number):
            raise MalformedError("a body has a number", hint="For example /e/7.")
        if asks_for_a_day(request):
            return await self._history.told(request, f"e/{number}")
        answer = await run_in_threadpool(body_answer, self._fetcher, self._root, int(number))
        return answer_page(request, PageRequest("body", number, answer, None, "", {}), self._render)

    async def static(self, request: Request) -> Response:
        """Serve a file that pages refer to: for ever under an address that changes with its bytes."""
        data, media_type = static_file(request.path_params["rest"])
        return serve(request, data, Served(media_type, FOR_EVER if "v" in request.query_params else "no-cache"))

    def _verdict(self, mark_id: str) -> Verdict:
        return judge_id(self._fetcher, mark_id, root=self._root, now=self._now())

    def _around(self, verdict: Verdict) -> dict[str, Any]:
        return surroundings_of(self._fetcher, self._root, verdict, now=self._now())

    def _listed(self, identifier: str) -> Listed | None:
        return organisation_listed(self._fetcher, identifier, root=self._root, now=self._now())

    def _scan_text(self, request: Request) -> str:
        mark_id = normalise_mark_id(request.path_params["id"])
        # The evidence holds the newest seal: a correction makes a new one.
        seal = gather(self._fetcher, mark_id).seal
        if seal is None:
            raise NotFoundError("the mark's QR seal is not published")
        return scan_text(seal)


def create_reader(
    public: Path,
    *,
    trust_root: TrustRoot,
    now: Clock,
    render: Render | None = None,
    desk: ReportDesk | None = None,
    imprint: Imprint | None = None,
    verification_url: str = "",
    documents_at: str = "",
    boxes_at: str = "",
    sends_mail: bool = True,
    document_certificate: bytes = b"",
    sandbox: Path | None = None,
) -> Starlette:
    """Return the application.

    ``render`` makes the HTML of a page; without it every answer is JSON. ``desk`` takes reports of misuse; without it
    the form says where they are taken. ``imprint`` says who runs this copy. ``verification_url`` is the public address
    of the verification service, empty where it is the same; ``documents_at`` is its address on this machine,
    ``document_certificate`` (PEM) that of its key for documents; ``boxes_at`` is the portal's, which keeps what
    one-time links open, and who follows a number, if it ``sends_mail``. ``sandbox`` is what a sandbox has.
    """
    history = HistoryReader(public, trust_root=trust_root, now=now)
    reader = Reader(public, trust_root=trust_root, now=now, render=render, history=history)
    front = FrontDoor(public, trust_root=trust_root, now=now, render=render, verification_url=verification_url)
    scan = VerifyPage(public, trust_root=trust_root, certificate=document_certificate)
    fetcher, boxes = FolderFetcher(public), WayToBoxes(boxes_at, host=trust_root.host)
    shown: dict[str, Any] = {"trust_root": trust_root, "now": now, "render": render}
    treaty = TreatyReader(fetcher, **shown)
    notices, statistics = NoticeReader(fetcher, **shown), StatisticsReader(fetcher, **shown)
    form = ReportForm(desk, **shown)
    routes = [
        *front.routes(),
        *DropDesk(public, **shown, certificate=document_certificate).routes(),
        *(scan.routes() if render is not None else []),
        *boxes.routes(),
        *SharePage(fetcher, **shown, boxes=boxes).routes(),
        *FollowPage(WayToPortal(boxes_at), **shown, sends_mail=sends_mail).routes(),
        *plane_routes(fetcher),
        *FederationReader(fetcher, trust_root=trust_root, now=now).routes(),
        *CredentialReader(fetcher, trust_root=trust_root).routes(),
        *ArtworkReader(fetcher, trust_root=trust_root, now=now).routes(),
        *Embedding(fetcher, trust_root=trust_root, now=now).routes(),
        *way_to_documents(documents_at),
        *history.routes(),
        *notices.routes(),
        *statistics.routes(),
        *form.routes(),
        *reader.routes(),
        *treaty.routes(),
        *Explorer(public, trust_root=trust_root, render=render).routes(),
        *LegalNotice(imprint or Imprint(), trust_root=trust_root, render=render).routes(),
        *SupplierGuide(fetcher, **shown).routes(),
        *BodiesReader(fetcher, **shown).routes(),
        *KeyDesk(fetcher, **shown, history=history).routes(),
        *SchemeReader(fetcher, **shown, history=history).routes(),
        *(SandboxShelf(sandbox, render=render).routes() if sandbox is not None else ()),
    ]
    return _application(routes, host=trust_root.host, has_pages=render is not None)


def _application(routes: list[Route], *, host: str, has_pages: bool) -> Starlette:
    handlers = exception_handlers(host)
    if has_pages:
        handlers = {kind: shown_to_people(handler) for kind, handler in handlers.items()}
    app = Starlette(routes=routes, exception_handlers=handlers)
    # A redirect to or from a closing slash would repeat the Host header of whoever asks.
    app.router.redirect_slashes = False
    return app


def _moved(request: Request, path: str) -> Response:
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(path + query, 301, headers={"Cache-Control": "public, max-age=86400"})
