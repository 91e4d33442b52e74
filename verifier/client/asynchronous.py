"""The client for programs with an event loop: the same questions, each in a thread beside the loop.

Judging is work for a processor, so it has to leave the loop in any case; the reading goes with it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Self

from verifier.client.client import Client

if TYPE_CHECKING:
    from verifier.answer_receipt import AnswerReceipt
    from verifier.check.listed import Listed
    from verifier.trust.root import TrustRoot
    from verifier.verdict import Verdict


class AsyncClient:
    """``Client`` with methods to be awaited; it is made with the same arguments."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._client = Client(*args, **kwargs)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections; what is kept stays."""
        await asyncio.to_thread(self._client.close)

    @property
    def root(self) -> TrustRoot:
        """The newest trust root that is known and follows from the pinned one."""
        return self._client.root

    async def verify(self, what: str, **demands: Any) -> Verdict:
        """Return the verdict on a mark, as ``Client.verify``."""
        return await asyncio.to_thread(self._client.verify, what, **demands)

    async def organisation(self, identifier: str, *, offline: bool = False) -> Listed:
        """Return what the directory lists for an identifier, as ``Client.organisation``."""
        return await asyncio.to_thread(self._client.organisation, identifier, offline=offline)

    async def ask(self, **question: Any) -> AnswerReceipt:
        """Return the verified receipt of an answer of the service, as ``Client.ask``."""
        return await asyncio.to_thread(self._client.ask, **question)

    async def refresh(self) -> tuple[str, ...]:
        """Fetch everything kept anew, as ``Client.refresh``."""
        return await asyncio.to_thread(self._client.refresh)
