"""What stands around every page of a console: its headers, its menu, who is signed in, what was just told."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from verifier.edge.console.people import ADMIN
from verifier.edge.error_words import error_words
from verifier.edge.i18n import translator
from verifier.edge.rendering import STATIC, static_file
from verifier.encoding import digest
from verifier.errors import MarkError

if TYPE_CHECKING:
    from verifier.edge.console.visit import Visit
    from verifier.edge.i18n import Translator

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' blob:; script-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PAGE_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    # The browser tells a form's origin only where it may name the page.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
    "Vary": "Accept-Language",
}
STYLE = "console/console.css"
PASSKEY_MODULE = "console/passkey.js"
POLL_MODULE = "console/poll.js"
"""Asks an address while a page is open, and loads the page anew when the answer is another one."""


@dataclass(frozen=True)
class MenuLink:
    """A way in the menu."""

    href: str
    text: str
    current: Literal["page", "false"]


@cache
def address_of(name: str) -> str:
    """Return the address of a static file, with its digest, so that browsers may keep it for ever."""
    return f"{STATIC}{name}?v={digest(static_file(name)[0])[:12]}"


def chrome_of(visit: Visit, told: tuple[str, ...]) -> dict[str, Any]:
    """Return what every page of a signed-in person has.

    ``csrf`` (to be sent with every form), ``people`` (who is signed in), ``menu``, ``told`` (texts shown once),
    ``mistakes`` (why the form is shown again, at most one), ``form`` (what was typed; ``form.get("name")``), ``site``
    (the console's name).
    """
    t = visit.t
    plan = visit.house.plan
    here = visit.path
    menu = [
        MenuLink(path, t.gettext(f"{plan.name}.menu.{slug}"), _current(path, here)) for slug, path in plan.menu.items()
    ]
    if plan.kinds:
        menu.append(MenuLink("/proposals", t.gettext("console.proposals.title"), _current("/proposals", here)))
    return {
        **bare_chrome(plan.name, visit.lang),
        "csrf": f"{visit.csrf}.{secrets.token_hex(8)}",
        "people": ({"name": visit.person.name, "ways": _ways_of_admins(visit)},),
        "menu": menu,
        "told": told,
        "mistakes": mistakes_of(visit.mistake, t),
        "form": visit.form,
    }


def bare_chrome(name: str, lang: str) -> dict[str, Any]:
    """Return what pages have before somebody is signed in."""
    return {
        "site": translator(lang).gettext(f"{name}.title"),
        "console_style": address_of(STYLE),
        "passkey_module": address_of(PASSKEY_MODULE),
        "referrer": "same-origin",
        "menu": (),
        "told": (),
        "mistakes": (),
        "people": (),
        "csrf": "",
    }


def mistakes_of(error: BaseException | None, t: Translator) -> tuple[dict[str, Any], ...]:
    """Return what a page tells of an error: nothing where there is none of ours.

    ``words`` is the sentence of its code in the reader's language; message and hints are English.
    """
    if not isinstance(error, MarkError):
        return ()
    hints = [error.hint] if error.hint else []
    return ({"words": error_words(error.code, t), "message": error.message, "hints": hints, "code": error.code},)


def _ways_of_admins(visit: Visit) -> tuple[MenuLink, ...]:
    if not visit.person.may(frozenset({ADMIN})):
        return ()
    ways = (
        ("/people", visit.t.gettext("console.people.title")),
        ("/journal", visit.t.gettext("console.journal.title")),
    )
    return tuple(MenuLink(path, text, _current(path, visit.path)) for path, text in ways)


def _current(path: str, here: str) -> Literal["page", "false"]:
    inside = here == path or (path != "/" and here.startswith(f"{path}/"))
    return "page" if inside else "false"
