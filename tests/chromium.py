"""Debian's Chromium under Playwright, which downloads none of its own.

One browser for all tests of a process: Playwright's synchronous side starts once in a thread.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")

PATIENCE_MS = 90_000
"""How long a page is waited for: a browser starts slowly, and keys are opened with much work, on a busy machine."""


def new_context(browser: Any, **how: Any) -> Any:
    """Return a new browser context, in which everything is waited for with patience."""
    context = browser.new_context(**how)
    context.set_default_timeout(PATIENCE_MS)
    return context


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The browser; pages are made in contexts of their own: ``new_context``."""
    api = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.exists():
        pytest.skip("Debian's chromium is not installed")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()
