"""Artwork: the mark as it is printed, drawn in millimetres, with its QR; and the badge that a web page embeds.

ISSUED and RECOGNISED look different in black and white too: filled stars in one line, outlined stars in two. The code
is never smaller than 26 mm at version 10 (0.46 mm a module), the clear space is four modules and half a star. A badge
is a picture of the present answer: it turns by itself when the mark does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from xml.sax.saxutils import escape, quoteattr

from verifier.edge.drawing.qr import qr_modules
from verifier.verdict import Headline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.edge.i18n import Translator
    from verifier.verdict import Verdict

Form = Literal["issued", "recognised"]
Style = Literal["colour", "mono", "reverse"]

MODULE = 0.46
"""Millimetres: 26 mm over the 57 modules of a version 10 code."""

QUIET = 4
STAR = 6.0
"""Height of a star in millimetres."""

_INK = {"colour": "#1a1a1c", "mono": "#000000", "reverse": "#ffffff"}
_ACCENT = {"colour": "#a8201a", "mono": "#000000", "reverse": "#ffffff"}
_PAPER = {"colour": "#ffffff", "mono": "#ffffff", "reverse": "#000000"}
_FONT = "font-family='Noto Sans JP, Noto Sans CJK JP, Hiragino Sans, Yu Gothic, sans-serif'"
_GREEN, _AMBER, _RED, _GREY = "#0a6637", "#7d4600", "#a80f22", "#3b4758"
_VALID = (Headline.VALID, Headline.VALID_OFFLINE)
_ENDED = (Headline.EXPIRED, Headline.SUSPENDED, Headline.NOT_YET_VALID, Headline.SUPERSEDED)
_UNKNOWN = (Headline.NOT_CONFIRMED, Headline.UNKNOWN_REGISTRY, Headline.SEAL_ONLY)


@dataclass(frozen=True)
class Artwork:
    """What is printed: tier, names, the last month, the host under the code and the text in it."""

    form: Form
    level: int
    scheme: str
    title: str
    title_latin: str
    until: str
    number: str
    host: str
    code: str
    sample: str = ""
    """What is written across artwork of a sandbox, such as 見本 / TEST; empty for the real one."""


def artwork_svg(artwork: Artwork, *, style: Style = "colour") -> bytes:
    """Return the artwork as SVG in millimetres, clear space included. Raises WrongUseError for too long a text."""
    modules = qr_modules(artwork.code)
    side = len(modules) * MODULE
    clear = QUIET * MODULE + STAR / 2
    column = max(side, _width(artwork.host, 2.6))
    longest = max(_width(artwork.title, 4.2), _width(artwork.title_latin, 2.8), _width(artwork.scheme, 2.4))
    text_width = max(44.0, artwork.level * (STAR + 1.5), longest)
    # A code of an address alone is lower than the words beside it.
    width, height = column + text_width + 3 * clear, max(side + 6, STAR + 28) + 2 * clear
    ink, accent, paper = _INK[style], _ACCENT[style], _PAPER[style]
    left, middle = column + 2 * clear, clear + column / 2
    parts = [
        f'<rect width="{_mm(width)}" height="{_mm(height)}" fill="{paper}"/>',
        *_frame(artwork.form, width, height, ink),
        *_code(modules, middle - side / 2, clear, style),
        _text(middle, clear + side + 4, artwork.host, ink, size=2.6, anchor="middle"),
        *_stars(artwork, left, clear, accent, paper),
        _text(left, clear + STAR + 6, artwork.title, ink, size=4.2, weight="700"),
        _text(left, clear + STAR + 10.5, artwork.title_latin, ink, size=2.8),
        _text(left, clear + STAR + 15.5, artwork.scheme, ink, size=2.4),
        _text(left, clear + STAR + 21.5, artwork.until, ink, size=3.2, weight="700"),
        _text(left, clear + STAR + 26.5, artwork.number, ink, size=2.8),
        *_across(artwork.sample, width, height, accent),
    ]
    label = quoteattr(f"{artwork.title} {artwork.title_latin}")
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_mm(width)}mm" height="{_mm(height)}mm" '
        f'viewBox="0 0 {_mm(width)} {_mm(height)}" role="img" aria-label={label}>'
    )
    return (head + "".join(parts) + "</svg>\n").encode()


def badge_svg(verdict: Verdict, t: Translator, *, scheme: str, until: str, warning: str = "") -> bytes:
    """Return the badge of a mark: what it says now, in a colour and in words, never green unless the mark is valid.

    A ``warning`` about where the badge is shown stands in place of the scheme, and makes it red.
    """
    label = _badge_label(verdict, t)
    below = warning or (f"{scheme} {until}".strip() if verdict.headline in _VALID else scheme)
    colour = _RED if warning else badge_colour(verdict.headline)
    width = max(_badge_width(label, below), round(_width(warning, 11)) + 40 if warning else 0)
    said = f"{label}. {warning}" if warning else label
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="48" role="img" aria-label={quoteattr(said)}>'
        f"<title>{escape(said)}</title>"
        f'<rect x="1" y="1" width="{width - 2}" height="46" rx="8" fill="#ffffff" stroke="{colour}" stroke-width="2"/>'
        f'<rect x="1" y="1" width="10" height="46" rx="4" fill="{colour}"/>'
        f'<text x="20" y="21" {_FONT} font-size="15" font-weight="700" fill="{colour}">{escape(label)}</text>'
        f'<text x="20" y="38" {_FONT} font-size="11" fill="#1a1a1c">{escape(below)}</text></svg>\n'
    ).encode()


def badge_width(verdict: Verdict, t: Translator) -> int:
    """Return about how wide a badge is, in pixels, for whoever leaves room for it."""
    return _badge_width(_badge_label(verdict, t), "")


def _badge_label(verdict: Verdict, t: Translator) -> str:
    shown = verdict.mark
    stars = f"★{shown.tier} " if shown and verdict.headline in (*_VALID, *_ENDED) else ""
    return stars + t.gettext(f"headline.{verdict.headline.value}.title")


def _badge_width(label: str, below: str) -> int:
    return 24 + 15 * max(len(label), len(below) * 2 // 3)


def badge_colour(headline: Headline) -> str:
    """Return the colour of a badge: green is for a valid mark alone."""
    if headline in _VALID:
        return _GREEN
    if headline in _ENDED:
        return _AMBER
    return _GREY if headline in _UNKNOWN else _RED


def _frame(form: Form, width: float, height: float, ink: str) -> list[str]:
    def line(inset: float) -> str:
        return (
            f'<rect x="{inset}" y="{inset}" width="{_mm(width - 2 * inset)}" height="{_mm(height - 2 * inset)}" rx="2" '
            f'fill="none" stroke="{ink}" stroke-width="0.4"/>'
        )

    return [line(0.6), line(1.6)] if form == "recognised" else [line(0.6)]


def _code(modules: Sequence[Sequence[bool]], x: float, y: float, style: Style) -> list[str]:
    # A code is dark on light everywhere: many readers do not see it the other way round.
    side = len(modules) * MODULE
    ground = f'<rect x="{_mm(x)}" y="{_mm(y)}" width="{_mm(side)}" height="{_mm(side)}" fill="#ffffff"/>'
    cells = "".join(
        f"M{_mm(x + column * MODULE)} {_mm(y + row * MODULE)}h{MODULE}v{MODULE}h-{MODULE}z"
        for row, line in enumerate(modules)
        for column, dark in enumerate(line)
        if dark
    )
    fill = "#000000" if style != "colour" else _INK["colour"]
    return [ground, f'<path d="{cells}" fill="{fill}" shape-rendering="crispEdges"/>']


def _stars(artwork: Artwork, x: float, y: float, accent: str, paper: str) -> list[str]:
    fill, width = (accent, 0.2) if artwork.form == "issued" else (paper, 0.6)
    return [
        f'<path d="{_star(x + number * (STAR + 1.5) + STAR / 2, y + STAR / 2)}" fill="{fill}" stroke="{accent}" '
        f'stroke-width="{width}"/>'
        for number in range(artwork.level)
    ]


def _star(x: float, y: float) -> str:
    points = []
    for number in range(10):
        radius = STAR / 2 if number % 2 == 0 else STAR / 5
        angle = math.pi * (number / 5 - 0.5)
        points.append(f"{_mm(x + radius * math.cos(angle))} {_mm(y + radius * math.sin(angle))}")
    return f"M{'L'.join(points)}z"


def _across(sample: str, width: float, height: float, accent: str) -> list[str]:
    if not sample:
        return []
    turned = f'transform="rotate(-20 {_mm(width / 2)} {_mm(height / 2)})"'
    return [
        f'<text x="{_mm(width / 2)}" y="{_mm(height / 2)}" {turned} {_FONT} font-size="14" font-weight="700" '
        f'text-anchor="middle" fill="{accent}" fill-opacity="0.35">{escape(sample)}</text>'
    ]


def _text(x: float, y: float, text: str, ink: str, *, size: float, weight: str = "400", anchor: str = "start") -> str:
    return (
        f'<text x="{_mm(x)}" y="{_mm(y)}" {_FONT} font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" '
        f'fill="{ink}">{escape(text)}</text>'
    )


def _width(text: str, size: float) -> float:
    """Return about how wide a text is set: kana and kanji take a whole square, other letters little more than half."""
    return sum(size if ord(letter) > 0x2E7F else 0.6 * size for letter in text)


def _mm(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
