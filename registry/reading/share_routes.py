"""/s: the page that opens a link by which a holder shows its mark. With scripts nothing of the link leaves the browser.

Without scripts a reader may send the link itself: then this server reads it, judges, answers, and keeps nothing. There
is no JSON form: programs open links with the library or `shirushi share open`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Route

from registry.reading.page_answer import SCAN_HEADERS
from registry.web.body_limit import BodyLimit
from verifier.edge.i18n import choose_language
from verifier.edge.page.share_page import Answered, share_page
from verifier.edge.share_reading import read_share
from verifier.errors import EvidenceError, NewerVersionError, NotFoundError, UnavailableError
from verifier.gather import gather_mark
from verifier.share import PATH, Secret, read_link

if TYPE_CHECKING:
    from starlette.requests import Request

    from registry.reading.page_answer import Render
    from registry.reading.way_to_boxes import WayToBoxes
    from verifier.edge.folder import FolderFetcher
    from verifier.injected import Clock
    from verifier.share import Share
    from verifier.trust.root import TrustRoot

MOST_BYTES = 16_384
HEADERS = {**SCAN_HEADERS, "Cache-Control": "no-store", "X-Robots-Tag": "noindex", "Permissions-Policy": "camera=()"}
_STATUS = {"unreadable": 400, "other_host": 400, "ended": 410, "gone": 404, "unavailable": 503}


class SharePage:
    """The handlers of the page."""

    def __init__(
        self, fetcher: FolderFetcher, *, trust_root: TrustRoot, now: Clock, render: Render | None, boxes: WayToBoxes
    ) -> None:
        """``render`` is None where no pages are shown: then there is none here."""
        self._fetcher = fetcher
        self._has_pages = render is not None
        self._root = trust_root
        self._now = now
        self._boxes = boxes

    def routes(self) -> list[Route]:
        """Return the routes. A body is cut off before it is read."""
        cut_off = Middleware(BodyLimit, most_bytes=MOST_BYTES, host=self._root.host)
        if not self._has_pages:
            return []
        return [
            Route(PATH, self.page, methods=["GET"]),
            Route(PATH, self.read, methods=["POST"], middleware=[cut_off]),
        ]

    async def page(self, request: Request) -> Response:
        """Show the page, which opens what stands behind the # of its own address."""
        return self._shown(request, Answered())

    async def read(self, request: Request) -> Response:
        """Open a link that was sent."""
        sent = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=4)
        return self._shown(request, await self._answered(sent.get("link", [""])[0]))

    async def _answered(self, text: str) -> Answered:
        try:
            found = read_link(text)
            share = await self._boxes.open(found) if isinstance(found, Secret) else found
            return await run_in_threadpool(self._judged, share)
        except NotFoundError:
            return Answered(mistake="gone")
        except (EvidenceError, NewerVersionError):
            return Answered(mistake="unreadable")
        except UnavailableError:
            return Answered(mistake="unavailable")

    def _judged(self, share: Share) -> Answered:
        now, root = self._now(), self._root
        if share.host != root.host:
            return Answered(mistake="other_host", host=share.host)
        if now >= share.until:
            return Answered(mistake="ended")
        bundle = gather_mark(self._fetcher, share.mark, root.host)
        return Answered(reading=read_share(share, bundle, root=root, now=now, live=True))

    def _shown(self, request: Request, answered: Answered) -> Response:
        asked = request.query_params.get("lang")
        lang = choose_language(request.headers.get("accept-language", ""), asked)
        page = share_page(answered, environment=self._root.content.environment, lang=lang)
        return Response(page, _STATUS.get(answered.mistake, 200), media_type="text/html", headers=HEADERS)
