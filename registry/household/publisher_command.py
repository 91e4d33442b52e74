"""`shirushi registry publisher`: the publisher alone, where the log key has a machine or an account of its own."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from registry.data_folder import DataFolder
from registry.household.child import Child
from registry.household.publisher_process import run
from registry.settings import read_settings


def publisher(
    directory: Annotated[Path, typer.Option("--dir", help="The data folder.")],
    house_url: Annotated[str, typer.Option(help="Address of the demonstration witnesses, where they are used.")] = "",
) -> None:
    """Publish what was committed until SIGTERM. Ends with 1 when signing would contradict the past."""

    def hold(stop: Callable[[], None]) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop())

    run(Child(DataFolder(directory.resolve()), read_settings(directory), 0, house_url, hold))
