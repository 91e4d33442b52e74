"""The document of a mark: what stands on it, what it carries, what its signature holds, and when there is none."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from registry.document.document_key import load_document_key, make_document_key
from registry.document.kept_documents import KeptDocuments
from registry.document.typesetting import Attachment, typeset
from registry.errors import DocumentKeyMissingError
from tests.document.conftest import BODY, PASSPHRASE, Office, Pdf
from verifier.bundle import parse_bundle
from verifier.edge.document import Document, mark_document
from verifier.edge.drawing.fonts import FontMissingError
from verifier.edge.drawing.qr import decode_qr
from verifier.edge.drawing.typesetting import LetterMissingError
from verifier.errors import KeyRefusedError, NotFoundError, RefusedError, WrongUseError
from verifier.injected import seeded_entropy
from verifier.verdict import Headline
from verifier.verify import verify_text

if TYPE_CHECKING:
    from pathlib import Path


def resolved(reference: Any) -> Any:
    return reference.get_object()


def document(office: Office, lang: str = "ja") -> Document:
    verdict = office.world.verdict(office.mark)
    code = office.world.qr(office.mark)
    return mark_document(verdict, host=office.world.sim.root.host, code=code, body=BODY, lang=lang)


# --- what stands on it -----------------------------------------------------------------------------------------------


WORDS = {
    "ja": (
        "登録証書",
        "紙は何も証明しません",
        "このマークが意味しないこと",
        "2026年11月22日から（JST）",
        "登録番号1001の機関",
    ),
    "en": (
        "Registrationdocument",
        "Paperprovesnothing",
        "Whatthismarkdoesnotmean",
        "22November2026(JST)",
        "Accreditedbodyno.1001",
    ),
}


@pytest.mark.parametrize(("lang", "words"), WORDS.items())
def test_a_document_says_what_the_marks_page_says(office: Office, lang: str, words: tuple[str, ...]) -> None:
    pdf = Pdf(office.maker().make("m", office.mark, lang=lang))
    everywhere = (
        "株式会社サンプル精機", "SampleSeikiKK", "1180301018771", "★★★", "★3", "取得・登録", "obtainedandregistered",
        "全社のIT基盤", "SCS3-000007", "2026-03-27", "2027-11", "2026-11-21T15:00:00Z", "2027-11-21T15:00:00Z", BODY,
        office.mark, "shirushi.example",
    )  # fmt: skip
    assert [one for one in (*words, *everywhere) if one not in pdf.text] == []
    assert len(pdf.drawn) == 1
    assert pdf.root["/Lang"] == lang


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_code_is_read_at_100_dots_an_inch_and_is_the_marks(office: Office, lang: str) -> None:
    pdf = Pdf(office.maker().make("m", office.mark, lang=lang))
    assert decode_qr(pdf.picture(100)) == [office.world.qr(office.mark)]


def test_long_names_and_long_lists_go_on_to_further_sheets_and_nothing_is_lost(office: Office) -> None:
    short = document(office)
    name = "国立研究開発法人" + "とても長い名前の研究所髙﨑支部" * 12
    rows = tuple(replace(short.rows[0], texts=(f"{number:013}",)) for number in range(80))
    pdf = Pdf(typeset(replace(short, holder=name, latin=("Very Long Name " * 13,), rows=rows), ()))
    assert name in pdf.text
    assert all(f"{number:013}" in pdf.text for number in range(80))
    assert len(pdf.drawn) > 1
    assert decode_qr(pdf.picture(100)) == [short.code]


def test_text_of_a_holder_is_text_and_never_a_command(office: Office) -> None:
    hostile = '#read("/etc/passwd") *株式会社* $x$ <a> \\ ] [ "'
    pdf = Pdf(typeset(replace(document(office), holder=hostile), ()))
    assert "".join(hostile.split()) in pdf.text


def test_a_letter_that_no_font_holds_is_refused_and_never_drawn_as_a_box(office: Office) -> None:
    with pytest.raises(LetterMissingError) as raised:
        typeset(replace(document(office), holder="주식회사 견본"), ())
    assert "주" in raised.value.message


def test_without_a_japanese_font_it_is_said_what_to_install(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pylopdf_fonts_jp", None)
    with pytest.raises(FontMissingError) as raised:
        typeset(document(office), ())
    assert "pip install pylopdf-fonts-jp" in raised.value.hint


def test_recognised_and_sample_documents_cannot_be_taken_for_issued_ones(office: Office) -> None:
    issued = document(office)
    other = replace(issued, form="recognised", stars="☆☆☆", sample=("見本/TEST",))
    pictures = [Pdf(typeset(one, ())).picture(30) for one in (issued, other)]
    assert pictures[0] != pictures[1]
    assert "見本/TEST" in Pdf(typeset(other, ())).text


# --- the file --------------------------------------------------------------------------------------------------------


def test_a_document_is_pdf_a_3_by_all_that_can_be_seen_of_it(office: Office) -> None:
    pdf = Pdf(office.maker().make("m", office.mark, lang="ja"))
    assert pdf.data.startswith(b"%PDF-1.7")
    metadata = pdf.root["/Metadata"].data
    assert re.search(rb"<pdfaid:part>3</pdfaid:part>", metadata)
    assert re.search(rb"<pdfaid:conformance>U</pdfaid:conformance>", metadata)
    assert pdf.root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    assert pdf.root["/MarkInfo"]["/Marked"]
    assert "/Version" not in pdf.root
    assert "/Extensions" not in pdf.root
    fonts = re.findall(rb"/BaseFont */([A-Z]{6}\+[A-Za-z-]+)", pdf.data)
    assert {name.partition(b"+")[2].partition(b"-")[0] for name in fonts} == {b"NotoSansJP", b"NotoSerifJP"}
    embedded, described = (re.findall(one, pdf.data) for one in (rb"/FontFile[23]? \d+", rb"/Type */FontDescriptor"))
    assert len(set(embedded)) == len(described) == 2


def test_the_mark_inside_and_its_evidence_verify_without_the_registry(office: Office) -> None:
    pdf = Pdf(office.maker().make("m", office.mark, lang="en"))
    assert set(pdf.attachments) == {"mark.jwt", "bundle.json"}
    mark = pdf.attachments["mark.jwt"].decode()
    assert mark == office.world.mark(office.mark)
    bundle = parse_bundle(pdf.attachments["bundle.json"])
    world = office.world
    verdict = verify_text(mark, bundle=bundle, root=world.pinned, now=world.sim.now)
    assert verdict.headline is Headline.VALID_OFFLINE
    relationships = {one["/F"]: one["/AFRelationship"] for one in map(resolved, pdf.root["/AF"])}
    assert relationships == {"mark.jwt": "/Source", "bundle.json": "/Data"}


def test_the_same_document_is_set_to_the_same_bytes(office: Office) -> None:
    mark = Attachment("mark.jwt", office.world.mark(office.mark).encode(), "application/jwt", "source", "The mark")
    assert typeset(document(office), (mark,)) == typeset(document(office), (mark,))


# --- the signature ---------------------------------------------------------------------------------------------------


def test_the_signature_is_pades_covers_the_whole_file_and_allows_no_change(office: Office) -> None:
    pdf = Pdf(office.maker().make("m", office.mark, lang="ja"))
    status = pdf.signature(office.key.certificate)
    assert (status.intact, status.valid, status.trusted, status.bottom_line) == (True, True, True, True)
    assert status.coverage.name == "ENTIRE_FILE"
    (field,) = map(resolved, pdf.root["/AcroForm"]["/Fields"])
    assert field["/V"]["/SubFilter"] == "/ETSI.CAdES.detached"
    assert field["/V"]["/Reference"][0]["/TransformParams"]["/P"] == 1
    # Annotations of PDF/A are printed (bit 3) and not hidden (bits 1, 2 and 6).
    assert field["/F"] & 0b100111 == 0b100


@pytest.mark.parametrize("where", [0.02, 0.3, 0.6, 0.9])
def test_a_flipped_byte_is_found(office: Office, where: float) -> None:
    data = bytearray(office.maker().make("m", office.mark, lang="ja"))
    # Inside a compressed stream, so that the file can still be read.
    place = data.index(b"stream", int(where * len(data))) + 20
    data[place] ^= 1
    status = Pdf(bytes(data)).signature(office.key.certificate)
    assert (status.intact, status.bottom_line) == (False, False)


def test_the_signature_of_another_key_is_not_trusted(office: Office, tmp_path: Path) -> None:
    pdf = Pdf(office.maker().make("m", office.mark, lang="ja"))
    office.data.key("document").rename(tmp_path / "old.pem")
    office.data.key("document").with_suffix(".crt").rename(tmp_path / "old.crt")
    entropy = seeded_entropy("another")
    other = make_document_key(office.data, passphrase=PASSPHRASE, now=office.world.sim.now, entropy=entropy)
    assert pdf.signature(office.key.certificate).trusted
    assert not pdf.signature(other.certificate).trusted


def test_a_key_is_made_once_and_both_its_files_belong_together(office: Office, tmp_path: Path) -> None:
    data, entropy = office.data, seeded_entropy("again")
    assert load_document_key(data, PASSPHRASE).fingerprint == office.key.fingerprint
    assert [data.key("document").with_suffix(one).stat().st_mode & 0o077 for one in (".pem", ".crt")] == [0, 0]
    with pytest.raises(WrongUseError, match="exists"):
        make_document_key(data, passphrase=PASSPHRASE, now=1_800_000_000, entropy=entropy)
    with pytest.raises(KeyRefusedError):
        load_document_key(data, b"another passphrase")
    kept = data.key("document").rename(tmp_path / "document.pem")
    with pytest.raises(DocumentKeyMissingError, match="no key"):
        load_document_key(data, PASSPHRASE)
    certificate = data.key("document").with_suffix(".crt")
    certificate.rename(tmp_path / "document.crt")
    make_document_key(data, passphrase=PASSPHRASE, now=1_800_000_000, entropy=entropy)
    kept.replace(data.key("document"))
    with pytest.raises(KeyRefusedError, match="does not belong"):
        load_document_key(data, PASSPHRASE)


# --- when there is none, and what is kept ----------------------------------------------------------------------------


def test_a_document_is_made_once_and_is_not_served_any_more_when_the_mark_is_suspended(office: Office) -> None:
    maker = office.maker()
    first = maker.make("m", office.mark, lang="ja")
    office.world.sim.now += 60
    assert maker.make("m", office.mark, lang="ja") == first
    assert office.maker().make("m", office.mark, lang="ja") == first
    assert maker.make("m", office.mark, lang="en") != first
    assert len(list(office.data.documents.iterdir())) == 2
    office.world.suspend(office.mark)
    office.publish()
    with pytest.raises(RefusedError, match="suspended"):
        maker.make("m", office.mark, lang="ja")


def test_there_is_no_document_of_a_mark_that_does_not_exist(office: Office) -> None:
    with pytest.raises(NotFoundError):
        office.maker().make("m", "0" * 26, lang="ja")


def test_what_is_kept_stays_within_its_bounds_and_the_oldest_goes_first(tmp_path: Path) -> None:
    kept = KeptDocuments(tmp_path / "documents", most_bytes=250)
    for name in ("a", "b", "c"):
        kept.put(name, name.encode() * 100)
    assert (kept.get("a"), kept.get("b"), kept.get("c")) == (None, b"b" * 100, b"c" * 100)
    assert kept.get("d") is None


def test_a_certificate_of_an_issuer_takes_the_place_of_the_own_one(office: Office) -> None:
    issuer = ec.generate_private_key(ec.SECP256R1())
    own = x509.load_pem_x509_certificate(office.key.certificate)
    root, leaf = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Issuer")]))
        .public_key(key)
        .serial_number(number)
        .not_valid_before(own.not_valid_before_utc)
        .not_valid_after(own.not_valid_after_utc)
        .add_extension(x509.BasicConstraints(ca=number == 1, path_length=None), critical=True)
        .add_extension(own.extensions.get_extension_for_class(x509.KeyUsage).value, critical=True)
        .sign(issuer, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
        for number, subject, key in (
            (1, x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Issuer")]), issuer.public_key()),
            (2, own.subject, own.public_key()),
        )
    )
    office.data.key("document").with_suffix(".crt").write_bytes(leaf + root)
    key = load_document_key(office.data, PASSPHRASE)
    pdf = Pdf(office.maker(key).make("m", office.mark, lang="ja"))
    assert pdf.signature(root).trusted
    assert pdf.signature(root).signing_cert.serial_number == 2
