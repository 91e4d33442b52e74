"""`shirushi registry preview-body`: whom the end of an accreditation concerns, before anybody signs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from registry.admission.cascade import REVIEW_DAYS, cascade_of
from registry.data_folder import DataFolder
from registry.household.child import now
from registry.log.follower import Follower
from registry.rows import queries
from registry.rows.database import Database
from verifier.dates import utc_text
from verifier.names import body_uri

What = Literal["suspend", "lapse", "cause"]


def preview_body(
    directory: Annotated[Path, typer.Option("--dir", help="The data folder of the registry.")],
    no: Annotated[int, typer.Option("--no", help="The body's number.")],
    what: Annotated[What, typer.Option(help="suspend it, let it lapse, or withdraw it for cause.")] = "cause",
    review_days: Annotated[
        int, typer.Option(min=1, max=730, help="Days for the review of its marks after a withdrawal for cause.")
    ] = REVIEW_DAYS,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for whoever reviews the marks.")] = False,
) -> None:
    """List the marks in force of a body, until when they last, and by when to review them; nothing is changed."""
    data = DataFolder(directory.resolve())
    host, database = data.trust_root().host, Database(data.database_place)
    try:
        with database.read() as connection:
            state = Follower(host).follow(connection, queries.log_size(connection))
    finally:
        database.close()
    found = cascade_of(state, body_uri(host, no), what, now=now(), review_days=review_days)
    if as_json:
        typer.echo(json.dumps(found.members(), indent=2))
        return
    typer.echo(f"affects {len(found.marks)} marks of {found.holders} organisations and {len(found.keys)} keys")
    if found.last_end is not None:
        typer.echo(f"the last of the marks ends {utc_text(found.last_end)}")
    if found.review_by is not None:
        typer.echo(f"each is reviewed by {utc_text(found.review_by)}: transferred, evaluated anew, or suspended")
    elif found.marks:
        typer.echo("its marks run to their ends; it decides nothing new")
    for one in found.members()["marks"]:
        until = utc_text(one["until"])
        typer.echo(f"  {one['mark']} {one['sub']} {one['scheme']}/{one['tier']} {one['state']} until {until}")
