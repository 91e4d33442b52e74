"""Pictures of every page: ``python -m tests.screenshots FOLDER [AREA...]``, by ``make screenshots``.

The public pages and the five consoles, each over a world that is played by a seed from a fixed day: the same pages give
the same pictures on the same browser, up to what was signed with fresh randomness. An area is drawn anew as a whole.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from tests.screenshots.areas import AREAS, draw

AT_ONCE = 2
"""Processes that draw beside each other."""


def main(folder: str, *areas: str) -> None:
    """Write the pictures of all areas, or of some, in place of those that are there."""
    with ProcessPoolExecutor(AT_ONCE, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        for drawn in [pool.submit(draw, area, Path(folder)) for area in areas or AREAS]:
            drawn.result()


if __name__ == "__main__":
    main(*sys.argv[1:])
