"""`shirushi lies`: ten lying registries, and who catches each of them by what.

Exit codes: 0 every lie is caught by its named check and nobody finds anything in the honest stories, 1 otherwise.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from registry.scenario.lies.outsiders import play
from registry.scenario.lies.told import LIES
from verifier.edge.tracked import tracked

if TYPE_CHECKING:
    from registry.scenario.lies.outsiders import Outcome

SEED = "lies"

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def main(
    seed: Annotated[str, typer.Option(help="Other keys, ids and salts; the same for the same seed.")] = SEED,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything that was found as JSON.")] = False,
) -> int:
    """Play ten lying registries and show which named check catches each; the honest stories have to pass them all."""
    outcomes: list[Outcome] = []
    with tracked("lies") as progress:
        for lie in LIES:
            outcomes.append(play(lie, seed=seed))
            progress(len(outcomes), len(LIES))
    caught = sum(one.is_caught for one in outcomes)
    if as_json:
        members = {"caught": caught, "lies": [one.members() for one in outcomes]}
        typer.echo(json.dumps(members, indent=2, ensure_ascii=False))
    else:
        Console().print(_table(outcomes))
        honest = sum(not one.honest for one in outcomes)
        typer.echo(f"{caught} of {len(LIES)} caught; {honest} of {len(LIES)} honest stories pass the same outsiders")
    return 0 if caught == len(LIES) else 1


def _table(outcomes: list[Outcome]) -> Table:
    table = Table("the registry", "who lies", "caught by", "what it says")
    table.columns[2].no_wrap = True
    for one in outcomes:
        caught = one.lie.caught
        said = one.catch.says if one.catch else "NOT CAUGHT"
        if one.honest:
            said = f"FOUND WITHOUT THE LIE: {one.honest[0].by}: {one.honest[0].name}"
        table.add_row(one.lie.name, one.lie.liar, f"{caught.by}:\n{caught.name.value}", said)
    return table
