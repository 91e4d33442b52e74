"""POST /check: a file that somebody drops on a page, judged here where their browser cannot judge it itself.

The file is read, judged and forgotten: nothing of it is kept, and nobody is asked who asks. A form of another site may
send one as well, since an answer is all that comes of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.datastructures import UploadFile
from starlette.middleware import Middleware
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from registry.document.document_signature import document_signature
from registry.reading.front_door import about_registry, is_own_host
from registry.reading.judging import judge_question
from registry.reading.page_answer import PageRequest, Render, answer_page, answer_page_apart
from registry.verification.judging_threads import judged
from registry.web.body_limit import BodyLimit
from verifier.edge.drawing.qr import MAX_IMAGE_BYTES
from verifier.edge.dropped_file import read_dropped
from verifier.edge.folder import FolderFetcher
from verifier.edge.i18n import LANGUAGES
from verifier.errors import UnreadableFileError

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

    from verifier.edge.dropped_file import Dropped
    from verifier.injected import Clock
    from verifier.trust.root import TrustRoot
    from verifier.verdict import Verdict

MOST_BYTES = MAX_IMAGE_BYTES
"""Bytes of a file that is read."""
_MOST_SENT = MOST_BYTES + 4_000_000
_MOST_TOGETHER = 5 * _MOST_SENT
_UNSEEN = {"Cache-Control": "no-store"}


class DropDesk:
    """The handler over one published folder. ``certificate`` (PEM) is that of the key which signs documents."""

    def __init__(
        self, public: Path, *, trust_root: TrustRoot, now: Clock, render: Render | None, certificate: bytes
    ) -> None:
        self._fetcher = FolderFetcher(public)
        self._root = trust_root
        self._now = now
        self._render = render
        self._certificate = certificate

    def routes(self) -> list[Route]:
        """Return the route. A body is cut off before it is read."""
        cut_off = Middleware(BodyLimit, most_bytes=_MOST_SENT, host=self._root.host, most_together=_MOST_TOGETHER)
        return [Route("/check", self.check, methods=["POST"], middleware=[cut_off])]

    async def check(self, request: Request) -> Response:
        """Judge what is in a file, or say what it is instead."""
        async with request.form(max_files=1, max_fields=4) as form:
            given = form.get("file")
            data = await given.read() if isinstance(given, UploadFile) else b""
        try:
            if len(data) > MOST_BYTES:
                raise UnreadableFileError("too_large", f"the file has more than {MOST_BYTES} bytes")
            dropped = await judged(read_dropped, data)
        except UnreadableFileError as error:
            return self._refused(request, error)
        question = dropped.question
        if question.mark_id is not None and is_own_host(request, question.host, self._root):
            chosen = request.query_params.get("lang")
            query = f"?lang={chosen}" if chosen in LANGUAGES else ""
            return RedirectResponse(f"/m/{question.mark_id}{query}", 303, headers=_UNSEEN)
        about = {"kind": dropped.kind, **self._signature(dropped, data)}
        verdict = await judged(self._verdict, dropped)
        shown = verdict.mark.id if verdict.mark else ""
        answer = {**verdict.members(), "file": about}
        typed = question.text or f"https://{question.host}/m/{question.mark_id}"
        page = PageRequest("mark", shown, answer, verdict, "", {}, typed=typed, beside={"dropped": about})
        return _unseen(await answer_page_apart(request, page, self._render, status=200))

    def _verdict(self, dropped: Dropped) -> Verdict:
        # What is attached to a document is as old as the document; a bundle is asked about as it is.
        bundle = dropped.question.bundle if dropped.kind == "bundle" else None
        return judge_question(self._fetcher, dropped.question, bundle=bundle, root=self._root, now=self._now())

    def _signature(self, dropped: Dropped, data: bytes) -> dict[str, Any]:
        is_document = dropped.kind == "document"
        return {"signature": document_signature(data, self._certificate)} if is_document else {}

    def _refused(self, request: Request, error: UnreadableFileError) -> Response:
        told = {"code": error.code, "why": error.why, "detail": error.message}
        answer = {**about_registry(self._root), **told, **({"hint": error.hint} if error.hint else {})}
        page = PageRequest("start", "", answer, None, "", {})
        return _unseen(answer_page(request, page, self._render, status=400))


def _unseen(response: Response) -> Response:
    response.headers.update(_UNSEEN)
    return response
