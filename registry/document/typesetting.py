"""Typesetting the document of a mark to PDF/A-3u (ISO 19005-3), with what is attached. Nothing is signed here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

from verifier.edge.drawing.qr import qr_modules, qr_svg
from verifier.edge.drawing.typesetting import compile_sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.edge.document import Document

MODULE_MM = 0.7
"""Millimetres of a module of the QR at least: 2.75 dots at 100 dots an inch; a decoder needs two."""
LEAST_CODE_MM = 42.0
"""Millimetres of a QR that holds an address alone: as wide as the words below it need."""

_ACCENTS = {"issued": "#a8201a", "recognised": "#1f4e79"}
_FRAMES = {"issued": (8,), "recognised": (8, 9.5)}


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
    return compile_sheet(template_bytes("document.typ"), inputs, at=document.begins)


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
