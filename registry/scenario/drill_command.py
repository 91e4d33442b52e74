"""`shirushi drill`: rehearsals of what nobody wants to do for the first time when it counts."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from registry.scenario.drill import PROMISED, KeyCompromise
from registry.scenario.one_process import one_process
from verifier.errors import WrongUseError
from verifier.status_list import TTL

if TYPE_CHECKING:
    from registry.scenario.drill import Drill
    from registry.scenario.story import Tell

START = 1_795_305_600
SEED = "drill"

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Rehearse an emergency.")


@app.callback()
def drills() -> None:
    """Rehearse an emergency."""


@app.command("key-compromise")
def key_compromise(
    directory: Annotated[
        Path | None, typer.Option("--dir", help="An empty folder to keep everything in; else nothing is kept.")
    ] = None,
    seed: Annotated[str, typer.Option(help="Other keys, ids and salts; the same for the same seed.")] = SEED,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print what every verifier said as JSON.")] = False,
) -> int:
    """Play a stolen decider's key: cut it off, look at every mark's answer, issue the later ones anew.

    Ends with 0 when earlier marks stay valid, later ones are refused in time and each has a valid successor, else 1.
    """
    if directory is not None and directory.exists() and any(directory.iterdir()):
        raise WrongUseError(f"{directory} is not empty", hint="Choose another folder with --dir.")
    console = Console(highlight=False, soft_wrap=True, stderr=as_json)
    with TemporaryDirectory() as temporary:
        folder = directory or Path(temporary)
        with one_process(folder, seed=seed, start=START) as world:
            drill = KeyCompromise(world, tell=_tell(console)).play(folder / "marks")
    if as_json:
        print(json.dumps(drill.members(), indent=2))
    else:
        _show(drill, console)
    return 0 if drill.is_passed else 1


def _tell(console: Console) -> Tell:
    return lambda heading, detail: console.print(f"[bold]{heading:<22}[/] {detail}")


def _show(drill: Drill, console: Console) -> None:
    table = Table("mark", "signed", "before", "after, online", "status list", "old package", "successor", box=None)
    for one in drill.answers:
        said = one.members()
        table.add_row(
            said["mark"],
            said["signed"],
            said["before"],
            said["after"],
            str(said["status_list"]),
            said["package_of_the_day"],
            said["reissued"] or "-",
        )
    console.print(table)
    console.print(f"Promised: {PROMISED} s online; whoever keeps a status list, when its {TTL} s are over.")
    console.print("An old package says what was true on its day, and says so; it is never a present answer.")
    console.print("The drill is passed." if drill.is_passed else "THE DRILL IS NOT PASSED.")
