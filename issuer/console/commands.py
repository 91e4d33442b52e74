"""`shirushi issuer console`: the desk as pages, for people with passkeys."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from issuer.console.door import open_door
from issuer.console.plan import evaluator_plan
from issuer.console.works import Works
from issuer.options import FOLDER, present
from verifier.edge.console.commands import console_commands

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from verifier.edge.console.plan import Plan

PORT = 8721
DESK = typer.Option("--desk", envvar="SHIRUSHI_DESK", help="The desk's folder.")


@contextmanager
def open_plan(folder: Path) -> Iterator[Plan]:
    """Give the console over a desk's folder; what goes on is waited for at the end. Raises WrongUseError."""
    with open_door(folder, clock=present, entropy=secrets.token_bytes) as door:
        works = Works()
        try:
            yield evaluator_plan(door, works)
        finally:
            works.close()


app = console_commands(open_plan, folder=DESK, default=FOLDER, port=PORT)
