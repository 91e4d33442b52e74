"""`shirushi supplier`: the supplier's own place, as pages on its own machine."""

from __future__ import annotations

from pathlib import Path

import typer

from issuer.supplier.plan import open_plan
from verifier.edge.console.commands import console_commands

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)
FOLDER = typer.Option("--dir", help="The supplier's folder, made where there is none.")
PORT = 8724


@app.callback()
def main() -> None:
    """Assess yourself, answer clients and keep your marks, on your own machine."""


app.add_typer(console_commands(open_plan, folder=FOLDER, default=Path("supplier"), port=PORT), name="console")
