"""A supplier's place for tests."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from issuer.supplier.place import SupplierPlace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def place(tmp_path: Path) -> Iterator[SupplierPlace]:
    opened = SupplierPlace(tmp_path, now=lambda: int(time.time()))
    yield opened
    opened.database.close()
