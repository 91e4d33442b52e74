"""Documents over HTTP: who answers, what is cached, what is refused, and the way from a page to them."""

from __future__ import annotations

import sys

import httpx
import pytest

from registry.reading.reader import create_reader
from registry.web.in_process import InProcessTransport
from tests.document.conftest import Office, Pdf
from verifier.edge.drawing.qr import decode_qr
from verifier.edge.page.pages import PageRenderer

MARKS = "/verification/v1/marks"


def reader(office: Office, *, verification: str) -> httpx.Client:
    sim = office.world.sim
    render = PageRenderer(environment="demonstration", zone="Asia/Tokyo", now=lambda: sim.now)
    app = create_reader(
        office.data.public, trust_root=sim.root, now=lambda: sim.now, render=render, documents_at=verification
    )
    return httpx.Client(transport=InProcessTransport({"reader": app}), base_url="http://reader")


def test_the_service_serves_a_signed_document_in_the_language_that_is_asked_for(office: Office) -> None:
    http, address = office.client(key=office.key), f"{MARKS}/{office.mark}/certificate.pdf"
    answer = http.get(address, params={"lang": "en"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-language"] == "en"
    assert answer.headers["content-disposition"] == f'inline; filename="{office.mark}-en.pdf"'
    certificate = http.get("/verification/v1/document-key.pem").content
    assert certificate == office.key.certificate
    assert Pdf(answer.content).signature(certificate).bottom_line
    japanese = http.get(address, headers={"accept-language": "ja"})
    assert "登録証書" in Pdf(japanese.content).text
    assert http.get(address, params={"lang": "fr"}).status_code == 400


def test_whoever_has_it_is_told_so_and_a_suspended_mark_has_none_any_more(office: Office) -> None:
    http, address = office.client(key=office.key), f"{MARKS}/{office.mark}/certificate.pdf"
    first = http.get(address)
    assert first.headers["cache-control"] == "no-cache"
    again = http.get(address, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    office.world.suspend(office.mark)
    office.publish()
    refused = http.get(address, headers={"if-none-match": first.headers["etag"]})
    assert (refused.status_code, refused.json()["code"]) == (422, "refused")


def test_a_registry_without_a_key_or_a_font_says_what_is_missing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"{MARKS}/{office.mark}/certificate.pdf"
    keyless = office.client(key=None).get(address)
    assert (keyless.status_code, keyless.json()["code"]) == (503, "document_key_missing")
    assert "shirushi registry key document" in keyless.json()["hint"]
    assert office.client(key=None).get("/verification/v1/document-key.pem").status_code == 503
    monkeypatch.setitem(sys.modules, "pylopdf_fonts_jp", None)
    fontless = office.client(key=office.key).get(address)
    assert (fontless.status_code, fontless.json()["code"]) == (503, "font_missing")
    assert "pip install" in fontless.json()["hint"]


@pytest.mark.parametrize(
    ("name", "status"), [("x", 400), ("0" * 26, 404), ("0123456789abcdefghjkmnpqrs", 400), ("../../etc", 404)]
)
def test_what_is_not_there_is_told(office: Office, name: str, status: int) -> None:
    assert office.client(key=office.key).get(f"{MARKS}/{name}/certificate.pdf").status_code == status


def test_a_page_leads_to_the_document_only_while_the_mark_is_valid(office: Office) -> None:
    headers = {"accept": "text/html", "accept-language": "en"}
    http = reader(office, verification="http://127.0.0.1:8083")
    link = f"{MARKS}/{office.mark}/certificate.pdf?lang=en"
    assert f'href="{link}"' in http.get(f"/m/{office.mark}", headers=headers).text
    assert f"/m/{office.mark}/artwork.pdf" in http.get(f"/m/{office.mark}", headers=headers).text
    there = http.get(link)
    assert (there.status_code, there.headers["location"]) == (307, f"http://127.0.0.1:8083{link}")
    office.world.suspend(office.mark)
    office.publish()
    page = http.get(f"/m/{office.mark}", headers=headers).text
    assert "certificate.pdf" not in page
    assert "artwork.pdf" not in page


def test_a_reader_without_the_service_says_that_it_signs_nothing(office: Office) -> None:
    answer = reader(office, verification="").get(f"{MARKS}/{office.mark}/certificate.pdf")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "/verification/" in answer.json()["hint"]


@pytest.mark.parametrize("style", ["colour", "mono", "reverse"])
def test_artwork_as_pdf_has_the_size_of_the_drawing_and_its_code_is_read(office: Office, style: str) -> None:
    http = reader(office, verification="")
    answer = http.get(f"/m/{office.mark}/artwork.pdf", params={"style": style})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    pdf = Pdf(answer.content)
    svg = http.get(f"/m/{office.mark}/artwork.svg", params={"style": style}).text
    width, height = pdf.drawn[0].get_size()
    assert f'width="{width / 72 * 25.4:.2f}'.rstrip("0").rstrip(".") in svg
    assert f'height="{height / 72 * 25.4:.2f}'.rstrip("0").rstrip(".") in svg
    assert "取得・登録" in pdf.text
    assert decode_qr(pdf.picture(150)) == [office.world.qr(office.mark)]


def test_artwork_as_pdf_is_refused_as_the_drawing_is(office: Office) -> None:
    http = reader(office, verification="")
    assert http.get(f"/m/{office.mark}/artwork.pdf", params={"style": "gold"}).status_code == 400
    office.world.suspend(office.mark)
    office.publish()
    assert http.get(f"/m/{office.mark}/artwork.pdf").status_code == 422


def test_nobody_is_told_where_a_document_is_kept(office: Office) -> None:
    office.client(key=office.key).get(f"{MARKS}/{office.mark}/certificate.pdf")
    (kept,) = office.data.documents.iterdir()
    assert office.data.documents.stat().st_mode & 0o077 == 0
    assert office.mark not in kept.name
