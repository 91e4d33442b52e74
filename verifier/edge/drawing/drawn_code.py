"""The QR in an SVG that this product drew: its modules are rectangles of one path, and only those are looked at.

No drawing is rendered and no XML is parsed: SVG of strangers can refer to files and grow without bound. A drawing that
another program has saved anew has other paths; whoever opens it can take a picture of it.
"""

from __future__ import annotations

import io
import re
from itertools import islice

from PIL import Image, ImageDraw

from verifier.edge.drawing.qr import QUIET_ZONE, decode_qr

MOST_BYTES = 4_000_000
_MOST_MODULES = 40_000
_MOST_ACROSS = 400
_PIXELS = 4
_NUMBER = r"([0-9]{1,6}(?:\.[0-9]{1,4})?)"
_CELL = re.compile(rf"M{_NUMBER} {_NUMBER}h{_NUMBER}v{_NUMBER}h-[0-9.]{{1,11}}z")
_MOST_DRAWN = 4
"""Paths that are drawn and looked at: ours have one code, and a drawing of many would cost a minute."""
_PATHS = re.compile(r'<path\b[^<>]{0,200}?\bd="(M[^"<]*)"')


def is_drawing(data: bytes) -> bool:
    """Say whether a file looks like SVG."""
    return b"<svg" in data[:2000]


def codes_in_drawing(data: bytes) -> list[str]:
    """Return the texts of the codes in an SVG; none where no path of it consists of modules."""
    text = data[:MOST_BYTES].decode("utf-8", "replace")
    drawn = (cells for cells in map(_cells, _PATHS.finditer(text)) if 200 < len(cells) < _MOST_MODULES)
    found = [code for cells in islice(drawn, _MOST_DRAWN) for code in _decoded(cells)]
    return list(dict.fromkeys(found))


def _cells(path: re.Match[str]) -> list[tuple[float, ...]]:
    return [tuple(map(float, one.groups())) for one in _CELL.finditer(path[1])]


def _decoded(cells: list[tuple[float, ...]]) -> list[str]:
    module = min(height for _, _, _, height in cells)
    left, top = min(x for x, *_ in cells), min(y for _, y, *_ in cells)
    if not module or max(max(x - left, y - top) for x, y, *_ in cells) > _MOST_ACROSS * module:
        return []

    def at(value: float) -> int:
        return round(value / module) * _PIXELS

    side = at(max(max(x + width - left, y + height - top) for x, y, width, height in cells))
    margin = QUIET_ZONE * _PIXELS
    if side > _MOST_ACROSS * _PIXELS:
        return []
    image = Image.new("L", (side + 2 * margin, side + 2 * margin), 255)
    pen = ImageDraw.Draw(image)
    for x, y, width, height in cells:
        corner = margin + at(x - left), margin + at(y - top)
        pen.rectangle((*corner, corner[0] + at(width) - 1, corner[1] + at(height) - 1), fill=0)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return decode_qr(buffer.getvalue())
