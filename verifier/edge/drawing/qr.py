"""QR codes (ISO/IEC 18004): drawing a mark's seal text and reading codes out of images.

The scanned text is a lower-case address in byte mode and, after ``#``, digits in numeric mode: two segments are what
keeps the code small (version 11 or 12 at level M). Level M and a quiet zone of four modules are fixed. Upper-case
addresses would be smaller still but some phone cameras do not open them.
"""

from __future__ import annotations

import io
from functools import lru_cache
from itertools import groupby
from typing import Any, Literal

import zxingcpp
from PIL import Image, UnidentifiedImageError
from qrcode.constants import ERROR_CORRECT_M
from qrcode.exceptions import DataOverflowError
from qrcode.main import QRCode
from qrcode.util import QRData

from verifier.errors import MalformedError, WrongUseError

QUIET_ZONE = 4
LEAST_WIDTH = 300
MAX_IMAGE_BYTES = 20_000_000
MAX_PIXELS = 40_000_000
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")
"""What is read. The library knows more, and for some of it starts an interpreter: PostScript is a program."""
BYTE: Literal[4] = 4
NUMERIC: Literal[1] = 1


def qr_version(text: str) -> int:
    """Return the version (1 to 40) of the code that draws this text. Raises WrongUseError."""
    return _code(text).version


def qr_modules(text: str) -> list[list[bool]]:
    """Return the code's modules row by row, True for dark, quiet zone included. Raises WrongUseError."""
    return [list(row) for row in _matrix(text)]


def qr_svg(text: str) -> bytes:
    """Return the code as SVG, one unit a module, quiet zone included. Raises WrongUseError for too long a text."""
    matrix = _matrix(text)
    size = len(matrix)
    path = "".join(f"M{x} {y}h{length}v1h-{length}z" for y, row in enumerate(matrix) for x, length in _dark_runs(row))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{path}"/></svg>\n'
    ).encode()


def qr_png(text: str, scale: int = 8) -> bytes:
    """Return the code as a black and white PNG, ``scale`` pixels a module and never narrower than 300 pixels.

    Raises WrongUseError for too long a text.
    """
    matrix = _matrix(text)
    size = len(matrix)
    factor = max(scale, -(-LEAST_WIDTH // size))
    image = Image.new("1", (size, size))
    image.putdata([0 if dark else 1 for row in matrix for dark in row])
    buffer = io.BytesIO()
    image.resize((size * factor, size * factor), Image.Resampling.NEAREST).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def decode_qr(image: bytes) -> list[str]:
    """Return the texts of all QR codes in a PNG, JPEG or other image; none found gives an empty list.

    The texts are as untrusted as the image. Raises MalformedError for what is no image or too large a one.
    """
    if len(image) > MAX_IMAGE_BYTES:
        raise MalformedError("the image is too large", hint="Scan or photograph the code alone.")
    try:
        with Image.open(io.BytesIO(image), formats=FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise MalformedError("the image has too many pixels", hint="Scan or photograph the code alone.")
            grey = opened.convert("L")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise MalformedError(
            "this is not an image that can be read", hint="PNG, JPEG, WebP, GIF, BMP and TIFF are read."
        ) from error
    found = zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return [code.text for code in found]


def _code(text: str) -> QRCode[Any]:
    code: QRCode[Any] = QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_ZONE)
    for segment in _segments(text):
        code.add_data(segment)
    try:
        code.make(fit=True)
    except (DataOverflowError, ValueError) as error:
        raise WrongUseError("the text is too long for a QR code") from error
    return code


def _segments(text: str) -> list[QRData]:
    address, separator, digits = text.partition("#")
    if not separator or not (digits.isascii() and digits.isdecimal()):
        return [QRData(text.encode(), mode=BYTE)]
    return [QRData(f"{address}#".encode(), mode=BYTE), QRData(digits.encode(), mode=NUMERIC)]


@lru_cache(maxsize=32)
def _matrix(text: str) -> tuple[tuple[bool, ...], ...]:
    # Choosing the mask is most of the work, and a mark's SVG and PNG are asked for together.
    return tuple(tuple(row) for row in _code(text).get_matrix())


def _dark_runs(row: tuple[bool, ...]) -> list[tuple[int, int]]:
    """Return where each run of dark modules begins and how long it is."""
    runs, x = [], 0
    for dark, modules in groupby(row):
        length = len(list(modules))
        if dark:
            runs.append((x, length))
        x += length
    return runs
