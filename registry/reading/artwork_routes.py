"""Artwork and badges, drawn when they are asked for: what is printed says its last month, what is embedded says today.

Only a valid mark has artwork. A badge is never cached: an embedding page shows what the registry says now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from registry.reading.judging import judge_id
from registry.treaty.reading import recognition_answer
from registry.verification.judging_threads import judged
from verifier.dates import last_valid_day
from verifier.edge.drawing.artwork import Artwork, Style, artwork_svg, badge_svg
from verifier.edge.drawing.mark_artwork import SAMPLE, mark_artwork
from verifier.edge.drawing.typesetting import artwork_pdf
from verifier.edge.i18n import choose_language, plain, translator
from verifier.edge.page.account import scheme_words
from verifier.edge.page.embed import is_listed_site, site_of
from verifier.errors import RefusedError, WrongUseError
from verifier.gather import gather
from verifier.markid import normalise_mark_id
from verifier.names import recognition_uri
from verifier.tier import parse_tier

if TYPE_CHECKING:
    from starlette.requests import Request

    from verifier.edge.i18n import Translator
    from verifier.gather import Fetcher
    from verifier.injected import Clock
    from verifier.trust.root import TrustRoot
    from verifier.verdict import Verdict

SVG = "image/svg+xml"
PDF = "application/pdf"


class ArtworkReader:
    """The handlers over one published plane."""

    def __init__(self, fetcher: Fetcher, *, trust_root: TrustRoot, now: Clock) -> None:
        self._fetcher = fetcher
        self._root = trust_root
        self._now = now

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/badge/{id}.svg", self.badge),
            Route("/m/{id}/artwork.svg", self.issued),
            Route("/m/{id}/artwork.pdf", self.issued_pdf),
            Route("/r/{id}/artwork.svg", self.recognised),
            Route("/r/{id}/artwork.pdf", self.recognised_pdf),
        ]

    async def badge(self, request: Request) -> Response:
        """Draw what the registry says of a mark now."""
        mark_id = normalise_mark_id(request.path_params["id"])
        verdict = await run_in_threadpool(self._verdict, mark_id)
        lang = choose_language(request.headers.get("accept-language", ""), request.query_params.get("lang"))
        t = translator(lang)
        shown = verdict.mark
        scheme = scheme_words(shown.scheme, t) if shown else ""
        until = self._month(shown.exp) if shown else ""
        image = badge_svg(verdict, t, scheme=scheme, until=until, warning=self._warning(request, verdict, t))
        response = _drawn(image)
        response.headers["Vary"] = "Accept-Language, Referer"
        return response

    async def issued(self, request: Request) -> Response:
        """Draw a valid mark's artwork."""
        artwork, _ = await self._of_mark(request)
        return _drawn(artwork_svg(artwork, style=_style(request)))

    async def issued_pdf(self, request: Request) -> Response:
        """Draw a valid mark's artwork as PDF."""
        return await self._printed(*await self._of_mark(request), _style(request))

    async def recognised(self, request: Request) -> Response:
        """Draw the artwork of a recognised certificate, which never looks like that of an issued mark."""
        artwork, _ = await self._of_recognition(request)
        return _drawn(artwork_svg(artwork, style=_style(request)))

    async def recognised_pdf(self, request: Request) -> Response:
        """Draw the artwork of a recognised certificate as PDF."""
        return await self._printed(*await self._of_recognition(request), _style(request))

    async def _printed(self, artwork: Artwork, at: int, style: Style) -> Response:
        svg, title = artwork_svg(artwork, style=style), f"{artwork.title} {artwork.number}"
        return _drawn(await judged(artwork_pdf, svg, title=title, host=artwork.host, at=at), media_type=PDF)

    async def _of_mark(self, request: Request) -> tuple[Artwork, int]:
        """Return what is drawn of a mark, and from when on it is valid."""
        mark_id = normalise_mark_id(request.path_params["id"])
        verdict = await run_in_threadpool(self._verdict, mark_id)
        if verdict.exit_code != 0 or verdict.mark is None:
            raise RefusedError(f"only a valid mark has artwork; this one is {verdict.headline.value}")
        seal = (await run_in_threadpool(gather, self._fetcher, mark_id)).seal
        return mark_artwork(verdict, seal, host=self._root.host), verdict.mark.nbf

    async def _of_recognition(self, request: Request) -> tuple[Artwork, int]:
        """Return what is drawn of a recognition, and when it was recorded."""
        label = normalise_mark_id(request.path_params["id"])
        answer = await run_in_threadpool(recognition_answer, self._fetcher, self._root, label, now=self._now())
        if answer["state"] != "recognised":
            raise RefusedError(f"only what is recognised now has artwork; this is {answer['state']}")
        tier, receipt = parse_tier(answer["tier"]), answer["receipt"]
        title, latin = (translator(lang).gettext("recognition.equivalent") for lang in ("ja", "en"))
        drawn = Artwork(
            form="recognised",
            level=tier.level,
            scheme=f"{answer['scheme_label']['en']}, {receipt['foreign_level']}",
            title=f"★{tier.level} {title}",
            title_latin=latin,
            until=f"有効期限 / until {self._month(answer['until'])}",
            number=answer["agreement"].rpartition("/")[2],
            host=self._root.host,
            code=recognition_uri(self._root.host, label),
            sample=SAMPLE if self._root.content.environment == "sandbox" else "",
        )
        return drawn, answer["recorded"]

    def _verdict(self, mark_id: str) -> Verdict:
        return judge_id(self._fetcher, mark_id, root=self._root, now=self._now())

    def _warning(self, request: Request, verdict: Verdict, t: Translator) -> str:
        """Return what is told where the page that shows the badge is none of the holder's sites.

        It is looked at and not kept; browsers tell the site alone, and nothing where a page wishes so.
        """
        site = site_of(request.headers.get("referer", ""))
        domains = verdict.mark.domains if verdict.mark else ()
        own = (self._root.host, site_of(f"//{request.headers.get('host', '')}"))
        if not site or not domains or site in own or is_listed_site(site, domains):
            return ""
        return t.gettext("embed.other_site", site=plain(site))

    def _month(self, exp: int) -> str:
        return f"{last_valid_day(exp, self._root.content.zone):%Y-%m}"


def _style(request: Request) -> Style:
    wanted = request.query_params.get("style", "colour")
    known: dict[str, Literal["colour", "mono", "reverse"]] = {
        "colour": "colour",
        "mono": "mono",
        "reverse": "reverse",
    }
    if wanted not in known:
        raise WrongUseError(f"artwork has no style {wanted[:20]!r}", hint="Use colour, mono or reverse.")
    return known[wanted]


def _drawn(image: bytes, *, media_type: str = SVG) -> Response:
    headers = {
        "Cache-Control": "no-cache",
        "Vary": "Accept-Language",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if media_type == SVG:
        # A drawing can hold scripts. On a PDF the policy would stop the viewers that browsers have.
        headers["Content-Security-Policy"] = "default-src 'none'"
    return Response(image, media_type=media_type, headers=headers)
