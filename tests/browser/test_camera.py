"""A QR before a camera: Chromium plays a film as its camera, and the page reads it to a verdict."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.browser.conftest import Served
from tests.chromium import ARGUMENTS, CHROMIUM, new_context
from verifier.edge.drawing.qr import decode_qr, qr_png

pytestmark = [pytest.mark.system, pytest.mark.prove]
VENDOR = Path(__file__).parent.parent.parent / "verifier/edge/static/vendor/manifest.json"
Film = Callable[[str], Any]


def film_of(text: str, place: Path) -> Path:
    """Write a film of ten frames (motion JPEG) that shows the QR of a text on a grey table."""
    frame = Image.new("RGB", (1280, 720), (150, 150, 146))
    code = Image.open(io.BytesIO(qr_png(text, 8))).convert("RGB").resize((600, 600))
    frame.paste(code, (330, 60))
    still = io.BytesIO()
    frame.save(still, "JPEG", quality=85)
    place.write_bytes(still.getvalue() * 10)
    return place


@pytest.fixture
def filmed(chromium: Any, served: Served, tmp_path: Path) -> Iterator[Film]:
    """Return a function that opens the page before a camera that shows a text's QR, and starts the camera."""
    if not VENDOR.exists():
        pytest.skip("the assets were not built: make assets")
    browsers: list[Any] = []

    def start(text: str) -> Any:
        film = film_of(text, tmp_path / "film.mjpeg")
        camera = (
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        )
        browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *camera])
        browsers.append(browser)
        page = new_context(browser, locale="en-GB").new_page()
        page.goto(f"{served.url}/verify?lang=en")
        page.wait_for_selector("html[data-scan=ready]")
        page.click("#camera")
        return page

    yield start
    for browser in browsers:
        browser.close()


def code_of(served: Served) -> str:
    (text,) = decode_qr((served.package(3) / "qr.png").read_bytes())
    return text


def headline(page: Any) -> str:
    page.wait_for_selector("#result [data-headline]")
    return str(page.get_attribute("#result [data-headline]", "data-headline"))


def test_a_code_before_the_camera_is_judged_and_the_camera_stops(filmed: Film, served: Served) -> None:
    page = filmed(code_of(served))
    assert headline(page) in ("valid", "valid_offline")
    page.wait_for_selector("#viewer", state="hidden")
    assert page.evaluate("document.getElementById('video').srcObject") is None


def test_a_look_alike_before_the_camera_is_refused(filmed: Film, served: Served) -> None:
    assert headline(filmed(code_of(served).replace("shirushi.example", "shirushi.exarnple"))) == "forged"


def test_another_code_before_the_camera_is_told_and_not_opened(filmed: Film, served: Served) -> None:
    page = filmed("https://elsewhere.example/prize")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_selector("#told .note:has-text('not opened')")
    assert [url for url in asked if not url.startswith(served.url)] == []
