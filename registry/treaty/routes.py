"""The routes of what is recognised: agreements, one agreement, one recognised certificate with its QR."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from registry.reading.page_answer import PageRequest, Render, answer_json, answer_page
from registry.reading.static_files import FOR_EVER, Served, serve
from registry.treaty.reading import agreement_answer, agreements_answer, change_times, recognition_answer
from verifier.dates import parse_instant
from verifier.edge.drawing.qr import qr_png, qr_svg
from verifier.errors import MalformedError, WrongUseError
from verifier.markid import normalise_mark_id
from verifier.names import LABEL, recognition_uri

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from verifier.gather import Fetcher
    from verifier.injected import Clock
    from verifier.trust.root import TrustRoot


class TreatyReader:
    """The handlers over one published plane."""

    def __init__(self, fetcher: Fetcher, *, trust_root: TrustRoot, now: Clock, render: Render | None) -> None:
        self._fetcher = fetcher
        self._root = trust_root
        self._now = now
        self._render = render

    def routes(self) -> list[Route]:
        """Return the routes; JSON stands before pages, whose pattern would take it."""
        return [
            Route("/a", self.agreements),
            Route("/a/{id}.json", self.agreement_json),
            Route("/a/{id}", self.agreement),
            Route("/r/{id}.json", self.recognition_json),
            Route("/r/{id}/qr.svg", self.qr_svg),
            Route("/r/{id}/qr.png", self.qr_png),
            Route("/r/{id}", self.recognition),
        ]

    async def agreements(self, request: Request) -> Response:
        """Answer for all agreements: home tiers beside foreign levels, as of a day or after so many changes."""
        step = request.query_params.get("step", "")
        at = await run_in_threadpool(self._step, step) if step else self._at(request)
        answer = await run_in_threadpool(agreements_answer, self._fetcher, self._root, at=at, now=self._now())
        answer["asked"] = {"as_of": request.query_params.get("as_of", ""), "step": step}
        return answer_page(request, PageRequest("agreements", "", answer, None, "", {}), self._render)

    async def agreement(self, request: Request) -> Response:
        """Answer for one agreement."""
        label = _label(request)
        answer = await run_in_threadpool(agreement_answer, self._fetcher, self._root, label, at=self._at(request))
        return answer_page(request, PageRequest("agreement", label, answer, None, "", {}), self._render)

    async def agreement_json(self, request: Request) -> Response:
        """Answer for one agreement as JSON."""
        label = _label(request)
        answer = await run_in_threadpool(agreement_answer, self._fetcher, self._root, label, at=self._at(request))
        return answer_json(request, answer)

    async def recognition(self, request: Request) -> Response:
        """Answer for a recognised certificate."""
        label = normalise_mark_id(request.path_params["id"])
        answer = await run_in_threadpool(recognition_answer, self._fetcher, self._root, label, now=self._now())
        return answer_page(request, PageRequest("recognition", label, answer, None, "", {}), self._render)

    async def recognition_json(self, request: Request) -> Response:
        """Answer for a recognised certificate as JSON."""
        label = normalise_mark_id(request.path_params["id"])
        answer = await run_in_threadpool(recognition_answer, self._fetcher, self._root, label, now=self._now())
        return answer_json(request, answer)

    async def qr_svg(self, request: Request) -> Response:
        """Draw the QR of a recognised certificate: its address, which says how it stands."""
        image = await run_in_threadpool(qr_svg, self._address(request))
        return serve(request, image, Served("image/svg+xml", FOR_EVER))

    async def qr_png(self, request: Request) -> Response:
        """Draw the QR of a recognised certificate in pixels."""
        image = await run_in_threadpool(qr_png, self._address(request))
        return serve(request, image, Served("image/png", FOR_EVER))

    def _step(self, step: str) -> int:
        """Return the time just after so many changes of agreements, of none just before the first one."""
        times = change_times(self._fetcher, self._root, now=self._now())
        if not step.isascii() or not step.isdecimal() or len(step) > 6 or int(step) > len(times):
            raise WrongUseError(f"step is a number up to {len(times)}", hint="It counts the changes of agreements.")
        if not times:
            return self._now()
        return times[int(step) - 1] if int(step) else times[0] - 1

    def _address(self, request: Request) -> str:
        return recognition_uri(self._root.host, normalise_mark_id(request.path_params["id"]))

    def _at(self, request: Request) -> int:
        asked, now = request.query_params.get("as_of", ""), self._now()
        if not asked:
            return now
        at = parse_instant(asked, zone=self._root.content.zone)
        if not 0 < at <= now:
            raise WrongUseError("as_of is a day or a time that has passed", hint="For example as_of=2026-11-01.")
        return at


def _label(request: Request) -> str:
    label = str(request.path_params["id"])
    if not LABEL.fullmatch(label):
        raise MalformedError("not an agreement's id", hint="For example /a/jp-uk.")
    return label
