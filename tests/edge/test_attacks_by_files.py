"""Attacks by files that are dropped: none of them costs more than a moment, and none starts anything."""

from __future__ import annotations

import io
import random
import time
import zlib
from typing import TYPE_CHECKING

import pytest
from PIL import EpsImagePlugin, Image

from verifier.edge.drawing.drawn_code import codes_in_drawing
from verifier.edge.drawing.qr import FORMATS, decode_qr, qr_modules, qr_png, qr_svg
from verifier.edge.dropped_file import read_dropped
from verifier.errors import MalformedError, UnreadableFileError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECONDS = 2.0
"""Time of a processor that a file may cost, on a slow machine that does other things too."""


def pdf(*files: bytes) -> bytes:
    packed = (
        b"obj /EmbeddedFile /Filter /FlateDecode >> stream\n" + zlib.compress(one) + b"\nendstream\n" for one in files
    )
    return b"%PDF-1.7\n" + b"".join(packed)


def noise(paths: int) -> str:
    dice = random.Random(1)
    cells = ["".join(f"M{dice.randrange(400)} {dice.randrange(400)}h1v1h-1z" for _ in range(210)) for _ in range(paths)]
    return "".join(f'<path d="{one}"/>' for one in cells)


def big_json(number: int) -> bytes:
    return b'{"a":[' + b",".join(b'{"x":%d}' % (one + number) for one in range(76_000)) + b"]}"


ATTACKS: dict[str, Callable[[], bytes]] = {
    "a drawing of a thousand codes": lambda: f"<svg>{noise(1000)}".encode(),
    "a drawing of paths that do not end": lambda: b"<svg>" + b"<path " * 600_000,
    "a PDF that speaks of a million files": lambda: b"%PDF-1.7\n" + b"/EmbeddedFile " * 1_400_000,
    "a PDF of sixteen large documents": lambda: pdf(*map(big_json, range(16))),
    "a bomb in a PDF": lambda: pdf(*(b"eyJ" + b"A" * 1_000_000 + b"%d" % one for one in range(16))),
    "a JSON of a million members": lambda: b"{" + b",".join(b'"%d":1' % one for one in range(700_000)) + b"}",
    "a JSON without an end": lambda: b'{"a":' * 3_000_000,
    "a picture of a billion pixels": lambda: b"\x89PNG\r\n\x1a\n" + _ihdr(30_000, 30_000),
    "entities without an end": lambda: b'<!DOCTYPE x [<!ENTITY a "&b;&b;">]><svg>&a;' + b"&a;" * 900_000,
}


def _ihdr(width: int, height: int) -> bytes:
    head = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x01\x00\x00\x00\x00"
    return (13).to_bytes(4, "big") + head + zlib.crc32(head).to_bytes(4, "big")


@pytest.mark.parametrize("name", ATTACKS)
def test_a_hostile_file_costs_a_moment(name: str) -> None:
    data = ATTACKS[name]()
    before = time.process_time()
    with pytest.raises(UnreadableFileError):
        read_dropped(data)
    assert time.process_time() - before < SECONDS


def test_a_code_beside_other_drawings_is_still_found() -> None:
    plain = qr_svg("https://a.example/m/x").decode()
    cells = [
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(qr_modules("https://a.example/m/x"))
        for x, dark in enumerate(row)
        if dark
    ]
    drawing = plain.replace(
        "</svg>", f'<path d="M1 1h2v2h-2z"/>{noise(2)}<path fill="#000" d="{"".join(cells)}"/></svg>'
    )
    assert codes_in_drawing(drawing.encode()) == ["https://a.example/m/x"]


def test_a_picture_that_is_a_program_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interpreter, ran = tmp_path / "gs", tmp_path / "ran"
    interpreter.write_text(f"#!/bin/sh\necho 10.0\ntouch {ran}\n")
    interpreter.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    # The library looks for it once.
    monkeypatch.setattr(EpsImagePlugin, "gs_binary", None)
    program = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n%%EndComments\nshowpage\n%%EOF"
    with pytest.raises(MalformedError):
        decode_qr(program)
    assert not ran.exists()


def test_every_kind_of_picture_that_people_send_is_still_read() -> None:
    picture = Image.open(io.BytesIO(qr_png("https://a.example/m/x"))).convert("RGB")
    for form in FORMATS:
        saved = io.BytesIO()
        picture.save(saved, form)
        assert decode_qr(saved.getvalue()) == ["https://a.example/m/x"]
