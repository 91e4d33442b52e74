"""The log explorer: checkpoint and witnesses, entries, one entry with its proof, consistency between two sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from registry.reading.log_answers import LogAnswers
from registry.reading.page_answer import PageRequest, Render, answer_page
from verifier.errors import MalformedError
from verifier.log.checkpoint import parse_decimal

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response

    from verifier.trust.root import TrustRoot


class Explorer:
    """The handlers over one public folder."""

    def __init__(self, public: Path, *, trust_root: TrustRoot, render: Render | None) -> None:
        self._answers = LogAnswers(public, trust_root)
        self._render = render

    def routes(self) -> list[Route]:
        """Return the routes; the proof stands before entries, whose pattern would take it."""
        return [
            Route("/explore", self.overview),
            Route("/explore/consistency", self.consistency),
            Route("/explore/{index}", self.entry),
        ]

    async def overview(self, request: Request) -> Response:
        """Answer with the newest checkpoint, its witnesses and the newest entries, or those before ``?before=``."""
        answer = await run_in_threadpool(self._answers.overview, _number(request, "before"))
        return answer_page(request, PageRequest("explore", "", answer, None, "", {}), self._render)

    async def entry(self, request: Request) -> Response:
        """Answer with one entry and the proof that the log holds it."""
        index = _decimal(request.path_params["index"])
        answer = await run_in_threadpool(self._answers.entry, index)
        return answer_page(request, PageRequest("entry", str(index), answer, None, "", {}), self._render)

    async def consistency(self, request: Request) -> Response:
        """Answer with the proof that the log only grew from ``?from=`` entries to ``?to=``."""
        old, new = _number(request, "from"), _number(request, "to")
        answer = await run_in_threadpool(self._answers.consistency, old, new)
        return answer_page(request, PageRequest("consistency", "", answer, None, "", {}), self._render)


def _number(request: Request, name: str) -> int | None:
    given = request.query_params.get(name, "").strip()
    return _decimal(given) if given else None


def _decimal(text: str) -> int:
    try:
        return parse_decimal(text)
    except MalformedError as error:
        raise MalformedError("a size or an index is a number", hint="For example /explore/0.") from error
