"""What other pages embed: the module of the element, and the oEmbed endpoint that finds the badge of a mark's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from registry.reading.front_door import is_own_host
from registry.reading.judging import judge_id
from registry.reading.static_files import JSON, Served, serve
from registry.web.problems import http_problem
from verifier.edge.drawing.artwork import badge_width
from verifier.edge.i18n import choose_language, translator
from verifier.edge.page.embed import MODULE, OEMBED, embed_module, oembed_answer, site_of
from verifier.edge.question import question_of_text
from verifier.encoding import canonical
from verifier.errors import NotFoundError, WrongUseError
from verifier.verdict import Headline

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from verifier.gather import Fetcher
    from verifier.injected import Clock
    from verifier.trust.root import TrustRoot


class Embedding:
    """The handlers over one published plane."""

    def __init__(self, fetcher: Fetcher, *, trust_root: TrustRoot, now: Clock) -> None:
        self._fetcher = fetcher
        self._root = trust_root
        self._now = now

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [Route(MODULE, self.module), Route(OEMBED, self.oembed)]

    async def module(self, request: Request) -> Response:
        """Serve the module of the element, for pages of any origin."""
        return serve(request, embed_module(self._root.host), Served("text/javascript", "no-cache"))

    async def oembed(self, request: Request) -> Response:
        """Answer for the address of a mark's page. Raises NotFoundError for any other address and for no mark."""
        query = request.query_params
        if query.get("format", "json") != "json":
            return http_problem(self._root.host, 501, "only JSON is answered")
        try:
            question = question_of_text(query.get("url", "")[:400])
        except WrongUseError as error:
            raise NotFoundError(
                "this is no address of a mark", hint="Give url=, the address of a mark's page."
            ) from error
        if (
            question.mark_id is None
            or not site_of(query.get("url", ""))
            or not is_own_host(request, question.host, self._root)
        ):
            raise NotFoundError("this is no address of a mark of this registry")
        verdict = await run_in_threadpool(judge_id, self._fetcher, question.mark_id, root=self._root, now=self._now())
        if verdict.headline is Headline.NOT_FOUND:
            raise NotFoundError("there is no such mark")
        lang = choose_language(request.headers.get("accept-language", ""), query.get("lang"))
        title = translator(lang).gettext(f"headline.{verdict.headline.value}.title")
        width = badge_width(verdict, translator(lang))
        asked = query.get("maxwidth", "")
        if asked.isdecimal() and len(asked) < 6:
            width = max(min(width, int(asked)), 1)
        answer = oembed_answer(self._root.host, question.mark_id, title=title, lang=lang, width=width)
        return serve(request, canonical(answer), Served(JSON, "no-cache"))
