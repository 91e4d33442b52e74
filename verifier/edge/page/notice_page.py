"""The page of notices: what the authority tells the public, newest first, as plain text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verifier.edge.i18n import plain, translator
from verifier.edge.page.account import banners
from verifier.edge.page.report_page import plain_lines
from verifier.edge.rendering import render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verifier.edge.i18n import Moment


@dataclass(frozen=True)
class NoticeView:
    """A notice in words: its paragraphs are text, whatever marks stand in them."""

    href: str
    title: str
    moment: Moment
    paragraphs: tuple[str, ...]
    entry: str


def notices_page(answer: Mapping[str, Any], *, name: str, environment: str, zone: str, lang: str) -> str:
    """Return the page of all notices, or of one and its earlier versions where ``name`` is its id."""
    t = translator(lang)
    views = [
        NoticeView(
            href=f"/n/{one['id']}",
            title=plain(one["title"][lang]),
            moment=t.moment(one["at"], zone),
            paragraphs=tuple(plain_lines(part.strip()) for part in one["text"][lang].split("\n\n")[1:]) or ("",),
            entry=str(one["index"]),
        )
        for one in answer["notices"]
    ]
    return render(
        "notices.html",
        lang=lang,
        path=f"/n/{name}" if name else "/notices",
        title=views[0].title if name else t.gettext("notices.title"),
        banners=banners(environment, t),
        views=views,
        size=str(answer["size"]),
        alternates=[] if name else ["/notices.json"],
    )
