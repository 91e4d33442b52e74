"""Who runs this copy of the registry, and under which terms: data, privacy, accessibility, contact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from registry.reading.page_answer import PageRequest, Render, answer_page
from verifier.edge.i18n import choose_language, translator
from verifier.edge.page.legal_page import legal_sections

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from verifier.trust.root import TrustRoot


@dataclass(frozen=True)
class Imprint:
    """The operator's name and how to reach it, as its settings say; either may be empty."""

    organisation: str = ""
    contact: str = ""


class LegalNotice:
    """The handler of the page."""

    def __init__(self, imprint: Imprint, *, trust_root: TrustRoot, render: Render | None) -> None:
        self._imprint = imprint
        self._root = trust_root
        self._render = render

    def routes(self) -> list[Route]:
        """Return the route."""
        return [Route("/legal", self.legal)]

    async def legal(self, request: Request) -> Response:
        """Say what may be done with the data, what is published for how long, and whom to ask."""
        lang = choose_language(request.headers.get("accept-language", ""), request.query_params.get("lang"))
        answer: dict[str, Any] = {
            "registry": f"https://{self._root.host}",
            "organisation": self._imprint.organisation or None,
            "contact": self._imprint.contact or None,
            "language": lang,
            "sections": [one.members() for one in legal_sections(translator(lang))],
        }
        return answer_page(request, PageRequest("legal", "", answer, None, "", {}), self._render)
