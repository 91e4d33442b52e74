"""The fonts that documents are set in: Noto Sans JP and Noto Serif JP (SIL OFL 1.1), out of a package that is pinned.

Fonts of the machine are never used: the same document has the same bytes everywhere.
"""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path

import typst

from verifier.errors import UnavailableError

SANS, SERIF = "Noto Sans JP", "Noto Serif JP"
_PACKAGE = "pylopdf_fonts_jp"


class FontMissingError(UnavailableError):
    """The font that documents are set in is not installed."""

    code = "font_missing"


def document_fonts() -> typst.Fonts:
    """Return the fonts. Raises FontMissingError where the package is not installed or not whole."""
    try:
        package = importlib.import_module(_PACKAGE)
    except ImportError as error:
        raise _missing() from error
    fonts = _read(Path(package.__file__ or "").parent)
    if not {SANS, SERIF} <= set(fonts.families()):
        raise _missing()
    return fonts


@cache
def _read(folder: Path) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])


def _missing() -> FontMissingError:
    return FontMissingError(
        "no Japanese font is installed, so nothing can be set", hint="Install it: pip install pylopdf-fonts-jp"
    )
