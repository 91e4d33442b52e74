"""`shirushi buyer`: a buyer's desk, made once, and its pages.

Exit codes: 0 done, 2 could not find out, 64 wrong use.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from verifier.edge.buyer.console_plan import open_plan
from verifier.edge.buyer.desk_folder import make_desk
from verifier.edge.console.commands import console_commands

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="A buyer's desk on the own machine: lists, requests and watches, as pages.",
)

PLACE = Path("buyer")
PORT = 8725


@app.command()
def init(
    *,
    folder: Annotated[Path, typer.Option("--dir", help="The folder of the desk; it is made.")] = PLACE,
    root: Annotated[Path, typer.Option(help="Version 1 of the trust root that you trust.")],
    source: Annotated[str, typer.Option("--from", metavar="URL|DIR", help="Where the directory is published.")],
) -> None:
    """Make a buyer's desk; pull its copy of the directory from the pages, or with `shirushi directory pull`."""
    made = make_desk(folder, root=root, source=source)
    typer.echo(f"{made.path}: trust root of {made.trust_root().host}")


app.add_typer(
    console_commands(open_plan, folder=typer.Option("--dir", help="The folder of the desk."), default=PLACE, port=PORT),
    name="console",
)
