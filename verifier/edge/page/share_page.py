"""The page /s: what a link shows of a mark. Its browser opens the link and judges; without scripts the server does.

Both say the same: who is shown the mark by the link's own words, which nobody signed, and, above the verdict on the
mark, whether the name in the link fits what the body signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verifier.edge.i18n import plain, translator
from verifier.edge.page.account import Fact, account_of, banners
from verifier.edge.page.drop_words import ToldNote
from verifier.edge.page.scan_words import icons, scan_words
from verifier.edge.rendering import STATIC, data_element, render
from verifier.share import PATH

if TYPE_CHECKING:
    from verifier.edge.i18n import Translator
    from verifier.edge.share_reading import Reading

MISTAKES = ("unreadable", "other_host", "ended", "gone", "unavailable")
NAME_TONES = {"none": "plain", "fits": "good", "unfit": "bad", "unconfirmed": "open"}
_ENTRY = "share/app.js"


@dataclass(frozen=True)
class Answered:
    """What became of a link that was sent: nothing yet, a mistake of MISTAKES, or a reading."""

    mistake: str = ""
    reading: Reading | None = None
    host: str = ""


def share_page(answered: Answered, *, environment: str, lang: str) -> str:
    """Return the page."""
    t = translator(lang)
    return render(
        "share.html",
        lang=lang,
        path=PATH,
        title=t.gettext("share.title"),
        banners=banners(environment, t),
        entry=STATIC + _ENTRY,
        icons=icons(),
        words=data_element({**scan_words(t), "share": share_words(t)}),
        mistakes=[mistake_words(answered.mistake, t, host=answered.host)] if answered.mistake else [],
        read=[_shown(answered.reading, t)] if answered.reading else [],
        action=f"{PATH}?lang={lang}",
    )


def mistake_words(mistake: str, t: Translator, *, host: str = "") -> str:
    """Return why a link shows nothing, and what to do."""
    return t.gettext(f"share.mistake.{mistake}", host=plain(host))


def share_facts(reading: Reading, t: Translator) -> list[Fact]:
    """Return what a link itself says: the name where it carries one, the addressee, and until when."""
    share, zone = reading.share, reading.verdict.zone
    name = [Fact(t.gettext("share.name"), texts=(plain(share.name.value),))] if share.name else []
    return [
        *name,
        Fact(t.gettext("share.to"), texts=(plain(share.to),)),
        Fact(t.gettext("share.until"), moments=(t.last_day(share.until, zone),)),
        Fact(t.gettext("share.made"), moments=(t.moment(share.made, zone),)),
    ]


def name_note(reading: Reading, t: Translator) -> ToldNote:
    """Return how the name stands to the mark."""
    return ToldNote(t.gettext(f"share.name.{reading.name}"), NAME_TONES[reading.name])


def share_words(t: Translator) -> dict[str, Any]:
    """Return the same words for the browser that opens the link itself."""
    return {
        "labels": {
            "title": t.gettext("share.shown.title"),
            "words": t.gettext("share.shown.words"),
            "name": t.gettext("share.name"),
            "to": t.gettext("share.to"),
            "until": t.gettext("share.until"),
            "made": t.gettext("share.made"),
        },
        "last_day": t.gettext("date.last_day", day="%(day)s", zone="%(zone)s"),
        "before": t.gettext("date.before", moment="%(moment)s"),
        "names": {one: {"text": t.gettext(f"share.name.{one}"), "tone": tone} for one, tone in NAME_TONES.items()},
        "mistakes": {one: t.gettext(f"share.mistake.{one}", host="%(host)s") for one in MISTAKES},
    }


def share_message_ids() -> list[str]:
    """Return the ids that are put together here."""
    return [*(f"share.mistake.{one}" for one in MISTAKES), *(f"share.name.{one}" for one in NAME_TONES)]


def _shown(reading: Reading, t: Translator) -> dict[str, Any]:
    return {
        "facts": share_facts(reading, t),
        "note": name_note(reading, t),
        "account": account_of(reading.verdict, t),
        "mark": f"/m/{reading.share.mark}?lang={t.lang}",
    }
