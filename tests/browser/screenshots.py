"""Pictures of every public page: ``python -m tests.browser.screenshots FOLDER``, by ``make screenshots``.

Each page once wide, light and in Japanese, once narrow, dark and in English, with few colours so that they stay small.
The site is played by a seed from a fixed day, so the same pages give the same pictures on the same browser.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
from importlib import resources
from pathlib import Path
from typing import Any, cast

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser.whole_site import Running, play, run
from tests.chromium import ARGUMENTS, CHROMIUM

START = 1_793_577_600
"""2 November 2026, 09:00 in Tokyo."""
COLOURS = 32
APART = 10
"""How far two colours have to be apart, over all three parts, to count as two."""
TALLEST = 2000
"""CSS pixels of a page that are shown; what lies below is told by the page itself."""
LOOKS = {
    "wide": {"locale": "ja-JP", "color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "narrow": {"locale": "en-GB", "color_scheme": "dark", "viewport": {"width": 360, "height": 800}},
}
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir>{}</dir><cachedir>{}</cachedir>
</fontconfig>
"""


def main(folder: str) -> None:
    """Write the pictures into a folder, in place of those that are there."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    for old in place.glob("*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as made:
        running = run(play(Path(made) / "site", start=START))
        try:
            _draw(running, place, _fonts(Path(made)))
        finally:
            running.stop()


def _fonts(folder: Path) -> str:
    """Return a font configuration with the Japanese font that certificates are set in."""
    fonts = resources.files("pylopdf_fonts_jp")
    file = folder / "fonts.conf"
    file.write_text(_FONTS.format(fonts, folder / "cache"))
    return str(file)


def _draw(running: Running, place: Path, fonts: str) -> None:
    environment = {**os.environ, "FONTCONFIG_FILE": fonts}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS), env=environment)
        for look, how in LOOKS.items():
            page = browser.new_context(**how).new_page()
            for name, address in running.site.pages().items():
                page.goto(running.url + address)
                _keep(page, place / f"{name}-{look}.png")
                if name == "search":
                    page.fill("#name", "見本")
                    page.click("form.ask button:not(.quiet)")
                    page.wait_for_selector("#results")
                    _keep(page, place / f"search-results-{look}.png")
            page.context.close()
        browser.close()


def _keep(page: Any, file: Path) -> None:
    height = page.evaluate("document.documentElement.scrollHeight")
    width = page.viewport_size["width"]
    data = page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": width, "height": min(height, TALLEST)})
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    picture.quantize(palette=_palette(picture), dither=Image.Dither.NONE).save(file, optimize=True)


def _palette(picture: Image.Image) -> Image.Image:
    """Return the picture's most frequent colours: grounds and tones are flat, the rest are edges of letters."""
    counted = sorted(picture.getcolors(1 << 24) or [], reverse=True)
    chosen: list[tuple[int, ...]] = []
    for _, colour in counted:
        parts = cast("tuple[int, ...]", colour)
        if all(sum(abs(one - other) for one, other in zip(parts, kept, strict=True)) >= APART for kept in chosen):
            chosen.append(parts)
        if len(chosen) == COLOURS:
            break
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in chosen for part in colour])
    return palette


if __name__ == "__main__":
    main(sys.argv[1])
