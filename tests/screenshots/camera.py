"""The camera: opens pages in the two looks and keeps small pictures of them.

Each page once wide, light and in Japanese, once narrow, dark and in English. Pictures are WebP, with few
colours and no losses.
What differs between two runs and means nothing, the port on loopback, is written over before a picture is taken.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.chromium import ARGUMENTS, CHROMIUM, new_context

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.console.enrolled import Visitor

Step = Callable[[Any], None]
Subject = str | Step
"""A page to keep: its path, or what leads a browser's page to it."""

COLOURS = 16
APART = 10
"""How far two colours have to be apart, over all three parts, to count as two."""
TALLEST = 1280
"""CSS pixels of a page that are shown; what lies below is told by the page itself."""
LOOKS: dict[str, dict[str, Any]] = {
    "wide": {"locale": "ja-JP", "color_scheme": "light", "viewport": {"width": 1280, "height": 800}},
    "narrow": {"locale": "en-GB", "color_scheme": "dark", "viewport": {"width": 360, "height": 780}},
}
PORT = "8091"
_ONE_PORT = r"""port => {
  const tell = (text) => text.replace(/(localhost|127\.0\.0\.1):\d+/g, `$1:${port}`);
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) walk.currentNode.data = tell(walk.currentNode.data);
  for (const one of document.querySelectorAll("input[type=text], textarea")) one.value = tell(one.value);
}"""
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir>{}</dir><cachedir>{}</cachedir>
</fontconfig>
"""


class Camera:
    """A browser with a Japanese font, and the folder that its pictures go to."""

    def __init__(self, browser: Any, folder: Path) -> None:
        self.browser = browser
        self.folder = folder

    def draw(self, area: str, origin: str, subjects: Mapping[str, Subject], *, by: Visitor | None = None) -> None:
        """Keep a picture of every page in both looks, as somebody sees it who is signed in, or nobody."""
        for look, how in LOOKS.items():
            context = new_context(self.browser, **how)
            if by is not None:
                name = by.console.cookie
                context.add_cookies([{"name": name, "value": by.client.cookies[name], "url": origin}])
            page = context.new_page()
            for name, subject in subjects.items():
                if isinstance(subject, str):
                    page.goto(origin + subject)
                else:
                    subject(page)
                self.keep(page, area, f"{name}-{look}")
            context.close()

    def keep(self, page: Any, area: str, name: str) -> None:
        """Keep a picture of the open page."""
        place = self.folder / area
        place.mkdir(parents=True, exist_ok=True)
        page.evaluate(_ONE_PORT, PORT)
        height = page.evaluate("document.documentElement.scrollHeight")
        width = page.viewport_size["width"]
        clip = {"x": 0, "y": 0, "width": width, "height": min(height, TALLEST)}
        picture = Image.open(io.BytesIO(page.screenshot(full_page=True, clip=clip))).convert("RGB")
        small = picture.quantize(palette=_palette(picture), dither=Image.Dither.NONE)
        small.convert("RGB").save(place / f"{name}.webp", lossless=True, quality=100, method=4)


@contextmanager
def open_camera(folder: Path, made: Path) -> Iterator[Camera]:
    """Give a camera that keeps its pictures in a folder; ``made`` is a folder for what it needs meanwhile."""
    environment = {**os.environ, "FONTCONFIG_FILE": _fonts(made)}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS), env=environment)
        yield Camera(browser, folder)
        browser.close()


def _fonts(folder: Path) -> str:
    """Return a font configuration with the Japanese font that certificates are set in."""
    fonts = resources.files("pylopdf_fonts_jp")
    file = folder / "fonts.conf"
    file.write_text(_FONTS.format(fonts, folder / "cache"))
    return str(file)


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
