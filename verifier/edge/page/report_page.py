"""The page with the form for reports of misuse, and the one that tells the number of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.edge.i18n import plain, translator
from verifier.edge.page.account import Link, banners
from verifier.edge.rendering import render

if TYPE_CHECKING:
    from collections.abc import Mapping

MISTAKES = ("empty", "too_long")


def report_page(answer: Mapping[str, Any], *, environment: str, zone: str, lang: str) -> str:
    """Return the page: the form, what came of it, or where the form is."""
    t = translator(lang)
    given, reference, mistake = answer["given"], answer["reference"], answer["mistake"]
    is_open = answer["takes"] and not reference
    return render(
        "report.html",
        lang=lang,
        path="/report",
        # The browser tells the form's origin only where it may name the page.
        referrer="same-origin",
        title=t.gettext("report.received.title" if reference else "report.title"),
        banners=banners(environment, t),
        references=[(reference, t.moment(answer["received"], zone))] if reference else [],
        forms=[{name: plain_lines(text) for name, text in given.items()}] if is_open else [],
        elsewhere=[] if answer["takes"] else [Link(answer["form"], answer["form"])],
        mistakes=[t.gettext(f"report.mistake.{mistake}")] if mistake else [],
        described_by="text-hint text-mistake" if mistake else "text-hint",
        invalid="true" if mistake else "false",
        longest={name: str(number) for name, number in answer["longest"].items()},
        action=f"/report?lang={lang}",
    )


def plain_lines(text: str) -> str:
    """Return text of others in its lines, without what steers terminals or turns the reading direction."""
    return "\n".join(plain(line) for line in text.splitlines())


def report_message_ids() -> tuple[str, ...]:
    """Return the message ids that are put together out of codes."""
    return tuple(f"report.mistake.{one}" for one in MISTAKES)
