"""`shirushi simulate`: a registry's life in fast-forward."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from registry.scenario import cast
from registry.scenario.one_process import one_process
from registry.scenario.year.totals import differences, logged
from registry.scenario.year.year import FEWEST_BODIES, FEWEST_SUPPLIERS, START, Size, Year
from verifier.edge.tracked import tracked
from verifier.errors import WrongUseError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.scenario.year.totals import Logged, Totals

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Play a registry's life in fast-forward.")


@app.callback()
def simulations() -> None:
    """Play a registry's life in fast-forward."""


@app.command("year")
def year(
    *,
    directory: Annotated[Path, typer.Option("--dir", help="An empty folder: the registry is written there.")],
    bodies: Annotated[int, typer.Option(min=FEWEST_BODIES, help="How many evaluation bodies take part.")] = 20,
    suppliers: Annotated[int, typer.Option(min=FEWEST_SUPPLIERS, help="How many suppliers take part.")] = 2000,
    seed: Annotated[str, typer.Option(help="Other keys, ids and stories; the same for the same seed.")] = "1",
) -> int:
    """Play a year with real signatures, witnesses and directories, and print a ledger that has to agree with the log.

    Each total is counted twice: from what the actors did, and from the published log. Ends with 0 when they agree, 1
    when they differ. The same seed gives the same ledger and the same root of the log.
    """
    if directory.exists() and any(directory.iterdir()):
        raise WrongUseError(f"{directory} is not empty", hint="Choose another folder with --dir.")
    with one_process(directory, seed=f"year {seed}", start=START) as world, tracked("year", unit="day") as progress:
        played = Year(world, Size(bodies, suppliers), seed=seed)
        played.play(progress)
        did, at = played.told(), world.clock()
        public = world.public
    (directory / "trust").mkdir()
    shutil.copyfile(public / "trust/1.json", directory / "trust/1.json")
    found = logged(public, cast.HOST, zone=cast.ZONE, at=at)
    typer.echo(f"A year of {cast.HOST}: {bodies} evaluation bodies, {suppliers} suppliers, seed {seed}")
    return show(did, found)


def show(did: Totals, found: Logged) -> int:
    """Print the ledger; return 0 when the actors' totals are the log's, else 1."""
    for line in _lines(found):
        typer.echo(line)
    different = differences(did, found.totals)
    for line in different:
        typer.echo(f"DIFFERENT {line}")
    count = sum(len(counted) for counted in found.totals.values())
    typer.echo("The ledger does not agree with the log." if different else f"All {count} totals agree with the log.")
    return 1 if different else 0


def _lines(found: Logged) -> Iterator[str]:
    yield f"Log: {found.size} entries, root {found.root}"
    for heading, counted in found.totals.items():
        yield ""
        yield heading
        for name, count in sorted(counted.items()):
            yield f"  {name:<44}{count:>7}"
        yield f"  {'in all':<44}{counted.total():>7}"
    yield ""
