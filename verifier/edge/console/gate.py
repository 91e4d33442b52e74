"""The outermost gate of a console: whom it answers at all, before any page is looked for.

A console listens on the own machine, where every page of every site can send requests to it. What is asked for under
another host's name is not meant for it, even if that name leads here (DNS rebinding): it gets nothing. Nor do pages of
other sites that would load a part of it (Fetch Metadata, W3C): they may lead somebody here, and no more. Forms of other
sites are refused further inside, where a page can say why.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from verifier.edge.console.appearance import PAGE_HEADERS

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_DEFAULT_PORTS = {"http": 80, "https": 443}
_ENDLESS_NUMBER = re.compile(r"/[0-9]{16,}(?![0-9A-Za-z_-])")
"""No number of ours has so many digits, and no database takes one."""


class Gate:
    """ASGI middleware: only what is asked of ``origin``, and not by a page of another site, goes through."""

    def __init__(self, app: ASGIApp, *, origin: str) -> None:
        self._app = app
        self._hosts = hosts_of(origin)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        if [one.lower() for one in request.headers.getlist("host")] not in self._hosts:
            await _refusal(421, "This console answers under its own address only.")(scope, receive, send)
        elif _is_part_of_another_page(request):
            await _refusal(403, "Pages of other sites get nothing of this console.")(scope, receive, send)
        elif _ENDLESS_NUMBER.search(request.url.path):
            await _refusal(404, "There is no such page.")(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def hosts_of(origin: str) -> list[list[str]]:
    """Return the Host headers by which browsers ask for an origin; one header each."""
    parts = urlsplit(origin)
    plain = (parts.hostname or "").lower()
    port = parts.port or _DEFAULT_PORTS[parts.scheme]
    with_port = [f"{plain}:{port}"]
    return [with_port, [plain]] if port == _DEFAULT_PORTS[parts.scheme] else [with_port]


def _is_part_of_another_page(request: Request) -> bool:
    """Say whether a page of another site asks for something to show, to run or to time. Old browsers do not tell."""
    if request.method not in ("GET", "HEAD"):
        return False
    site = request.headers.get("sec-fetch-site", "none")
    is_visit = (
        request.headers.get("sec-fetch-mode") == "navigate" and request.headers.get("sec-fetch-dest") == "document"
    )
    return site not in ("same-origin", "none") and not is_visit


def _refusal(status: int, text: str) -> Response:
    return Response(f"{text}\n", status, media_type="text/plain", headers=PAGE_HEADERS)
