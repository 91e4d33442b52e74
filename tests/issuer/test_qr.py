"""The code on paper: small enough to scan, drawn twice alike, read back to the letter."""

from __future__ import annotations

import io
import re

import pytest
import segno
from PIL import Image

from verifier.edge.drawing.qr import (
    BYTE,
    LEAST_WIDTH,
    NUMERIC,
    QUIET_ZONE,
    _segments,
    decode_qr,
    qr_png,
    qr_svg,
    qr_version,
)
from verifier.errors import MalformedError, WrongUseError
from verifier.injected import seeded_entropy
from verifier.markid import new_mark_id
from verifier.seal import SealContent, scan_text, sign_seal
from verifier.signer import SoftwareSigner

ENTROPY = seeded_entropy("qr")
NAME = "独立行政法人情報処理推進機構株式会社標本精密機械工業"
CONTENT = SealContent(
    "jp.meti.scs", 4, "0188-1180301018771", NAME[:24], 1_795_273_200, 1_890_054_000, "company", 1, 1_048_575, 1001, 12
)
TEXT = scan_text(
    sign_seal(CONTENT, host="shirushi.example", id=new_mark_id(ENTROPY), signer=SoftwareSigner.generate(ENTROPY))
)


def test_a_seal_with_a_name_of_24_kanji_is_version_12_at_most() -> None:
    assert len(CONTENT.name) == 24
    assert qr_version(TEXT) <= 12


def test_the_address_is_a_byte_segment_and_the_digits_a_numeric_one() -> None:
    address, digits = TEXT.split("#")
    assert [(part.mode, part.data) for part in _segments(TEXT)] == [
        (BYTE, f"{address}#".encode()),
        (NUMERIC, digits.encode()),
    ]


def test_a_code_in_one_byte_segment_would_be_larger() -> None:
    assert segno.make_qr(TEXT, mode="byte", error="m").version > qr_version(TEXT)


def test_png_reads_back_at_300_pixels() -> None:
    png = qr_png(TEXT, scale=1)
    with Image.open(io.BytesIO(png)) as image:
        assert image.width == image.height >= LEAST_WIDTH
    assert decode_qr(png) == [TEXT]


def test_svg_and_png_show_the_same_modules_with_their_quiet_zone() -> None:
    svg = qr_svg(TEXT).decode()
    size = int(re.findall(r'viewBox="0 0 (\d+) ', svg)[0])
    assert size == 17 + 4 * qr_version(TEXT) + 2 * QUIET_ZONE
    dark = {
        (int(x) + step, int(y))
        for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1", svg)
        for step in range(int(length))
    }
    with Image.open(io.BytesIO(qr_png(TEXT, scale=6))) as image:
        modules = image.convert("1").resize((size, size), Image.Resampling.NEAREST)
        assert dark == {(x, y) for x in range(size) for y in range(size) if not modules.getpixel((x, y))}
    assert min(min(place) for place in dark) == QUIET_ZONE


def test_an_address_without_a_seal_is_drawn_too() -> None:
    assert decode_qr(qr_png("https://shirushi.example/o/0188-1180301018771")) == [
        "https://shirushi.example/o/0188-1180301018771"
    ]


def test_an_image_without_a_code_has_no_text() -> None:
    buffer = io.BytesIO()
    Image.new("L", (50, 50), 255).save(buffer, "PNG")
    assert decode_qr(buffer.getvalue()) == []


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n broken", b"<svg/>"])
def test_what_is_no_image_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError):
        decode_qr(data)


def test_an_image_of_too_many_pixels_is_refused_before_it_is_unpacked() -> None:
    buffer = io.BytesIO()
    Image.new("1", (8000, 8000)).save(buffer, "PNG")
    with pytest.raises(MalformedError, match="too many pixels"):
        decode_qr(buffer.getvalue())


def test_too_long_a_text_is_wrong_use() -> None:
    with pytest.raises(WrongUseError):
        qr_svg("x" * 3000)
