"""The areas: which part of the product is drawn over which world."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.screenshots.buyer_pages import draw_buyer
from tests.screenshots.camera import Camera, open_camera
from tests.screenshots.evaluator_pages import draw_evaluator
from tests.screenshots.fixed_day import fixed_day
from tests.screenshots.foreign_pages import draw_foreign
from tests.screenshots.operator_pages import draw_operators
from tests.screenshots.public_pages import draw_public, draw_sandbox
from tests.screenshots.supplier_pages import draw_supplier

AREAS: dict[str, Callable[[Camera, Path], None]] = {
    "public": draw_public,
    "sandbox": draw_sandbox,
    "supplier": draw_supplier,
    "evaluator": draw_evaluator,
    "operator": draw_operators,
    "foreign": draw_foreign,
    "buyer": draw_buyer,
}


def draw(area: str, place: Path) -> None:
    """Draw an area in this process, which lives on the fixed day meanwhile."""
    for old in (area, "console") if area == "evaluator" else (area,):
        shutil.rmtree(place / old, ignore_errors=True)
    with tempfile.TemporaryDirectory() as made, open_camera(place, Path(made)) as camera, fixed_day(area):
        world = Path(made) / area
        world.mkdir()
        AREAS[area](camera, world)
