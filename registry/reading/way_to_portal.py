"""The way to the portal: it may not be reachable for whoever asks the reader. Nothing that is handed on is kept."""

from __future__ import annotations

import re

import httpx

from registry.reading.static_files import JSON
from registry.web.idempotency import NAME as KEY
from registry.web.idempotency import PATTERN
from verifier.errors import UnavailableError, WrongUseError

TIMEOUT = 10.0


class WayToPortal:
    """Hands requests on; ``portal`` is the portal's address on this machine, empty where none runs here."""

    def __init__(self, portal: str, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._portal = portal.rstrip("/")
        self._transport = transport

    async def ask(self, path: str, body: bytes, *, key: str | None = None) -> httpx.Response:
        """Return the portal's answer to a POST, under an idempotency key. Raises UnavailableError, WrongUseError."""
        if not self._portal:
            raise UnavailableError(
                "the registry's portal, which keeps this, does not answer here",
                hint="Ask for a link without a box, or go to the registry's own address.",
            )
        if key and not re.fullmatch(PATTERN, key):
            raise WrongUseError("this is no Idempotency-Key", hint="Take 8 to 128 visible ASCII characters.")
        headers = {"Content-Type": JSON, **({KEY: key} if key else {})}
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=False, transport=self._transport) as http:
                return await http.post(self._portal + path, content=body, headers=headers)
        except httpx.HTTPError as error:
            raise UnavailableError("the registry's portal does not answer") from error
