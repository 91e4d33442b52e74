"""A fair share of the service (ADR 0027): 429 for whoever holds more places than its share while others ask.

The header fields are those of draft-ietf-httpapi-ratelimit-headers-10, in the unit ``concurrent-requests``. A sender is
an address (of IPv6 its first 64 bits), or a registered client that shows its key and has several shares. Neither is
kept or written anywhere.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders

from registry.errors import ShareTakenError
from registry.verification.places import Entry, Sender
from registry.web.problems import problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import Message, Receive, Scope, Send

    from registry.verification.places import Places
    from registry.verification.shedding import Shedding

    Known = Callable[[str], Awaitable[str | None]]

RETRY_AFTER = 1
SENDER = "shirushi.sender"
"""The member of the scope in which the sender's name stands."""
CLIENTS_SHARES = 4
"""How many addresses' shares a registered client has."""


class FairShare:
    """ASGI middleware before ``Shedding``, which refuses what is too much whoever asks."""

    def __init__(self, shedding: Shedding, places: Places, *, host: str, known: Known | None = None) -> None:
        """``known`` returns the client that a key or token is of, None for anybody else's; without it all are alike."""
        self._shedding = shedding
        self._places = places
        self._known = known
        self._over = 0
        error = ShareTakenError("others ask too, and you hold your share of the places", hint="Ask again in a moment.")
        refusal = problem(host, error)
        refusal.headers["Retry-After"] = str(RETRY_AFTER)
        refusal.headers["Access-Control-Allow-Origin"] = "*"
        self._refusal = refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in, or tell it to come again."""
        if scope["type"] != "http":
            await self._shedding(scope, receive, send)
            return
        sender = await self._sender(scope)
        scope[SENDER] = sender.name

        async def telling(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._told(sender))
            await send(message)

        match self._places.enter(sender):
            case Entry.FULL:
                await self._shedding.refuse(telling)
            case Entry.OVER:
                self._over += 1
                await self._refusal(scope, receive, telling)
            case Entry.IN:
                try:
                    await self._shedding(scope, receive, telling)
                finally:
                    self._places.leave(sender)

    def counters(self) -> dict[str, tuple[str, Callable[[], float]]]:
        """Return the counts for ``Observing``."""
        return {"over_share": ("Requests refused because their sender held its share.", lambda: float(self._over))}

    def _told(self, sender: Sender) -> dict[str, str]:
        return {
            "RateLimit-Policy": f'"share";q={self._places.share(sender)};qu="concurrent-requests"',
            "RateLimit": f'"share";r={self._places.left(sender)}',
        }

    async def _sender(self, scope: Scope) -> Sender:
        headers = dict(scope["headers"])
        secret = headers.get(b"authorization", b"").decode("latin-1")
        if self._known is not None and secret.startswith("Bearer "):
            client = await self._known(secret.removeprefix("Bearer "))
            if client is not None:
                return Sender(f"client {client}", CLIENTS_SHARES)
        return Sender(sender_of(scope))


def sender_of(scope: Scope) -> str:
    """Return what names the sender of a request that shows no key."""
    peer = scope["client"][0] if scope.get("client") else ""
    return group_of(peer, dict(scope["headers"]).get(b"x-forwarded-for", b"").decode("latin-1"))


def group_of(peer: str, forwarded: str) -> str:
    """Return what counts as one sender: the address, of IPv6 its network of 64 bits.

    What a proxy says of its sender counts where the proxy is this machine; its last word, which is the proxy's own.
    """
    said = _address(peer)
    if (said is None or said.is_loopback) and forwarded:
        said = _address(forwarded.rpartition(",")[2].strip()) or said
    if said is None:
        return "nobody"
    if isinstance(said, ipaddress.IPv6Address):
        return str(said.ipv4_mapped or ipaddress.ip_network((said, 64), strict=False))
    return str(said)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
