"""A file that somebody sends to be checked: the mark in it is judged, and what holds no mark is told apart."""

from __future__ import annotations

import io
import json
import re
import shutil
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from PIL import Image

from registry.data_folder import DataFolder
from registry.document.document_key import DOCUMENT, certificate_file, make_document_key
from registry.reading.reader import create_reader
from registry.web.in_process import InProcessTransport
from tests.document.conftest import PASSPHRASE, Office
from verifier.edge.drawing.qr import qr_png, qr_svg
from verifier.edge.dropped_file import WHY, read_dropped
from verifier.edge.folder import FolderFetcher
from verifier.edge.page.pages import PageRenderer
from verifier.edge.question import read_question
from verifier.errors import UnreadableFileError, WrongUseError
from verifier.gather import gather
from verifier.injected import seeded_entropy
from verifier.seal import scan_text

if TYPE_CHECKING:
    from pathlib import Path

TAG = re.compile(r"<[^>]*>")
PAGE = {"Accept": "text/html", "Accept-Language": "en"}


@pytest.fixture
def reader(office: Office) -> httpx.Client:
    """Return a client before the reader."""
    sim = office.world.sim
    render = PageRenderer(environment="sandbox", zone="Asia/Tokyo", now=lambda: sim.now)
    app = create_reader(
        office.data.public,
        trust_root=sim.root,
        now=lambda: sim.now,
        render=render,
        document_certificate=office.key.certificate,
    )
    return httpx.Client(transport=InProcessTransport({"reader": app}), base_url="http://reader")


