"""Typesetting: a document or a drawing to PDF/A-3u (ISO 19005-3), with what is attached. Nothing is signed here.

The same input gives the same bytes: fonts are pinned, the date is the document's own and nothing is taken from the
machine. A letter that the fonts do not hold is refused, never drawn as an empty box.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

import typst

from registry.document.fonts import document_fonts
from registry.errors import LetterMissingError
from verifier.edge.qr import qr_modules, qr_svg
from verifier.errors import MalformedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.edge.document import Document

MODULE_MM = 0.7
"""Millimetres of a module of the QR at least: 2.75 dots at 100 dots an inch; a decoder needs two."""
LEAST_CODE_MM = 42.0
"""Millimetres of a QR that holds an address alone: as wide as the words below it need."""

_ACCENTS = {"issued": "#a8201a", "recognised": "#1f4e79"}
_FRAMES = {"issued": (8,), "recognised": (8, 9.5)}
_SIZE = re.compile(rb'viewBox="0 0 ([0-9.]+) ([0-9.]+)"')


@dataclass(frozen=True)
class Attachment:
    """A file in the PDF. ``relationship`` is the AFRelationship of ISO 32000-2, 7.11.3."""

    name: str
    data: bytes
    media_type: str
    relationship: Literal["source", "data"]
    description: str


def typeset(document: Document, attachments: Sequence[Attachment]) -> bytes:
    """Return the document as PDF. Raises FontMissingError, or LetterMissingError for a letter that no font holds."""
    look = {
        "accent": _ACCENTS[document.form],
        "frames": _FRAMES[document.form],
        "code_mm": max(len(qr_modules(document.code)) * MODULE_MM, LEAST_CODE_MM),
        "name_pt": _size(document.holder, (20, 17, 14, 11)),
        "latin_pt": _size(" ".join(document.latin), (11, 10, 9, 8)),
    }
    inputs = {
        "document": json.dumps(document.members(), ensure_ascii=False),
        "look": json.dumps(look),
        "code": qr_svg(document.code).decode(),
        "files": json.dumps([_described(one) for one in attachments], ensure_ascii=False),
        **{one.name: one.data.decode() for one in attachments},
    }
    return _compile("document.typ", inputs, at=document.begins)


def artwork_pdf(svg: bytes, *, title: str, host: str, at: int) -> bytes:
    """Return a drawing of ours, whose unit is the millimetre, as a PDF of its size. Raises as ``typeset`` does."""
    size = _SIZE.search(svg)
    if size is None:
        raise MalformedError("the drawing does not say its size")
    look = {"width": float(size[1]), "height": float(size[2]), "title": title, "host": host}
    return _compile("artwork.typ", {"look": json.dumps(look, ensure_ascii=False), "artwork": svg.decode()}, at=at)


def _compile(template: str, inputs: dict[str, str], *, at: int) -> bytes:
    fonts = document_fonts()
    try:
        return typst.compile(
            template_bytes(template),
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


@cache
def template_bytes(name: str) -> bytes:
    """Return a template of this folder."""
    return resources.files("registry.document").joinpath(name).read_bytes()


def _described(one: Attachment) -> dict[str, Any]:
    return {
        "name": one.name,
        "media_type": one.media_type,
        "relationship": one.relationship,
        "description": one.description,
    }


def _size(text: str, sizes: Sequence[int]) -> int:
    """Return the size in points at which a name takes a few lines at most; kanji and kana count twice."""
    width = sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)
    return next((size for size, most in zip(sizes, (40, 80, 160), strict=False) if width <= most), sizes[-1])
