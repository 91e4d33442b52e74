"""`shirushi upcoming`: what the clock will change in a registry within some days, if nobody says anything more.

Exit codes: 0 told, 1 more changes than the limit, 2 could not be read or proven, 64 wrong use.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from verifier.audit.past import PublishedPast
from verifier.dates import parse_instant, utc_text
from verifier.edge.read_plane import open_plane
from verifier.edge.root_store import read_root
from verifier.edge.tracked import tracked
from verifier.envelope import DAY
from verifier.replay.upcoming import upcoming

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def main(
    *,
    days: Annotated[int, typer.Option(min=1, max=4000, help="How far to look ahead.")] = 7,
    place: Annotated[
        str | None, typer.Option("--from", help="Address or folder to read from; the registry's own address if absent.")
    ] = None,
    root: Annotated[Path | None, typer.Option(help="Version 1 of the trust root that you trust.")] = None,
    at: Annotated[str | None, typer.Option(help="Look ahead from this day or time. Now if absent.")] = None,
    limit: Annotated[
        int | None, typer.Option(min=0, help="End with 1 when more than so many changes are due: look before they are.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the changes as JSON.")] = False,
) -> int:
    """List what ends, begins or becomes overdue by itself: marks, suspensions, reports, accreditations, listings."""
    pinned = read_root(root)
    with open_plane(place or f"https://{pinned.host}") as plane, tracked("upcoming") as progress:
        past = PublishedPast(plane.fetcher, pinned, progress, plane.listing)
    now = int(time.time()) if at is None else parse_instant(at, zone=past.zone)
    found = upcoming(past.folded.state, now=now, until=now + days * DAY, duty_of=past.duty)
    too_many = limit is not None and len(found) > limit
    if as_json:
        members = {"at": now, "days": days, "size": past.folded.size, "changes": [asdict(one) for one in found]}
        typer.echo(json.dumps(members, indent=2))
    else:
        for one in found:
            typer.echo(f"{utc_text(one.at)}  {one.before} -> {one.after}  {one.object}")
        counts = Counter(one.after for one in found)
        typer.echo(
            ", ".join(f"{number} become {state}" for state, number in sorted(counts.items())) or "nothing changes"
        )
        if too_many:
            typer.echo(f"{len(found)} changes are more than the limit of {limit}: check the clock and the log first.")
    return 1 if too_many else 0