def sent(reader: httpx.Client, data: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
    return reader.post("/check", files={"file": ("anything", data)}, headers=headers or {})


def visible(page: str) -> str:
    return " ".join(TAG.sub(" ", page).split())


def told(reader: httpx.Client, data: bytes) -> Any:
    return sent(reader, data).json()


def pdf_of(office: Office) -> bytes:
    return office.maker().make("m", office.mark, lang="en")


def attached(*files: bytes) -> bytes:
    """Return a PDF that is little more than its attached files."""
    parts = [b"%PDF-1.7\n"]
    for number, one in enumerate(files, 1):
        head = b"%d 0 obj\n<</Type/EmbeddedFile/Filter/FlateDecode>>\nstream\n" % number
        parts.append(head + zlib.compress(one) + b"\nendstream\nendobj\n")
    return b"".join(parts) + b"%%EOF\n"


# --- what is judged --------------------------------------------------------------------------------------------------


def test_the_mark_in_a_pdf_is_judged_and_the_signature_of_the_pdf_is_told(office: Office, reader: httpx.Client) -> None:
    answer = told(reader, pdf_of(office))
    assert answer["headline"] == "valid"
    assert answer["mark"]["id"] == office.mark
    assert answer["file"] == {"kind": "document", "signature": "ours"}


def test_a_pdf_that_was_changed_after_it_was_signed_is_told_beside_the_verdict(
    office: Office, reader: httpx.Client
) -> None:
    pdf = pdf_of(office)
    for changed in (pdf + b"\n", pdf.replace(b"/Type/Page/", b"/Type/Page ", 1)):
        answer = told(reader, changed)
        assert answer["headline"] == "valid"
        assert answer["file"]["signature"] == "changed"
    page = visible(sent(reader, pdf + b"\n", PAGE).text)
    assert "the PDF was changed after it was signed" in page


def test_a_pdf_that_somebody_else_signed_or_nobody_is_told(
    office: Office, reader: httpx.Client, tmp_path: Path
) -> None:
    mark = gather(FolderFetcher(office.data.public), office.mark).mark
    assert mark is not None
    assert told(reader, attached(mark.encode()))["file"]["signature"] == "none"
    elsewhere = DataFolder(tmp_path / "elsewhere")
    shutil.copytree(office.data.path, elsewhere.path)
    for old in (elsewhere.key(DOCUMENT), certificate_file(elsewhere)):
        old.unlink()
    entropy = seeded_entropy("somebody")
    key = make_document_key(elsewhere, passphrase=PASSPHRASE, now=office.world.sim.now, entropy=entropy)
    pdf = office.maker(key).make("m", office.mark, lang="en")
    assert told(reader, pdf)["file"]["signature"] == "other"


def test_a_mark_that_was_put_into_a_pdf_by_a_forger_is_forged(office: Office, reader: httpx.Client) -> None:
    mark = gather(FolderFetcher(office.data.public), office.mark).mark
    assert mark is not None
    swapped = mark[:-4] + ("AAAA" if mark[-4:] != "AAAA" else "BBBB")
    assert told(reader, attached(swapped.encode()))["headline"] == "forged"


def kinds(office: Office) -> dict[str, bytes]:
    bundle = gather(FolderFetcher(office.data.public), office.mark)
    assert bundle.mark is not None
    assert bundle.seal is not None
    code = scan_text(bundle.seal)
    return {
        "picture": qr_png(code, 6),
        "drawing": qr_svg(code),
        "token": bundle.mark.encode(),
        "bundle": bundle.serialize(),
        "text": code.encode(),
    }


@pytest.mark.parametrize("kind", ["picture", "drawing", "token", "bundle", "text"])
def test_every_other_kind_of_file_is_judged(office: Office, reader: httpx.Client, kind: str) -> None:
    answer = told(reader, kinds(office)[kind])
    assert answer["headline"] == ("valid_offline" if kind == "bundle" else "valid")
    assert answer["file"] == {"kind": kind}


def test_artwork_is_read_in_every_style(office: Office, reader: httpx.Client) -> None:
    for style in ("colour", "mono", "reverse"):
        artwork = reader.get(f"/m/{office.mark}/artwork.svg?style={style}").content
        assert told(reader, artwork)["headline"] == "valid", style


def test_an_id_or_address_in_a_file_leads_to_the_marks_page(office: Office, reader: httpx.Client) -> None:
    for text in (office.mark, f"https://{office.world.sim.root.host}/m/{office.mark}"):
        answer = sent(reader, text.encode())
        assert (answer.status_code, answer.headers["location"]) == (303, f"/m/{office.mark}")


def test_a_suspended_mark_is_suspended_whatever_its_pdf_brings_along(office: Office, reader: httpx.Client) -> None:
    pdf = pdf_of(office)
    office.world.suspend(office.mark)
    office.world.show()
    office.publish()
    assert told(reader, pdf)["headline"] == "suspended"


def test_the_command_line_reads_the_pdf_and_the_artwork_too(office: Office, tmp_path: Path) -> None:
    pdf, drawing = tmp_path / "document.pdf", tmp_path / "code.svg"
    pdf.write_bytes(pdf_of(office))
    drawing.write_bytes(kinds(office)["drawing"])
    assert read_question(str(pdf)).text == kinds(office)["token"].decode()
    assert read_question(str(drawing)).text == kinds(office)["text"].decode()
    pdf.write_bytes(attached(b"a price list"))
    with pytest.raises(WrongUseError):
        read_question(str(pdf))


# --- what is told apart ----------------------------------------------------------------------------------------------


def blank() -> bytes:
    buffer = io.BytesIO()
    Image.new("L", (300, 300), 255).save(buffer, "PNG")
    return buffer.getvalue()


def two_codes(office: Office) -> bytes:
    code = scan_text(gather(FolderFetcher(office.data.public), office.mark).seal or "")
    pictures = [Image.open(io.BytesIO(qr_png(one, 6))).convert("L") for one in (code, code.replace("/m/9", "/m/8"))]
    sheet = Image.new("L", (sum(one.width for one in pictures), pictures[0].height), 255)
    sheet.paste(pictures[0], (0, 0))
    sheet.paste(pictures[1], (pictures[0].width, 0))
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG")
    return buffer.getvalue()


def bundle_with(office: Office, **changed: Any) -> bytes:
    members = json.loads(gather(FolderFetcher(office.data.public), office.mark).serialize())
    return json.dumps({**members, **changed}).encode()


def without_mark(office: Office) -> bytes:
    return replace(gather(FolderFetcher(office.data.public), office.mark), mark=None).serialize()


UNREADABLE: dict[str, Callable[[Office], bytes]] = {
    "empty": lambda office: b" \n",
    "too_large": lambda office: b"\x89PNG" + b"\0" * 20_000_000,
    "document_locked": lambda office: pdf_of(office).replace(b"/Root", b"/Encrypt 9 0 R/Root", 1),
    "document_broken": lambda office: attached(b"x" * 2_000_000),
    "document_without_mark": lambda office: attached(b"a price list"),
    "recognised": lambda office: attached(b'{"foreign_level":"ISMS"}'),
    "picture_unreadable": lambda office: b"\x89PNG\r\n\x1a\nnot a picture at all",
    "picture_heic": lambda office: b"\0\0\0\x18ftypheic\0\0\0\0",
    "picture_without_code": lambda office: blank(),
    "other_code": lambda office: qr_png("https://elsewhere.example/prize", 8),
    "several": two_codes,
    "drawing_unread": lambda office: b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9v9H0z"/></svg>',
    "bundle_unreadable": lambda office: bundle_with(office, latest=7),
    "bundle_newer": lambda office: bundle_with(office, v=9),
    "bundle_without_mark": without_mark,
    "verdict": lambda office: json.dumps({"headline": "valid", "checks": []}).encode(),
    "other_json": lambda office: b'{"price": 7}',
    "other_token": lambda office: (office.data.public / f"m/{office.mark}/attestation.jwt").read_bytes(),
    "archive": lambda office: b"PK\x03\x04 a spreadsheet",
    "text_without_mark": lambda office: b"we are certainly secure",
    "unknown": lambda office: b"\x00\xff\xfe\x01 a program",
}


def test_there_is_an_example_of_each() -> None:
    assert tuple(UNREADABLE) == WHY


@pytest.mark.parametrize("why", WHY)
def test_what_holds_no_mark_gets_an_answer_of_its_own(office: Office, reader: httpx.Client, why: str) -> None:
    data = UNREADABLE[why](office)
    answer = sent(reader, data)
    assert (answer.status_code, answer.json()["code"], answer.json()["why"]) == (400, "unreadable_file", why)
    assert answer.headers["cache-control"] == "no-store"
    page = sent(reader, data, PAGE)
    assert page.status_code == 400
    assert "Nothing could be checked in this file." in visible(page.text)


def test_a_form_without_a_file_and_a_body_that_is_no_form_are_told(reader: httpx.Client) -> None:
    assert reader.post("/check", data={"other": "x"}).json()["why"] == "empty"
    assert reader.post("/check", content=b"x", headers={"Content-Type": "text/plain"}).json()["why"] == "empty"


def test_a_body_beyond_all_bounds_is_refused_before_it_is_read(reader: httpx.Client) -> None:
    assert sent(reader, b"x" * 25_000_000).status_code == 413


def test_nothing_of_a_file_is_kept(office: Office, reader: httpx.Client) -> None:
    def files(folder: Path) -> set[Path]:
        return {one for one in folder.rglob("*") if one.is_file()}

    pdf = pdf_of(office)
    before = files(office.data.path)
    sent(reader, pdf)
    assert files(office.data.path) == before


@pytest.mark.parametrize("cut", [20, 400, 40_000, 60_000])
def test_a_pdf_that_is_cut_off_anywhere_says_so(office: Office, cut: int) -> None:
    with pytest.raises(UnreadableFileError) as raised:
        read_dropped(pdf_of(office)[:cut])
    assert raised.value.why in ("document_broken", "document_without_mark", "unknown")
