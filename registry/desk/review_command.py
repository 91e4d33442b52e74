"""`shirushi registry body review`: which marks of a body that was withdrawn for cause still wait for their review."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from registry.admission.cascade import REVIEW_DAYS
from registry.admission.review import Review, review_of
from registry.data_folder import DataFolder
from registry.household.child import now
from registry.log.follower import Follower
from registry.rows import queries
from registry.rows.database import Database
from verifier.dates import utc_text
from verifier.errors import NotFoundError
from verifier.names import body_uri
from verifier.statement import parse_statement


def review(
    directory: Annotated[Path, typer.Option("--dir", help="The data folder of the registry.")],
    no: Annotated[int, typer.Option("--no", min=1, help="The body's number.")],
    days: Annotated[int, typer.Option(min=1, max=730, help="Days from the withdrawal on.")] = REVIEW_DAYS,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for whoever reviews the marks.")] = False,
) -> int:
    """List the marks of a body withdrawn for cause that nobody reviewed yet. Ends with 1 while one is left too late."""
    found = _review(DataFolder(directory.resolve()), no, days)
    if as_json:
        typer.echo(json.dumps(found.members(), indent=2))
    else:
        typer.echo(f"withdrawn {utc_text(found.withdrawn_at)}, {len(found.left)} marks are left to review")
        typer.echo(f"{'late since' if found.is_late else 'by'} {utc_text(found.review_by)}")
        for one in found.left:
            typer.echo(f"  {one.uri} {one.issued.sub} until {utc_text(one.issued.exp)}")
    return 1 if found.is_late else 0


def _review(data: DataFolder, no: int, days: int) -> Review:
    host, database = data.trust_root().host, Database(data.database_place)
    uri = body_uri(host, no)
    try:
        with database.read() as connection:
            state = Follower(host).follow(connection, queries.log_size(connection))
            if uri not in state.bodies:
                raise NotFoundError(f"the log knows no {uri}", hint="Give the number under which it was accredited.")
            head = state.heads[uri].index
            (entry,) = queries.entries(connection, head, head + 1)
    finally:
        database.close()
    return review_of(state, parse_statement(entry.statement), now=now(), days=days)
