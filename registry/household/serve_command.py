"""`shirushi serve`: reader, API, publisher, verification service, portal; for a demonstration, witnesses too."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from registry.data_folder import DataFolder
from registry.household.household import Household
from registry.settings import read_passphrase, read_settings

app = typer.Typer(add_completion=False)

Port = Annotated[int | None, typer.Option(help="0 takes a free port; without it settings.toml decides.")]


@app.command()
def serve(
    directory: Annotated[Path, typer.Option("--dir", help="The data folder made by `shirushi registry init`.")],
    *,
    read_port: Port = None,
    api_port: Port = None,
    witness_port: Port = None,
    verification_port: Port = None,
    portal_port: Port = None,
    demo_witnesses: Annotated[
        bool, typer.Option("--demo-witnesses", help="Run the demonstration witnesses of the data folder too.")
    ] = False,
) -> None:
    """Run a registry until Ctrl-C. Every process ends with this one."""
    ports = {
        "read_port": read_port,
        "api_port": api_port,
        "witness_port": witness_port,
        "verification_port": verification_port,
        "portal_port": portal_port,
    }
    given = {name: port for name, port in ports.items() if port is not None}
    run_household(directory, demo_witnesses=demo_witnesses, **given)


def run_household(directory: Path, *, demo_witnesses: bool, **ports: int) -> None:
    """Run the processes over a data folder until SIGINT or SIGTERM. Raises UnavailableError when one ends by itself."""
    data = DataFolder(directory.resolve())
    data.trust_root()
    read_passphrase()
    settings = read_settings(data.path, given=ports)
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    with Household(data, settings, with_witnesses=demo_witnesses) as household:
        console = Console()
        for name, url in household.urls.items():
            console.print(f"{name:<12} {url}", highlight=False)
        console.print("Ctrl-C ends all of them.")
        while not stopping.wait(0.2):
            household.watch()
