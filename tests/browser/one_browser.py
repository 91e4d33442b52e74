"""Debian's Chromium, once a process: Playwright starts no second time, and several folders have a fixture of it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_RUNNING: list[Any] = []


@contextmanager
def one_browser(program: Path, arguments: Sequence[str]) -> Iterator[Any]:
    """Give the browser of this process. Whoever began first ends last, so whoever started it closes it."""
    if _RUNNING:
        yield _RUNNING[0]
        return
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(arguments))
        _RUNNING.append(browser)
        try:
            yield browser
        finally:
            _RUNNING.clear()
            browser.close()
