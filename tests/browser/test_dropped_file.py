"""Files dropped on the public pages: judged in the browser and never sent; without scripts, sent and judged there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import Served
from tests.chromium import new_context
from verifier.edge.drawing.qr import qr_png

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.system
VENDOR = Path(__file__).parent.parent.parent / "verifier/edge/static/vendor/manifest.json"
needs_decoder = pytest.mark.skipif(not VENDOR.exists(), reason="the assets were not built: make assets")


@pytest.fixture
def page(chromium: Any, served: Served) -> Iterator[Any]:
    context = new_context(chromium, locale="en-GB")
    page = context.new_page()
    page.sent, page.faults = [], []
    page.on("request", lambda asked: page.sent.append(asked.url) if asked.method != "GET" or asked.post_data else None)
    page.on("console", lambda message: page.faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    yield page
    context.close()


@pytest.fixture
def pdf(served: Served, tmp_path: Path) -> Path:
    place = tmp_path / "document.pdf"
    place.write_bytes(served.document(3))
    return place


def open_scan(page: Any, served: Served) -> None:
    page.goto(f"{served.url}/verify?lang=en")
    page.wait_for_selector("html[data-scan=ready]")


def headline(page: Any) -> str:
    page.wait_for_selector("#result [data-headline]")
    return str(page.get_attribute("#result [data-headline]", "data-headline"))


def test_a_pdf_is_judged_in_the_browser_with_its_signature_and_is_not_sent(
    page: Any, served: Served, pdf: Path
) -> None:
    open_scan(page, served)
    page.set_input_files("#file", pdf)
    assert headline(page) in ("valid", "valid_offline")
    assert "made by this registry’s key for documents" in page.inner_text("#result")
    assert page.sent == []
    assert page.faults == []


@pytest.mark.prove
def test_a_pdf_that_was_changed_is_told_in_the_browser(page: Any, served: Served, pdf: Path) -> None:
    open_scan(page, served)
    pdf.write_bytes(pdf.read_bytes() + b"\n")
    page.set_input_files("#file", pdf)
    assert headline(page) in ("valid", "valid_offline")
    assert "the PDF was changed after it was signed" in page.inner_text("#result")


@needs_decoder
def test_artwork_as_svg_and_as_qr_is_read_in_the_browser(page: Any, served: Served, tmp_path: Path) -> None:
    open_scan(page, served)
    for name in (f"m/{served.mark_id(3)}/artwork.svg", f"m/{served.mark_id(3)}/qr.svg"):
        place = tmp_path / name.rpartition("/")[2]
        place.write_bytes(page.request.get(f"{served.url}/{name}").body())
        page.evaluate("document.getElementById('result').replaceChildren()")
        page.set_input_files("#file", place)
        assert headline(page) in ("valid", "valid_offline"), name
    assert page.sent == []
    assert page.faults == []


@pytest.mark.prove
def test_what_holds_no_mark_is_told_apart_in_the_browser(page: Any, served: Served, tmp_path: Path) -> None:
    open_scan(page, served)
    for number, (data, words) in enumerate(
        (
            (b"%PDF-1.7 a price list", "No mark is attached to this PDF"),
            (b"PK\x03\x04 zipped", "Archives and office documents are not opened"),
            (b"\x00\xff\xfe\x01", "no kind of file that holds a mark"),
            (b"", "No file was chosen, or it is empty"),
        )
    ):
        place = tmp_path / f"file-{number}"
        place.write_bytes(data)
        page.set_input_files("#file", place)
        page.wait_for_selector(f"#told .tone-bad:has-text('{words}')")


def test_a_file_given_to_the_start_page_is_judged_on_the_next_page_and_not_sent(
    page: Any, served: Served, pdf: Path
) -> None:
    page.goto(f"{served.url}/?lang=en")
    page.wait_for_selector("html[data-drop=ready]")
    assert "is not sent anywhere" in page.inner_text("#drop")
    page.set_input_files("#file", pdf)
    page.click("#drop button")
    page.wait_for_url("**/verify?lang=en**")
    assert headline(page) in ("valid", "valid_offline")
    assert "attached to this PDF" in page.inner_text("#result")
    assert page.sent == []
    assert page.evaluate("caches.has('shirushi-handed-over')") is False


@pytest.mark.parametrize("where", ["/", pytest.param("/verify", marks=pytest.mark.prove)])
def test_without_scripts_the_file_is_sent_after_the_page_said_so(
    chromium: Any, served: Served, pdf: Path, where: str, tmp_path: Path
) -> None:
    context = new_context(chromium, java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{served.url}{where}?lang=en")
    form = "form[enctype='multipart/form-data']"
    assert "The file is sent to this registry" in page.inner_text(form)
    page.set_input_files(f"{form} input[type=file]", pdf)
    page.click(f"{form} button")
    page.wait_for_url("**/check")
    assert page.is_visible("main .status.tone-good, main .status.tone-good-then")
    assert "made by this registry’s key for documents" in page.inner_text("main")
    code = tmp_path / "code.png"
    code.write_bytes(qr_png("https://elsewhere.example/prize", 8))
    page.goto(f"{served.url}{where}?lang=en")
    page.set_input_files(f"{form} input[type=file]", code)
    page.click(f"{form} button")
    page.wait_for_url("**/check")
    assert "it is no mark’s" in page.inner_text("#file-mistake")
    context.close()
