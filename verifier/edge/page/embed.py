"""What other pages embed: the module of the element ``<shirushi-mark>`` and the oEmbed answer (oEmbed 1.0) of a mark.

Both repeat what the registry says now. The answer for oEmbed holds a link and the badge, a picture, so whoever embeds
it runs nothing of ours; no page of ours may be framed.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

from verifier.edge.i18n import LANGUAGES, translator
from verifier.edge.page.account import scheme_words
from verifier.edge.page.wording import headline_appearance
from verifier.edge.rendering import static_file
from verifier.scheme.shipped import shipped_packs
from verifier.verdict import Headline

if TYPE_CHECKING:
    from collections.abc import Iterable

    from verifier.edge.i18n import Translator

MODULE = "/embed.js"
OEMBED = "/oembed"
BADGE_HEIGHT = 48
_MODULE = "embed/mark.js"


@cache
def embed_module(host: str) -> bytes:
    """Return the module, with the registry's name and its words in every language."""
    words = {"host": host, **{lang: _words(translator(lang)) for lang in LANGUAGES}}
    # In a script of its own nothing can end early; the two separators of lines are written as escapes.
    said = json.dumps(words, ensure_ascii=True, sort_keys=True)
    return f"const WORDS = {said};\n\n".encode() + static_file(_MODULE)[0]


def oembed_answer(host: str, mark_id: str, *, title: str, lang: str, width: int) -> dict[str, Any]:
    """Return the oEmbed answer about a mark's page: a link with the badge; ``width`` is the badge's in pixels."""
    at = f"https://{host}"
    page, badge = f"{at}/m/{mark_id}", f"{at}/badge/{mark_id}.svg?lang={lang}"
    image = f'<img src={quoteattr(badge)} alt={quoteattr(title)} width="{width}" height="{BADGE_HEIGHT}">'
    return {
        "version": "1.0",
        "type": "rich",
        "provider_name": translator(lang).gettext("page.site"),
        "provider_url": at,
        "title": title,
        "html": f"<a href={quoteattr(page)}>{image}</a>",
        "width": width,
        "height": BADGE_HEIGHT,
        "cache_age": 300,
    }


def site_of(address: str) -> str:
    """Return the host that an address names, empty where it names none or is no address."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        # Whoever asks may send anything as the address of their page.
        return ""


def is_listed_site(site: str, domains: Iterable[str]) -> bool:
    """Say whether a site is one of the domains or lies below one."""
    return any(site == one or site.endswith(f".{one}") for one in domains)


def _words(t: Translator) -> dict[str, Any]:
    return {
        "headlines": {headline.value: _headline(headline, t) for headline in Headline},
        "other_host": {"title": t.gettext("embed.other_host"), "tone": "bad"},
        "no_mark": {"title": t.gettext("embed.no_mark"), "tone": "bad"},
        "not_confirmed": _headline(Headline.NOT_CONFIRMED, t),
        "other_site": t.gettext("embed.other_site"),
        "checked_at": t.gettext("embed.checked_at"),
        "schemes": {pack.scheme: scheme_words(pack.scheme, t) for pack in shipped_packs()},
    }


def _headline(headline: Headline, t: Translator) -> dict[str, str]:
    title = t.gettext(f"headline.{headline.value}.title")
    return {"title": title, "tone": headline_appearance(headline).tone.partition("-")[0]}
