"""A desk whose registry is served on loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.evaluator.desk_on_loopback import DeskOnLoopback, desk_on_loopback

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def house(tmp_path: Path) -> Iterator[DeskOnLoopback]:
    with desk_on_loopback(tmp_path) as opened:
        yield opened
