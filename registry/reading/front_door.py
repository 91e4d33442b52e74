"""The start page with its form, the page of limits, and what becomes of a text that somebody types into the form.

An id leads to the mark's page. The text of a QR is judged whole, host and signature included: to send whoever pastes
the text of a look-alike site to the genuine mark's page would tell them that all is well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from registry.reading.judging import judge_question
from registry.reading.notice_routes import newest_notice
from registry.reading.page_answer import PageRequest, Render, answer_page, answer_page_apart
from registry.verification.paths import SEARCH_PAGE
from verifier.edge.folder import FolderFetcher
from verifier.edge.i18n import LANGUAGES, choose_language, translator
from verifier.edge.page.limits import limits_of
from verifier.edge.question import question_of_text
from verifier.edge.recognised import names_recognition
from verifier.errors import WrongUseError

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

    from verifier.injected import Clock
    from verifier.trust.root import TrustRoot

LONGEST_TYPED = 4000
"""Characters of a text that is judged: the text of a QR has at most 2,500, a mark's token about 2,000."""


class FrontDoor:
    """The handlers of what is about the registry as a whole."""

    def __init__(
        self, public: Path, *, trust_root: TrustRoot, now: Clock, render: Render | None, verification_url: str = ""
    ) -> None:
        self._fetcher = FolderFetcher(public)
        self._root = trust_root
        self._now = now
        self._render = render
        self._search = verification_url.rstrip("/") + SEARCH_PAGE

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/", self.start),
            Route("/check", self.check, methods=["GET"]),
            Route("/limits", self.limits),
            Route("/search", self.search),
        ]

    async def start(self, request: Request) -> Response:
        """Say what this registry is and where its parts are."""
        fresh = await run_in_threadpool(newest_notice, self._fetcher, now=self._now())
        answer = {**about_registry(self._root), "notice": fresh}
        return answer_page(request, PageRequest("start", "", answer, None, "", {}), self._render)

    async def limits(self, request: Request) -> Response:
        """Say what cannot be proven, and what to do instead."""
        lang = choose_language(request.headers.get("accept-language", ""), request.query_params.get("lang"))
        answer = {"language": lang, "limits": [vars(one) for one in limits_of(translator(lang))]}
        return answer_page(request, PageRequest("limits", "", answer, None, "", {}), self._render)

    async def search(self, request: Request) -> Response:
        """Lead to the page for searches: it is the verification service's, and nothing is asked of this reader."""
        chosen = request.query_params.get("lang")
        query = f"?lang={chosen}" if chosen in LANGUAGES else ""
        return RedirectResponse(self._search + query, 307, headers={"Cache-Control": "no-store"})

    async def check(self, request: Request) -> Response:
        """Lead from a typed mark id to its page; judge the text of a QR."""
        text = request.query_params.get("q", "").strip()
        if not text:
            return RedirectResponse("/", 303, headers={"Cache-Control": "no-store"})
        try:
            question = question_of_text(text[: LONGEST_TYPED + 1])
            if question.text is not None and len(text) > LONGEST_TYPED:
                raise WrongUseError("this is longer than any text of a mark")
        except WrongUseError as error:
            answer = {**about_registry(self._root), "code": error.code, "detail": error.message, "hint": error.hint}
            answer |= {"why": "recognised"} if names_recognition(text) else {}
            page = PageRequest("start", "", answer, None, "", {}, typed=text[:LONGEST_TYPED])
            return answer_page(request, page, self._render, status=400)
        if question.mark_id is not None and is_own_host(request, question.host, self._root):
            chosen = request.query_params.get("lang")
            query = f"?lang={chosen}" if chosen in LANGUAGES else ""
            return RedirectResponse(f"/m/{question.mark_id}{query}", 303, headers={"Cache-Control": "no-store"})
        verdict = await run_in_threadpool(judge_question, self._fetcher, question, root=self._root, now=self._now())
        shown = verdict.mark.id if verdict.mark else ""
        page = PageRequest("mark", shown, verdict.members(), verdict, "", {}, typed=text)
        return await answer_page_apart(request, page, self._render)


def is_own_host(request: Request, host: str | None, root: TrustRoot) -> bool:
    """Say whether a typed address is this registry's, or names none."""
    # The address by which the asker reached this reader stands for it; it is compared and never repeated.
    return host is None or host in (root.host, request.headers.get("host", ""))


def about_registry(root: TrustRoot) -> dict[str, Any]:
    """Return the answer about the registry as a whole."""
    return {
        "registry": f"https://{root.host}",
        "environment": root.content.environment,
        "log": {"origin": root.origin, "checkpoint": "/log/checkpoint"},
        "directory": "/directory/latest",
        "trust_root": "/trust/1.json",
        "trust_list": "/trust/list.jwt",
        "check": "/check?q=",
        "limits": "/limits",
        "search": "/search",
    }
