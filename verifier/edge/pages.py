"""Pages: the result pages as HTML, in Japanese and English. No script, no inline style, nothing from elsewhere.

Templates hold words, marks and loops; what they show is put together in account.py and listing.py. A page is told
what to say by its arguments alone. It states that the server which sends it made the judgement: whoever does not
trust that server verifies on the own machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from verifier.directory.record import IdentifierRecord, ObjectRecord
from verifier.edge.account import Banner, Link, account_of, banners, moments
from verifier.edge.i18n import choose_language, plain, translator
from verifier.edge.limits import limits_of
from verifier.edge.listing import body_view, organisation_view
from verifier.edge.notice_page import notices_page
from verifier.edge.rendering import render
from verifier.edge.report_page import report_page
from verifier.edge.statistics_page import statistics_page
from verifier.edge.treaty_pages import agreement_page, agreements_page, recognition_page
from verifier.edge.wording import DOWNLOADS, PRINTED, problem_words
from verifier.errors import WrongUseError
from verifier.schema import read_model
from verifier.trust.trustlist import ListedBody

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verifier.edge.i18n import Translator
    from verifier.injected import Clock
    from verifier.verdict import Verdict

_COMMAND = "shirushi verify {} \\\n  --offline --bundle bundle.json \\\n  --root trust-root.json"


PageKind = Literal[
    "mark",
    "body",
    "organisation",
    "start",
    "limits",
    "recognition",
    "agreement",
    "agreements",
    "notices",
    "statistics",
    "report",
]


@dataclass(frozen=True)
class Answered:
    """When and where an answer about a body or an organisation was put together; the directory's size in entries."""

    now: int
    zone: str
    environment: str
    size: int


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
    def typed(self) -> str:
        """The text that a person gave to be checked, empty when the page was asked for by its address."""


class PageRenderer:
    """Makes a reader's pages for one registry. ``now`` gives the time that pages about bodies speak for."""

    def __init__(self, *, environment: str, zone: str, now: Clock) -> None:
        self._environment = environment
        self._zone = zone
        self._now = now

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
                record = read_model(IdentifierRecord, asked.answer["record"], what="directory record")
                answered = self._answered(asked)
                return organisation_page(record, answered, lang=lang, path=f"/o/{asked.name}")
            case "start":
                return start_page(asked.answer, lang=lang, asked_lang=asked.query.get("lang"), typed=asked.typed)
            case "limits":
                return limits_page(lang=lang)
            case "notices":
                return notices_page(asked.answer, name=asked.name, **here)
            case "statistics":
                return statistics_page(asked.answer, **here)
            case "report":
                return report_page(asked.answer, **here)
            case "recognition" | "agreement" | "agreements":
                return self._treaty(asked, lang)

    def _treaty(self, asked: Asked, lang: str) -> str:
        here = {"environment": self._environment, "zone": self._zone, "lang": lang}
        match asked.kind:
            case "recognition":
                return recognition_page(asked.answer, **here)
            case "agreement":
                return agreement_page(asked.answer, **here)
            case _:
                return agreements_page(asked.answer, day=asked.query.get("as_of", ""), **here)

    def _mark(self, asked: Asked, lang: str) -> str:
        if asked.verdict is None:
            raise WrongUseError("a mark's page needs its verdict")
        if asked.typed:
            # What was pasted need not be what the registry holds under that id: nothing of the registry's is offered.
            return mark_page(asked.verdict, lang=lang, path="/check", links={}, typed=asked.typed)
        links = mark_links(asked.name, lang)
        held = links if asked.verdict.mark else {"json": links["json"]}
        return mark_page(asked.verdict, lang=lang, path=f"/m/{asked.name}", links=held)

    def _body(self, asked: Asked, lang: str) -> str:
        record = read_model(ObjectRecord, asked.answer["record"], what="directory record")
        listed = asked.answer["listed"]
        body = read_model(ListedBody, listed, what="trust list") if listed else None
        path = f"/e/{asked.name}"
        return body_page(record, body, asked.answer["name"], self._answered(asked), lang=lang, path=path)

    def _answered(self, asked: Asked) -> Answered:
        size = asked.answer["directory"]["size"]
        return Answered(now=self._now(), zone=self._zone, environment=self._environment, size=size)


def mark_page(verdict: Verdict, *, lang: str, path: str, links: Mapping[str, str], typed: str = "") -> str:
    """Return the page of a mark.

    ``links`` gives the addresses of what can be downloaded, named as in DOWNLOADS. ``typed`` is the text that was
    judged where somebody pasted one.
    """
    t = translator(lang)
    account = account_of(verdict, t)
    holder = [one.name for one in account.holders]
    if verdict.exit_code != 0:
        # What is not valid is not printed.
        links = {name: href for name, href in links.items() if name not in PRINTED}
    code = [links["qr_svg"]] if verdict.exit_code == 0 and "qr_svg" in links else []
    return render(
        "mark.html",
        lang=lang,
        path=path,
        query={"q": typed} if typed else {},
        title=" – ".join([account.words.title, *holder]),
        banners=account.banners,
        account=account,
        code=code,
        hosts=_hosts(verdict),
        alternates=[links[name] for name in ("json",) if name in links],
        downloads=[Link(t.gettext(f"download.{name}"), links[name]) for name in DOWNLOADS if name in links],
        successors=[f"/m/{one}" for one in (verdict.successor,) if one],
        commands=[_COMMAND.format(one) for one in _files(verdict)],
        about_code=t.gettext("mark.server.pasted" if typed else "mark.server.code"),
    )


