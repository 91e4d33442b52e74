"""The pages under /follow: being told by mail what is listed under a number. All of them work without scripts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.edge.i18n import plain, translator
from verifier.edge.page.account import Link, banners
from verifier.edge.rendering import render
from verifier.errors import MarkError
from verifier.identifier import parse_identifier

if TYPE_CHECKING:
    from verifier.edge.i18n import Translator

FOLLOW = "/follow"
CONFIRM, END = f"{FOLLOW}/confirm/", f"{FOLLOW}/end/"
STEPS = ("ask", "no_mail", "sent", "confirm", "confirmed", "end", "ended", "gone")
MISTAKES = ("number", "address", "too_many", "unavailable")
_TYPED = ("number", "address")


@dataclass(frozen=True)
class Following:
    """Which step it is, what was typed, and what came of it; ``code`` is that of the link in a letter.

    The step ``no_mail`` stands in the place of ``ask`` where the registry sends no e-mail.
    """

    step: str
    number: str = ""
    address: str = ""
    mistake: str = ""
    code: str = ""
    until: int = 0


def follow_page(shown: Following, *, host: str, environment: str, zone: str, lang: str) -> str:
    """Return the page of one step."""
    t, step = translator(lang), shown.step
    number = plain(shown.number)
    return render(
        "follow.html",
        lang=lang,
        path=f"{CONFIRM if step == 'confirm' else END}{shown.code}" if shown.code else FOLLOW,
        # The browser tells the form's origin only where it may name the page.
        referrer="no-referrer" if shown.code else "same-origin",
        title=t.gettext(f"follow.{step}.title"),
        text=t.gettext(f"follow.{step}.text"),
        banners=banners(environment, t),
        mistakes=[(_heading(shown.mistake, t), t.gettext(f"follow.mistake.{shown.mistake}"))] if shown.mistake else [],
        described_by="follow-mistake" if shown.mistake else "address-hint",
        forms=[{"number": number, "address": plain(shown.address)}] if step == "ask" else [],
        action=f"{FOLLOW}?lang={lang}",
        buttons=_buttons(shown, t),
        facts=[(number, t.moment(shown.until, zone))] if step == "confirmed" else [],
        ways=[Link(t.gettext("follow.standing"), f"/o/{number}?lang={lang}")] if step == "confirmed" else [],
        agains=[f"{FOLLOW}?lang={lang}"] if step in ("gone", "ended") else [],
        means=[] if step == "no_mail" else [t.gettext("follow.means.text")],
        feeds=[_feeds(shown, host, t)] if step in ("ask", "no_mail") else [],
    )


def follow_message_ids() -> list[str]:
    """Return the ids that are put together here."""
    return [
        *(f"follow.{step}.{part}" for step in STEPS for part in ("title", "text")),
        *(f"follow.{step}.button" for step in ("confirm", "end")),
        *(f"follow.mistake.{one}" for one in MISTAKES),
    ]


def _heading(mistake: str, t: Translator) -> str:
    return t.gettext("start.check.mistake" if mistake in _TYPED else "follow.mistake.title")


def _feeds(shown: Following, host: str, t: Translator) -> list[str]:
    try:
        number = str(parse_identifier(shown.number))
    except MarkError:
        number = t.gettext("follow.feed.number")
    return [f"https://{host}/portal/v1/numbers/{number}/feed.{form}" for form in ("atom", "json")]


def _buttons(shown: Following, t: Translator) -> list[Link]:
    if not shown.code:
        return []
    address = f"{CONFIRM if shown.step == 'confirm' else END}{shown.code}?lang={t.lang}"
    return [Link(t.gettext(f"follow.{shown.step}.button"), address)]
