"""`shirushi log statistics`: what a log counts to, at a number of entries and an instant, for anybody to count again.

Exit codes: 0 told, 2 could not be read or proven, 64 wrong use.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.audit.tally import Tally
from verifier.dates import parse_instant, utc_text
from verifier.edge.read_plane import open_plane
from verifier.edge.root_store import read_root
from verifier.edge.tracked import tracked

if TYPE_CHECKING:
    from verifier.replay.counts import Statistics


def tell_statistics(
    place: Annotated[str, typer.Argument(metavar="URL|DIR", help="Address or folder of what is published.")],
    *,
    root: Annotated[Path | None, typer.Option(help="Version 1 of the trust root that you trust.")] = None,
    at: Annotated[
        str | None, typer.Option("--at", "--as-of", help="Count as of this day or time. Now if absent.")
    ] = None,
    size: Annotated[int | None, typer.Option(min=1, help="Count the first entries only, this many.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> int:
    """Count marks, holders, bodies and entries, and say for how many entries of the log the counts hold."""
    pinned = read_root(root)
    with open_plane(place) as plane, tracked("statistics") as progress:
        tally = Tally(plane.fetcher, pinned)
        tally.advance(progress, size=size)
    counted = tally.statistics(at=int(time.time()) if at is None else parse_instant(at, zone=tally.zone))
    if as_json:
        typer.echo(json.dumps({"host": pinned.host, **counted.members()}, indent=2))
    else:
        for line in _lines(pinned.host, counted):
            typer.echo(line)
    return 0


def _lines(host: str, counted: Statistics) -> list[str]:
    lines = [f"{host}: the first {counted.size} entries, as of {utc_text(counted.at)}"]
    members = counted.members()
    for name in ("marks", "holders", "declarations", "bodies", "experts", "agreements", "recognitions", "entries"):
        if members[name]:
            lines.append(name)
        for *row, number in members[name]:
            lines.append(f"  {number:>7}  {'  '.join(row)}")
    return lines
