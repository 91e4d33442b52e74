"""Statistics as a page and as JSON, counted out of the published log: whoever has the log counts the same.

Counting goes on from where it stopped. Who asks while somebody else's question is being counted gets the last answer.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from registry.publishing.published import checkpoint_path
from registry.reading.page_answer import PageRequest, Render, answer_json, answer_page
from verifier.audit.tally import Tally
from verifier.errors import UnavailableError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from verifier.gather import Fetcher
    from verifier.injected import Clock
    from verifier.trust.root import TrustRoot

FRESH = 60
"""Seconds for which an answer is given again."""


class StatisticsReader:
    """The handlers over one published plane."""

    def __init__(self, fetcher: Fetcher, *, trust_root: TrustRoot, now: Clock, render: Render | None) -> None:
        self._root = trust_root
        self._now = now
        self._render = render
        self._tally = Tally(fetcher, trust_root)
        self._counting = threading.Lock()
        self._answer: dict[str, Any] | None = None

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [Route("/statistics", self.statistics), Route("/statistics.json", self.statistics_json)]

    async def statistics(self, request: Request) -> Response:
        """Answer with the statistics as a page or as JSON."""
        answer = await run_in_threadpool(self._counted)
        return answer_page(request, PageRequest("statistics", "", answer, None, "", {}), self._render)

    async def statistics_json(self, request: Request) -> Response:
        """Answer with the statistics as JSON."""
        return answer_json(request, await run_in_threadpool(self._counted))

    def _counted(self) -> dict[str, Any]:
        known, now = self._answer, self._now()
        if known is not None and now - FRESH < known["at"] <= now:
            return known
        if not self._counting.acquire(blocking=False):
            if known is not None:
                return known
            raise UnavailableError("the log is being counted", hint="Ask again in a while.")
        try:
            self._tally.advance(lambda done, total: None)
            members = self._tally.statistics(at=now).members()
            checkpoint = f"/{checkpoint_path(self._tally.size)}"
            self._answer = {"host": self._root.host, **members, "checkpoint": checkpoint}
            return self._answer
        finally:
            self._counting.release()
