"""The document of a recognised foreign assessment: it says so, and nothing on it looks issued."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
import pytest

from registry.data_folder import DataFolder
from registry.document.document_key import DocumentKey, make_document_key
from registry.document.document_maker import DocumentMaker
from registry.reading.reader import create_reader
from registry.scenario import cast
from registry.web.in_process import InProcessTransport
from tests.document.conftest import PASSPHRASE, Pdf
from tests.treaty.conftest import border
from verifier.edge.drawing.qr import decode_qr
from verifier.edge.main import run
from verifier.edge.page.pages import PageRenderer
from verifier.errors import RefusedError, WrongUseError
from verifier.injected import seeded_entropy

if TYPE_CHECKING:
    from pathlib import Path

    from tests.treaty.conftest import Border

__all__ = ["border"]
pytestmark = pytest.mark.system


@dataclass(frozen=True)
class Recognised:
    """A recognition that stands, and what makes its document."""

    border: Border
    label: str
    key: DocumentKey
    maker: DocumentMaker


@pytest.fixture
def recognised(border: Border) -> Recognised:
    border.in_force()
    label = border.record().uri.rpartition("/")[2]
    world, data = border.world, DataFolder(border.world.public.parent)
    key = make_document_key(data, passphrase=PASSPHRASE, now=world.clock(), entropy=seeded_entropy("recognised"))
    root = world.ceremony.root
    maker = DocumentMaker(world.public, data.documents, trust_root=root, now=world.clock, key=key)
    return Recognised(border, label, key, maker)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("ja", ("相当と認められたことの証書", "発行された★ではありません")),
        ("en", ("Documentofrecognisedequivalence", "equivalent,notissued")),
    ],
)
def test_a_recognised_document_says_that_nothing_was_issued(
    recognised: Recognised, lang: str, words: tuple[str, ...]
) -> None:
    pdf = Pdf(recognised.maker.make("r", recognised.label, lang=lang))
    assert [one for one in (*words, "☆☆☆", cast.SUPPLIER_3.identifier[5:], "2027") if one not in pdf.text] == []
    assert "★★★" not in pdf.text
    assert decode_qr(pdf.picture(100)) == [f"https://{cast.HOST}/r/{recognised.label}"]
    assert pdf.signature(recognised.key.certificate).bottom_line


def test_it_carries_the_public_receipt_and_is_gone_with_its_agreement(recognised: Recognised) -> None:
    pdf = Pdf(recognised.maker.make("r", recognised.label, lang="en"))
    (attached,) = pdf.attachments.values()
    assert json.loads(attached)["tier"] == "jp.meti.scs/3"
    recognised.border.suspend(reason="integrity")
    recognised.border.tick(2)
    with pytest.raises(RefusedError, match="stopped"):
        recognised.maker.make("r", recognised.label, lang="en")


def test_its_artwork_is_a_pdf_too(recognised: Recognised) -> None:
    world = recognised.border.world
    app = create_reader(world.public, trust_root=world.ceremony.root, now=world.clock)
    http = httpx.Client(transport=InProcessTransport({"reader": app}), base_url="http://reader")
    answer = http.get(f"/r/{recognised.label}/artwork.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert decode_qr(Pdf(answer.content).picture(150)) == [f"https://{cast.HOST}/r/{recognised.label}"]


def test_who_asks_about_it_as_about_a_mark_is_told_what_it_is_and_not_that_it_is_forged(
    recognised: Recognised, tmp_path: Path
) -> None:
    world, address = recognised.border.world, f"https://{cast.HOST}/r/{recognised.label}"
    render = PageRenderer(environment="demonstration", zone="Asia/Tokyo", now=world.clock)
    app = create_reader(world.public, trust_root=world.ceremony.root, now=world.clock, render=render)
    http = httpx.Client(transport=InProcessTransport({"reader": app}), base_url="http://reader")
    document, code = tmp_path / "r.pdf", tmp_path / "qr.png"
    document.write_bytes(recognised.maker.make("r", recognised.label, lang="en"))
    code.write_bytes(http.get(f"/r/{recognised.label}/qr.png").content)
    for asked in (str(document), str(code), address):
        with pytest.raises(WrongUseError, match="names a recognised foreign assessment"):
            run(["verify", asked, "--root", str(world.public / "trust/1.json"), "--offline"])
    told = http.get("/check", params={"q": address}, headers={"accept": "*/*"})
    assert (told.status_code, told.json()["why"], "/r/" in told.json()["hint"]) == (400, "recognised", True)
    page = http.get("/check", params={"q": address}, headers={"accept": "text/html", "accept-language": "en"}).text
    assert "This names a recognised foreign assessment" in page
    assert "Nothing could be checked in this file." not in page
    assert "One mistyped character" not in page
    for sent in (document.read_bytes(), code.read_bytes(), address.encode()):
        assert http.post("/check", files={"file": ("r", sent)}).json()["why"] == "recognised"
