"""/verify: the page whose browser judges, its app manifest, its service worker and the evidence that it asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from registry.reading.page_answer import SCAN_HEADERS
from registry.reading.static_files import A_MOMENT, JSON, Served, serve
from verifier.edge.folder import FolderFetcher
from verifier.edge.i18n import choose_language
from verifier.edge.page.scan_page import DOCUMENT_KEY, MANIFEST, PATH, WORKER, scan_manifest, scan_page, scan_worker
from verifier.errors import NotFoundError
from verifier.gather import gather_mark
from verifier.markid import normalise_mark_id

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

    from verifier.trust.root import TrustRoot


class VerifyPage:
    """The handlers of the page. All of them are for browsers: there is no JSON form of the page."""

    def __init__(self, public: Path, *, trust_root: TrustRoot, certificate: bytes) -> None:
        """``certificate`` (PEM) is that of the key which signs documents, empty where there is none."""
        self._fetcher = FolderFetcher(public)
        self._root = trust_root
        self._certificate = certificate

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route(PATH, self.page),
            Route(MANIFEST, self.manifest),
            Route(WORKER, self.worker),
            Route(f"{PATH}/evidence/{{id}}.json", self.evidence),
            Route(DOCUMENT_KEY, self.document_key),
        ]

    async def page(self, request: Request) -> Response:
        """Show the page."""
        asked = request.query_params.get("lang")
        page = scan_page(lang=_language(request), environment=self._root.content.environment, asked_lang=asked)
        return Response(page, media_type="text/html", headers=SCAN_HEADERS)

    async def manifest(self, request: Request) -> Response:
        """Say what the installed app is called and where it starts."""
        return serve(request, scan_manifest(lang=_language(request)), Served("application/manifest+json", "no-cache"))

    async def worker(self, request: Request) -> Response:
        """Serve the service worker, which may stand for the page itself."""
        answer = serve(request, scan_worker(), Served("text/javascript", "no-cache"))
        answer.headers["Service-Worker-Allowed"] = PATH
        answer.headers["Content-Security-Policy"] = "default-src 'none'; connect-src 'self'"
        return answer

    async def document_key(self, request: Request) -> Response:
        """Serve the certificate that signatures of documents are compared with. Raises NotFoundError."""
        if not self._certificate:
            raise NotFoundError("no key for documents is known here")
        return serve(request, self._certificate, Served("application/x-pem-file", "no-cache"))

    async def evidence(self, request: Request) -> Response:
        """Compose the evidence about a mark id: its bundle or, where there is no such mark, the proof of that."""
        mark_id = normalise_mark_id(request.path_params["id"])
        bundle = await run_in_threadpool(gather_mark, self._fetcher, mark_id, self._root.host)
        return serve(request, bundle.serialize(), Served(JSON, A_MOMENT))


def _language(request: Request) -> str:
    return choose_language(request.headers.get("accept-language", ""), request.query_params.get("lang"))
