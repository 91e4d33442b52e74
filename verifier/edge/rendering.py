"""Rendering: a template in one language, the links to the other ones, and the files that pages refer to."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from verifier.edge.i18n import LANGUAGES, translator
from verifier.encoding import canonical, digest
from verifier.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable

STATIC = "/static/"
_STYLE = "style.css"
SIGN = "scan/sign.svg"
"""Browsers show it beside a page's title; as a program on a phone, /verify has it too."""


@dataclass(frozen=True)
class LanguageLink:
    """A way to the same page in another language."""

    lang: str
    name: str
    href: str
    current: Literal["true", "false"]


def static_file(name: str) -> tuple[bytes, str]:
    """Return a file that pages refer to, and its media type. Raises NotFoundError."""
    place: Traversable | None = resources.files("verifier.edge").joinpath("static")
    for part in name.split("/"):
        inside = place.iterdir() if place is not None and place.is_dir() else ()
        place = next((one for one in inside if one.name == part), None)
    if place is None or not place.is_file():
        raise NotFoundError("pages have no such file")
    # What a module is called depends on the machine; browsers run nothing under another type.
    kind = "text/javascript" if name.endswith(".js") else mimetypes.guess_type(name)[0]
    return place.read_bytes(), kind or "application/octet-stream"


def render(template: str, *, lang: str, path: str, query: Mapping[str, str] | None = None, **context: object) -> str:
    """Return the page. ``path`` is its own address, ``query`` what belongs to it beside the language."""
    # Paths come from whoever asks: one like //elsewhere would lead away.
    here = "/" + quote(path.lstrip("/"))
    languages = [
        LanguageLink(
            code, name, f"{here}?{urlencode({**(query or {}), 'lang': code})}", "true" if code == lang else "false"
        )
        for code, name in LANGUAGES.items()
    ]
    page = {
        "banners": (),
        "alternates": (),
        "referrer": "no-referrer",
        **context,
        "lang": lang,
        "languages": languages,
        "style": style_address(),
        "sign": STATIC + SIGN,
    }
    return _templates(lang).get_template(template).render(page)


@cache
def style_address() -> str:
    """Return the address of the style sheet."""
    # The digest in the address lets a reader tell browsers to keep the file for ever.
    return f"{STATIC}{_STYLE}?v={digest(static_file(_STYLE)[0])[:12]}"


def data_element(value: object) -> Markup:
    """Return JSON as it stands inside an element of data, where nothing is unescaped."""
    # What could end the element is written as an escape of JSON.
    return Markup(canonical(value).decode().replace("<", "\\u003c").replace("&", "\\u0026"))


@cache
def _templates(lang: str) -> Environment:
    t = translator(lang)
    environment = Environment(
        loader=PackageLoader("verifier.edge"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def text(message_id: str, **values: str) -> Markup:
        return escape(t.gettext(message_id)) % values if values else escape(t.gettext(message_id))

    environment.globals["_"] = text
    return environment
