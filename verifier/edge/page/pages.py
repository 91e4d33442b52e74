"""Pages: which page answers which question, in Japanese and English. No inline style, nothing from elsewhere.

Each page has a module of its own. Templates hold words, marks and loops; a page is told what to say by its arguments
alone: mostly by the same JSON answer that programs get.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol

from verifier.directory.record import IdentifierRecord, ObjectRecord
from verifier.edge.i18n import choose_language, translator
from verifier.edge.page.bodies_page import bodies_page
from verifier.edge.page.corridor_page import agreements_page
from verifier.edge.page.explore_pages import consistency_page, entry_page, explore_page
from verifier.edge.page.front_pages import limits_page, start_page
from verifier.edge.page.guide_page import guide_page
from verifier.edge.page.key_page import key_page
from verifier.edge.page.legal_page import legal_page
from verifier.edge.page.listing_pages import Answered, body_page, organisation_absent_page, organisation_page
from verifier.edge.page.mark_page import mark_links, mark_page
from verifier.edge.page.notice_page import notices_page
from verifier.edge.page.programme_view import eligible_programmes
from verifier.edge.page.report_page import report_page
from verifier.edge.page.sandbox_page import sandbox_page
from verifier.edge.page.scheme_pages import scheme_page, schemes_page
from verifier.edge.page.statistics_page import statistics_page
from verifier.edge.page.treaty_pages import agreement_page, recognition_page
from verifier.errors import WrongUseError
from verifier.programme import shipped_programmes
from verifier.schema import read_model
from verifier.trust.trustlist import ListedBody

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.injected import Clock
    from verifier.programme import Programme
    from verifier.verdict import Verdict

PageKind = Literal[
    "mark",
    "body",
    "organisation",
    "organisation_absent",
    "start",
    "limits",
    "notices",
    "agreements",
    "recognition",
    "agreement",
    "statistics",
    "report",
    "bodies",
    "schemes",
    "scheme",
    "explore",
    "entry",
    "consistency",
    "legal",
    "guide",
    "key",
    "sandbox",
]


class AnswerPage(Protocol):
    """Makes a page out of a JSON answer and nothing else."""

    def __call__(self, answer: dict[str, Any], *, environment: str, zone: str, lang: str) -> str:
        """Return the page."""


_OF_ANSWERS: dict[PageKind, AnswerPage] = {
    "recognition": recognition_page,
    "agreement": agreement_page,
    "agreements": agreements_page,
    "statistics": statistics_page,
    "report": report_page,
    "bodies": bodies_page,
    "schemes": schemes_page,
    "scheme": scheme_page,
    "explore": explore_page,
    "entry": entry_page,
    "consistency": consistency_page,
    "legal": legal_page,
    "guide": guide_page,
    "key": key_page,
    "sandbox": sandbox_page,
}


class Asked(Protocol):
    """What a reader asks a page for. ``language`` is the asker's Accept-Language, ``answer`` the JSON answer."""

    @property
    def kind(self) -> PageKind:
        """What it is about."""

    @property
    def name(self) -> str:
        """The last part of the path: mark id, body number or identifier; empty where there is none."""

    @property
    def answer(self) -> dict[str, Any]:
        """The members of the JSON answer."""

    @property
    def verdict(self) -> Verdict | None:
        """The verdict, of a mark only."""

    @property
    def language(self) -> str:
        """The Accept-Language header."""

    @property
    def query(self) -> dict[str, str]:
        """The query's members."""

    @property
    def beside(self) -> dict[str, Any]:
        """What the page tells and the JSON answer does not: around a mark its history and its equivalents.

        Of an organisation, ``listed`` is what a proven directory lists for it.
        """

    @property
    def typed(self) -> str:
        """The text that a person gave to be checked, empty when the page was asked for by its address."""


class PageRenderer:
    """Makes a reader's pages for one registry. ``now`` gives the time that pages about bodies speak for.

    ``programmes`` gives those that are at hand; by default the illustrative ones that come with the product.
    """

    def __init__(
        self,
        *,
        environment: str,
        zone: str,
        now: Clock,
        programmes: Callable[[], tuple[Programme, ...]] = shipped_programmes,
    ) -> None:
        self._environment = environment
        self._zone = zone
        self._now = now
        self._programmes = programmes

    def __call__(self, asked: Asked) -> str:
        """Return the page. Raises EvidenceError when the answer is not what this version knows."""
        lang = choose_language(asked.language, asked.query.get("lang"))
        here = {"environment": self._environment, "zone": self._zone, "lang": lang}
        match asked.kind:
            case "mark":
                return self._mark(asked, lang)
            case "body":
                return self._body(asked, lang)
            case "organisation":
                return self._organisation(asked, lang)
            case "organisation_absent":
                return self._absent(asked, lang)
            case "start":
                return start_page(asked.answer, lang=lang, asked_lang=asked.query.get("lang"), typed=asked.typed)
            case "limits":
                return limits_page(lang=lang)
            case "notices":
                return notices_page(asked.answer, name=asked.name, **here)
            case kind:
                return _OF_ANSWERS[kind](asked.answer, **here)

    def _mark(self, asked: Asked, lang: str) -> str:
        if asked.verdict is None:
            raise WrongUseError("a mark's page needs its verdict")
        verdict, at_hand = asked.verdict, self._programmes()
        if asked.typed:
            # What was pasted need not be what the registry holds under that id: nothing of the registry's is offered.
            around = {"dropped": asked.beside.get("dropped", {})}
            typed = asked.typed
            return mark_page(
                verdict, lang=lang, path="/check", links={}, typed=typed, around=around, programmes=at_hand
            )
        links = mark_links(asked.name, lang)
        held = links if verdict.mark else {"json": links["json"]}
        path = f"/m/{asked.name}"
        return mark_page(verdict, lang=lang, path=path, links=held, around=asked.beside, programmes=at_hand)

    def _organisation(self, asked: Asked, lang: str) -> str:
        record = read_model(IdentifierRecord, asked.answer["record"], what="directory record")
        answered, listed = self._answered(asked), asked.beside.get("listed")
        # Where the directory could not be proven, nothing is said of programmes.
        told = [eligible_programmes(self._programmes(), listed, answered, t=translator(lang))] if listed else []
        return organisation_page(record, answered, lang=lang, path=f"/o/{asked.name}", eligible=told)

    def _absent(self, asked: Asked, lang: str) -> str:
        listed = asked.beside["listed"]
        answered = Answered(now=self._now(), zone=self._zone, environment=self._environment, size=listed.size)
        return organisation_absent_page(listed, answered, lang=lang, path=f"/o/{asked.name}")

    def _body(self, asked: Asked, lang: str) -> str:
        record = read_model(ObjectRecord, asked.answer["record"], what="directory record")
        listed = asked.answer["listed"]
        body = read_model(ListedBody, listed, what="trust list") if listed else None
        path = f"/e/{asked.name}"
        return body_page(record, body, asked.answer["name"], self._answered(asked), lang=lang, path=path)

    def _answered(self, asked: Asked) -> Answered:
        size = asked.answer["directory"]["size"]
        return Answered(now=self._now(), zone=self._zone, environment=self._environment, size=size)
