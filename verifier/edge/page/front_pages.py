"""The start page, the page of limits, and the page that stands where another could not be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.edge.i18n import plain, translator
from verifier.edge.page.account import Banner, Link, banners
from verifier.edge.page.drop_words import why_words
from verifier.edge.page.follow_page import FOLLOW
from verifier.edge.page.limits import limits_of
from verifier.edge.page.wording import problem_words
from verifier.edge.rendering import STATIC, render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verifier.edge.i18n import Translator

_COMMAND = "shirushi verify photo.jpg \\\n  --offline --bundle bundle.json \\\n  --root trust-root.json"


def start_page(about: Mapping[str, Any], *, lang: str, asked_lang: str | None = None, typed: str = "") -> str:
    """Return the start page. ``about`` is the JSON answer; ``typed`` is a text that could not be read as a mark."""
    t = translator(lang)
    told = why_words(about["why"], t) if "why" in about else ""
    is_file = bool(told) and not typed
    return render(
        "start.html",
        lang=lang,
        path="/",
        title=t.gettext("start.title"),
        banners=(*banners(about["environment"], t), *_fresh(about.get("notice"), lang, t)),
        host=about["registry"].removeprefix("https://"),
        typed=typed,
        mistakes=(told or t.gettext("start.check.unreadable"),) if typed else (),
        file_mistakes=(told,) if is_file else (),
        file_described_by="file-sent file-hint file-mistake" if is_file else "file-sent file-hint",
        entry=STATIC + "scan/hand_over.js",
        described_by="q-hint q-mistake" if typed else "q-hint",
        invalid="true" if typed else "false",
        chosen=[lang] if asked_lang == lang else [],
        command=_COMMAND,
        ways=[
            Link(t.gettext("guide.link"), "/start"),
            Link(t.gettext("search.link"), "/search"),
            Link(t.gettext("bodies.link"), "/bodies"),
            Link(t.gettext("schemes.link"), "/schemes"),
            Link(t.gettext("agreements.title"), "/a"),
            Link(t.gettext("explore.link"), "/explore"),
            Link(t.gettext("statistics.link"), "/statistics"),
            Link(t.gettext("notices.link"), "/notices"),
        ],
        records=[
            Link(t.gettext("start.record.checkpoint"), about["log"]["checkpoint"]),
            Link(t.gettext("start.record.trust_root"), about["trust_root"]),
            Link(t.gettext("start.record.trust_list"), about["trust_list"]),
            Link(t.gettext("start.record.directory"), about["directory"]),
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
        "problem.html",
        lang=lang,
        path=path,
        title=title,
        explanation=explanation,
        code=code,
        details=details,
        # Whoever looks for the own number and finds nothing may want to know when that changes.
        follows=[f"{FOLLOW}?lang={lang}"] if code == "not_found" and not path.startswith(FOLLOW) else [],
    )
