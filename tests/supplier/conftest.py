"""A supplier's place for tests, and Debian's Chromium, as the browser tests have it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from issuer.supplier.place import SupplierPlace
from tests.browser.conftest import chromium

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["chromium"]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[SupplierPlace]:
    opened = SupplierPlace(tmp_path, now=lambda: int(time.time()))
    yield opened
    opened.database.close()
