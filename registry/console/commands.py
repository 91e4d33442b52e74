"""`shirushi registry console serve|invite|people`: the operators' pages, over the data folder of the registry."""

from __future__ import annotations

from pathlib import Path

import typer

from registry.console.plan import open_plan
from verifier.edge.console.commands import console_commands

PORT = 8722

app = console_commands(
    open_plan,
    folder=typer.Option("--dir", "--data", help="The data folder of the registry."),
    default=Path(),
    port=PORT,
)
