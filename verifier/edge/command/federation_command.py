"""`shirushi federation`: check the trust chain of a body (OpenID Federation 1.1) up to a trust root that is pinned.

Exit codes: 0 it holds, 1 it does not, 2 it could not be read, 64 wrong use.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated

import typer

from verifier.dates import utc_text
from verifier.directory.proven import fetch_roots
from verifier.edge.read_plane import open_plane
from verifier.edge.root_store import read_root
from verifier.errors import WrongUseError
from verifier.names import body_uri
from verifier.trust.entity_configuration import PATH
from verifier.trust.federation_metadata import body_configuration_path, body_number, statement_path
from verifier.trust.root import follow
from verifier.trust.trust_chain import verify_trust_chain

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def main(
    body: Annotated[str, typer.Argument(metavar="BODY", help="Number of the body, or its entity id.")],
    *,
    place: Annotated[
        str | None, typer.Option("--from", help="Address or folder to read from; the registry's own address if absent.")
    ] = None,
    root: Annotated[Path | None, typer.Option(help="Version 1 of the trust root that you trust.")] = None,
    configuration: Annotated[
        Path | None, typer.Option(help="The body's entity configuration, if it is not read from the registry.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> None:
    """Check that body, authority's statement and authority's configuration form a trust chain now."""
    pinned = read_root(root)
    no = body_number(body_uri(pinned.host, int(body)) if body.isdecimal() else body, pinned.host)
    if no is None:
        raise WrongUseError(f"not a body of {pinned.host}: {body}", hint="Give a number, or an entity id.")
    with open_plane(place or f"https://{pinned.host}") as plane:
        fetch = plane.fetcher.fetch
        newest = follow(pinned, fetch_roots(plane.fetcher, pinned).values())
        own = configuration.read_bytes().strip() if configuration else fetch(body_configuration_path(no))
        found = verify_trust_chain(own, fetch(statement_path(no)), fetch(PATH), root=newest, now=int(time.time()))
    if as_json:
        told = {"body": found.uri, "until": found.exp, "keys": found.kids, "trust_mark_types": found.trust_mark_types}
        typer.echo(json.dumps(told, indent=2))
        return
    typer.echo(f"{found.uri}: the trust chain holds until {utc_text(found.exp)}")
    for kid in found.kids:
        typer.echo(f"key {kid}")
    for kind in found.trust_mark_types:
        typer.echo(f"issues {kind}")
