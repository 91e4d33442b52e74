"""Pictures of the pages that an act sees, drawn by Chromium. It is a development dependency: without it, a loud note.

No act needs a picture to keep its promises; where one needs a browser, it says so.
"""

from __future__ import annotations

import importlib
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
LANGUAGES = ("ja", "en")
WIDTH, HEIGHT = 1280, 900
LACKING = "NO PICTURES: the tour needs Chromium and playwright for them (make dev, make system)."


class Pictures:
    """A browser for the whole tour. Use it as a context manager."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._stack = ExitStack()
        self.browser: Any = None
        self.drawn = 0

    def __enter__(self) -> Pictures:
        """Start the browser where there is one; say loudly where there is none."""
        program = shutil.which("chromium")
        try:
            playwright = importlib.import_module("playwright.sync_api")
        except ModuleNotFoundError:
            playwright = None
        if playwright is None or program is None:
            self._say(f"[bold red]{LACKING}[/]")
            return self
        started = self._stack.enter_context(playwright.sync_playwright())
        self.browser = started.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        self._stack.callback(self.browser.close)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the browser."""
        self._stack.close()

    def look(self, address: str) -> tuple[bytes, ...]:
        """Return a picture (PNG) of what stands at an address, as a camera sees it; none without a browser."""
        if self.browser is None:
            return ()
        page = self.browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(address)
        seen: bytes = page.screenshot()
        page.close()
        return (seen,)

    def draw(self, address: str, folder: Path, name: str) -> None:
        """Draw a whole page in each language as NAME-LANGUAGE.png."""
        if self.browser is None:
            return
        for lang in LANGUAGES:
            page = self.browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
            page.goto(f"{address}{'&' if '?' in address else '?'}lang={lang}")
            page.screenshot(path=str(folder / f"{name}-{lang}.png"), full_page=True)
            page.close()
            self.drawn += 1