def body_page(
    record: ObjectRecord, listed: ListedBody | None, name: str | None, answered: Answered, *, lang: str, path: str
) -> str:
    """Return the page of an accredited body: who it is, for what it is accredited, until when."""
    t = translator(lang)
    view = body_view(record, listed, name, now=answered.now, zone=answered.zone, t=t)
    return _listing("body.html", view.name, view, answered, lang=lang, path=path)


def organisation_page(record: IdentifierRecord, answered: Answered, *, lang: str, path: str) -> str:
    """Return the page of an organisation: all its marks that the directory lists."""
    t = translator(lang)
    view = organisation_view(record, now=answered.now, zone=answered.zone, t=t)
    return _listing("organisation.html", view.title, view, answered, lang=lang, path=path)


def start_page(about: Mapping[str, Any], *, lang: str, asked_lang: str | None = None, typed: str = "") -> str:
    """Return the start page. ``about`` is the JSON answer; ``typed`` is a text that could not be read as a mark."""
    t = translator(lang)
    return render(
        "start.html",
        lang=lang,
        path="/",
        title=t.gettext("start.title"),
        banners=(*banners(about["environment"], t), *_fresh(about.get("notice"), lang, t)),
        host=about["registry"].removeprefix("https://"),
        typed=typed,
        mistakes=(t.gettext("start.check.unreadable"),) if typed else (),
        described_by="q-hint q-mistake" if typed else "q-hint",
        invalid="true" if typed else "false",
        chosen=[lang] if asked_lang == lang else [],
        command=_COMMAND.format("photo.jpg"),
        records=[
            Link(t.gettext("start.record.checkpoint"), about["log"]["checkpoint"]),
            Link(t.gettext("start.record.trust_root"), about["trust_root"]),
            Link(t.gettext("start.record.trust_list"), about["trust_list"]),
            Link(t.gettext("start.record.directory"), about["directory"]),
            Link(t.gettext("notices.link"), "/notices"),
            Link(t.gettext("statistics.link"), "/statistics"),
        ],
    )


def _fresh(notice: Mapping[str, Any] | None, lang: str, t: Translator) -> tuple[Banner, ...]:
    return (Banner("notice", t.gettext("notices.fresh"), plain(notice["title"][lang])),) if notice else ()


def limits_page(*, lang: str) -> str:
    """Return the page that says what cannot be proven, and what to do instead."""
    t = translator(lang)
    return render("limits.html", lang=lang, path="/limits", title=t.gettext("limits.title"), limits=limits_of(t))


def problem_page(code: str, *, lang: str, path: str, detail: str = "") -> str:
    """Return the page that stands where another could not be shown; ``code`` is that of the problem document."""
    title, explanation = problem_words(code, translator(lang))
    details = (detail,) if detail else ()
    return render(
        "problem.html", lang=lang, path=path, title=title, explanation=explanation, code=code, details=details
    )


def mark_links(mark_id: str, lang: str) -> dict[str, str]:
    """Return the addresses of everything that a registry offers for download about a mark, documents in a language."""
    return {
        "mark": f"/m/{mark_id}.jwt",
        "bundle": f"/m/{mark_id}/bundle.json",
        "tlog_proof": f"/m/{mark_id}.tlog-proof",
        "attestation": f"/m/{mark_id}/attestation.jwt",
        "json": f"/m/{mark_id}.json",
        "qr_svg": f"/m/{mark_id}/qr.svg",
        "qr_png": f"/m/{mark_id}/qr.png",
        "document": f"/verification/v1/marks/{mark_id}/certificate.pdf?lang={lang}",
        "artwork": f"/m/{mark_id}/artwork.svg",
        "artwork_pdf": f"/m/{mark_id}/artwork.pdf",
    }


def _listing(template: str, title: str, view: object, answered: Answered, *, lang: str, path: str) -> str:
    t = translator(lang)
    return render(
        template,
        lang=lang,
        path=path,
        title=title,
        banners=banners(answered.environment, t),
        view=view,
        moments=moments(answered.now, None, answered.zone, t)[:1],
        size=answered.size,
    )


def _files(verdict: Verdict) -> tuple[str, ...]:
    return (f"{verdict.mark.id}.jwt", "photo.jpg") if verdict.mark else ()


def _hosts(verdict: Verdict) -> tuple[str, ...]:
    return (verdict.mark.issuer.split("/")[2],) if verdict.mark else ()
