"""The browser reads files as the server does: what is in them, what they are, and how a PDF's signature stands."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from registry.document.document_signature import document_signature
from tests.document.conftest import Office, office
from tests.document.test_dropped_file import UNREADABLE, attached, kinds, pdf_of
from verifier.edge.dropped_file import read_dropped
from verifier.encoding import b64u
from verifier.envelope import TOKEN_RULES
from verifier.errors import UnreadableFileError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["office"]

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(shutil.which("node") is None, reason="node runs the judge of the browser: it is not installed"),
]
RUNNER = Path(__file__).parent / "dropped.mjs"
PICTURES = ("picture_without_code", "other_code", "several", "too_large")
"""What only a browser can tell, since it takes its decoder."""


def browser_says(files: list[bytes], own: bytes, place: Path) -> list[dict[str, Any]]:
    place.write_text("".join(json.dumps({"data": b64u(one)}) + "\n" for one in files))
    about = json.dumps({"own": own.decode() or None, "types": sorted(TOKEN_RULES)})
    ran = subprocess.run(["node", RUNNER, place, about], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr[-2000:]
    return [json.loads(line) for line in ran.stdout.splitlines()]


def server_says(data: bytes, own: bytes) -> dict[str, Any]:
    try:
        found = read_dropped(data)
    except UnreadableFileError as error:
        return {"why": error.why}
    signature = document_signature(data, own) if found.kind == "document" else None
    text = found.question.text or found.question.mark_id
    return {"kind": found.kind, "text": text, "signature": signature}


def without_text(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the answer without a bundle's text, which the server has read already."""
    return {name: value for name, value in answer.items() if name != "text" or answer["kind"] != "bundle"}


def differences(files: list[bytes], own: bytes, place: Path) -> list[Any]:
    answers = browser_says(files, own, place)
    said = [server_says(one, own) for one in files]
    pairs = zip(map(without_text, said), map(without_text, answers), strict=True)
    return [(number, one, other) for number, (one, other) in enumerate(pairs) if one != other]


def test_files_are_told_apart_alike(office: Office, tmp_path: Path) -> None:
    good = [data for kind, data in kinds(office).items() if kind not in ("picture", "drawing")]
    other = [make(office) for why, make in UNREADABLE.items() if why not in PICTURES]
    texts = [b"https://shirushi.example/r/isms-1", b"https://www.example.com/r/a/menu", b"https://www.example.com/#m"]
    assert differences([*good, *other, *texts], office.key.certificate, tmp_path / "asked") == []


def changed(pdf: bytes, *, seed: int, count: int) -> Iterator[bytes]:
    """Yield the PDF with a byte or two changed, above all where attachments and signature begin and end."""
    drawn = random.Random(seed)
    words = (b"/EmbeddedFile", b"endstream", b"/ByteRange", b"/Contents", b"/Filter", b"stream", b"obj", b"%%EOF")
    places = [at for word in words for at in range(len(pdf)) if pdf.startswith(word, at)]
    signature = pdf.index(b"<", pdf.index(b"/ByteRange"))
    for _ in range(count):
        spoiled = bytearray(pdf)
        for _ in range(drawn.randint(1, 2)):
            near = drawn.choice(places) + drawn.randrange(-4, 60) if drawn.random() < 0.6 else None
            inside = signature + drawn.randrange(2200) if drawn.random() < 0.6 else drawn.randrange(len(pdf))
            at = min(max(inside if near is None else near, 0), len(pdf) - 1)
            is_hex = signature < at < signature + 2400
            digits = b"0123456789abcdef" if is_hex else bytes(range(256))
            # What stands there already, in either case of a hex digit, would be no change.
            same = bytes([pdf[at]]).lower() if is_hex else bytes([pdf[at]])
            spoiled[at] = drawn.choice(digits.replace(same, b""))
        yield bytes(spoiled)


@pytest.mark.parametrize("count", [20, pytest.param(3000, marks=pytest.mark.prove)])
def test_a_pdf_that_was_changed_anywhere_is_told_alike(office: Office, tmp_path: Path, count: int) -> None:
    pdf, own = pdf_of(office), office.key.certificate
    files = [pdf, pdf + b"\n", *changed(pdf, seed=count, count=count)]
    said = [server_says(one, own).get("signature") for one in files]
    assert {"ours", "changed"} <= set(said)
    assert said.count("ours") == 1 or count > 20
    found = differences(files, own, tmp_path / "asked")
    # pyHanko refuses some encodings that a plain reader takes, and node unpacks what other bytes follow, which browsers
    # do not: whatever is said then, nobody says that the page is to be relied on.
    weak = {"changed", "unreadable", "other", None}
    assert [one for one in found if not {one[1].get("signature"), one[2].get("signature")} <= weak] == []


def test_without_a_certificate_nobody_says_whose_key_it_is(office: Office, tmp_path: Path) -> None:
    files = [pdf_of(office), attached(kinds(office)["token"])]
    assert [one["signature"] for one in browser_says(files, b"", tmp_path / "asked")] == ["unknown_key", "none"]
    assert differences(files, b"", tmp_path / "asked") == []
