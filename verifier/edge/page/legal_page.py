"""The page of terms: use of the data, privacy with its periods and erasure, accessibility, and whom to ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verifier.edge.i18n import plain, translator
from verifier.edge.page.account import Fact, Link, banners
from verifier.edge.rendering import render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verifier.edge.i18n import Translator

SECTIONS = {
    "data": ("free", "copy", "present", "warranty"),
    "privacy": ("published", "private", "persons", "visits", "forms"),
    "periods": ("log", "names", "reports", "checks"),
    "erasure": ("who", "what", "proof"),
    "accessibility": ("aim", "tested", "alternatives", "gaps"),
}
"""The points of each section, in order; section names are kept, links lead to them."""


@dataclass(frozen=True)
class Section:
    """A section: its name, which is its element's id, its title and its points."""

    name: str
    title: str
    points: tuple[str, ...]

    def members(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {"name": self.name, "title": self.title, "points": list(self.points)}


def legal_sections(t: Translator) -> list[Section]:
    """Return the sections in one language."""
    return [
        Section(
            name,
            t.gettext(f"legal.{name}.title"),
            tuple(t.gettext(f"legal.{name}.{point}") for point in points),
        )
        for name, points in SECTIONS.items()
    ]


def legal_page(answer: Mapping[str, Any], *, environment: str, zone: str, lang: str) -> str:
    """Return the page."""
    t = translator(lang)
    return render(
        "legal.html",
        lang=lang,
        path="/legal",
        title=t.gettext("legal.title"),
        banners=banners(environment, t),
        sections=legal_sections(t),
        facts=_facts(answer, t),
    )


def legal_message_ids() -> list[str]:
    """Return the message ids that are put together out of codes."""
    return [f"legal.{name}.{part}" for name, points in SECTIONS.items() for part in ("title", *points)]


def _facts(answer: Mapping[str, Any], t: Translator) -> list[Fact]:
    organisation, contact = plain(answer["organisation"] or ""), plain(answer["contact"] or "")
    none = t.gettext("legal.contact.none")
    return [
        Fact(t.gettext("legal.operator"), texts=(organisation or none,)),
        Fact(t.gettext("legal.registry"), texts=(answer["registry"],)),
        Fact(t.gettext("legal.contact"), texts=() if _link(contact) else (contact or none,), links=_link(contact)),
    ]


def _link(contact: str) -> tuple[Link, ...]:
    if contact.startswith("https://"):
        return (Link(contact, contact),)
    return (Link(contact, f"mailto:{contact}"),) if "@" in contact and " " not in contact else ()
