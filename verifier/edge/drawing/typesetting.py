"""Typesetting: sheets and drawings to PDF/A-3u (ISO 19005-3). Nothing is signed here.

The same input gives the same bytes: fonts are pinned, the date is the sheet's own and nothing is taken from the
machine. A letter that the fonts do not hold is refused, never drawn as an empty box. It needs typst, which comes with
the extras that make documents; whoever only verifies has no use for it.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources

import typst

from verifier.edge.drawing.fonts import document_fonts
from verifier.errors import MalformedError, RefusedError

DOTS = 300.0
"""Dots an inch of a picture: what printers ask for."""
_SIZE = re.compile(rb'viewBox="0 0 ([0-9.]+) ([0-9.]+)"')


class LetterMissingError(RefusedError):
    """A name holds a letter that none of the fonts of documents has."""

    code = "letter_missing"


def compile_sheet(template: bytes, inputs: dict[str, str], *, at: int) -> bytes:
    """Return the PDF of a template with its inputs, dated ``at`` (UTC seconds).

    Raises FontMissingError, or LetterMissingError for a letter that no font holds.
    """
    fonts = document_fonts()
    try:
        return typst.compile(
            template,
            font_paths=fonts,
            ignore_system_fonts=True,
            sys_inputs=inputs,
            pdf_standards=["a-3u"],
            timestamp=at,
        )
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
        raise LetterMissingError(
            f"a letter is in none of the fonts: {error.message.partition(': ')[2]}",
            hint="The mark itself, its QR and its page show every letter.",
        ) from error


def artwork_pdf(svg: bytes, *, title: str, host: str, at: int) -> bytes:
    """Return a drawing of ours, whose unit is the millimetre, as a PDF of its size. Raises as ``compile_sheet`` does.

    Raises MalformedError for a drawing that does not say its size.
    """
    return compile_sheet(sheet_template("artwork"), _drawn(svg, title, host), at=at)


def artwork_png(svg: bytes, *, title: str, host: str) -> bytes:
    """Return a drawing of ours as a picture of 300 dots an inch. Raises as ``artwork_pdf`` does."""
    inputs, fonts = _drawn(svg, title, host), document_fonts()
    picture = typst.compile(
        sheet_template("artwork"),
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs=inputs,
        format="png",
        ppi=DOTS,
    )
    return bytes(picture)


def _drawn(svg: bytes, title: str, host: str) -> dict[str, str]:
    size = _SIZE.search(svg)
    if size is None:
        raise MalformedError("the drawing does not say its size")
    look = {"width": float(size[1]), "height": float(size[2]), "title": title, "host": host}
    return {"look": json.dumps(look, ensure_ascii=False), "artwork": svg.decode()}


@cache
def sheet_template(name: str) -> bytes:
    """Return a template that comes with this package."""
    return resources.files("verifier.edge").joinpath("typst_sheets", f"{name}.typ").read_bytes()
