"""The guide for suppliers, in plain words: from "my customer asks for a star" to "the application is sent"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verifier.edge.i18n import translator
from verifier.edge.page.account import Link, Stars, banners, stars
from verifier.edge.rendering import render
from verifier.edge.scheme_text import ISSUERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verifier.edge.i18n import Translator

PREPARE = ("read", "workbook", "gaps", "evidence", "leader")
APPLY = ("choose", "confirm", "send", "evaluate", "registered")
AFTER = ("use", "yearly", "renew", "change")


@dataclass(frozen=True)
class TierChoice:
    """A tier that can be applied for."""

    stars: Stars
    method: str
    points: tuple[str, ...]


@dataclass(frozen=True)
class SchemeChoice:
    """A scheme with its tiers; ``name`` is an element's id."""

    name: str
    label: str
    criteria: Link
    tiers: tuple[TierChoice, ...]


def guide_page(answer: Mapping[str, Any], *, environment: str, zone: str, lang: str) -> str:
    """Return the page."""
    t = translator(lang)
    return render(
        "guide.html",
        lang=lang,
        path="/start",
        title=t.gettext("guide.title"),
        banners=banners(environment, t),
        schemes=[_scheme(one, t) for one in answer["schemes"]],
        prepare=[t.gettext(f"guide.prepare.{one}") for one in PREPARE],
        apply=[t.gettext(f"guide.apply.{one}") for one in APPLY],
        after=[t.gettext(f"guide.after.{one}") for one in AFTER],
        bodies=t.ngettext("guide.bodies", answer["active_bodies"]),
        command="shirushi readiness workbook.xlsx",
    )


def guide_message_ids() -> list[str]:
    """Return the message ids that are put together out of codes."""
    parts = {"prepare": PREPARE, "apply": APPLY, "after": AFTER}
    return [f"guide.{part}.{one}" for part, names in parts.items() for one in names]


def _scheme(one: Mapping[str, Any], t: Translator) -> SchemeChoice:
    return SchemeChoice(
        name=one["scheme"],
        label=one["label"][t.lang],
        criteria=Link(t.gettext("guide.criteria", version=one["version"]), one["address"]),
        tiers=tuple(_tier(tier, t) for tier in one["tiers"]),
    )


def _tier(tier: Mapping[str, Any], t: Translator) -> TierChoice:
    return TierChoice(
        stars=stars(tier["level"], tier["basis"], t),
        method=tier["method"][t.lang],
        points=(
            t.ngettext("schemes.requirements", tier["requirements"]),
            t.gettext("guide.term", months=str(tier["term_months"])),
            f"{t.gettext('schemes.issuer')}: {ISSUERS[tier['issuer']].in_(t.lang)}",
        ),
    )
