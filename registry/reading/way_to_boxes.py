"""The way to the boxes of one-time links: the portal keeps them, and may not be reachable for whoever asks the reader.

What comes is checked for its length alone and handed on; nothing is kept here, and no log names a box.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Route

from registry.portal.paths import BOXES, OPENING
from registry.reading.static_files import JSON
from registry.reading.way_to_portal import WayToPortal
from registry.web.body_limit import BodyLimit
from registry.web.idempotency import NAME as KEY
from registry.web.web_api import ANSWER_HEADERS
from verifier.edge.share_client import LEAVING, TAKING, sealed_in
from verifier.encoding import canonical
from verifier.errors import NotFoundError, UnavailableError
from verifier.share_box import box_id, open_box

if TYPE_CHECKING:
    import httpx
    from starlette.requests import Request

    from verifier.share import Secret, Share

MOST_BYTES = 8192


class WayToBoxes:
    """The handlers; ``portal`` is the portal's address on this machine, empty where none runs here."""

    def __init__(self, portal: str, *, host: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._portal = WayToPortal(portal, transport=transport)
        self._host = host

    def routes(self) -> list[Route]:
        """Return the routes. A body is cut off before it is read."""
        cut_off = Middleware(BodyLimit, most_bytes=MOST_BYTES, host=self._host)
        return [
            Route(LEAVING, self.leave, methods=["POST"], middleware=[cut_off]),
            Route(TAKING, self.take, methods=["POST"], middleware=[cut_off]),
        ]

    async def leave(self, request: Request) -> Response:
        """Leave a box with the portal."""
        return _answered(await self._portal.ask(BOXES, await request.body(), key=request.headers.get(KEY)))

    async def take(self, request: Request) -> Response:
        """Open a box, which is gone afterwards."""
        return _answered(await self._portal.ask(OPENING, await request.body(), key=request.headers.get(KEY)))

    async def open(self, secret: Secret) -> Share:
        """Return what a one-time link opens. Raises NotFoundError, UnavailableError, MalformedError, StatementError."""
        answer = await self._portal.ask(OPENING, canonical({"id": box_id(secret)}))
        if answer.status_code == 404:
            raise NotFoundError("this link opens nothing: it was opened before, its time is over, or it never was")
        if answer.status_code != 200:
            raise UnavailableError(f"the portal answers {answer.status_code}")
        return open_box(secret, sealed_in(answer.content))


def _answered(answer: httpx.Response) -> Response:
    media_type = answer.headers.get("content-type", JSON)
    return Response(answer.content, answer.status_code, headers=ANSWER_HEADERS, media_type=media_type)
