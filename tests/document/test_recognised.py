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
from verifier.errors import RefusedError
from verifier.injected import seeded_entropy

if TYPE_CHECKING:
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
