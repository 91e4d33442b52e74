"""`shirushi scheme publish`: what two operators sign to pin a version of a scheme's criteria in the log.

The command joins those of the verifier's ``scheme`` command by the entry-point group ``shirushi.scheme``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from registry.desk.operators import operators_desk
from verifier.edge.packs import find_pack, installed_packs
from verifier.scheme.pack import SchemePack

TYPE = "scheme.published"

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.command()
def publish(
    pack: Annotated[
        str, typer.Argument(metavar="PACK", help="Folder of a pack, SCHEME/VERSION, or SCHEME for its newest.")
    ],
    *,
    directory: Annotated[
        Path | None, typer.Option("--dir", help="The data folder of the registry; without it, only show the statement.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Publish a pack: sign it by two operators and log it. Without --dir, print what they would sign."""
    found = find_pack(pack)
    body = statement_body(found)
    if directory is None:
        typer.echo(json.dumps(body, ensure_ascii=False, indent=2))
        return
    admitted = operators_desk(directory).publish_scheme(body["public"])
    if as_json:
        typer.echo(json.dumps({"name": found.name, "index": admitted.index, "receipt": admitted.receipt}))
        return
    typer.echo(f"{found.name}, sha256 {found.digest}: log entry {admitted.index}")
    typer.echo(admitted.receipt)


def statement_body(pack: SchemePack) -> dict[str, Any]:
    """Return type and public part of the statement that pins a pack. Raises RefusedError for a closed version."""
    return {"type": TYPE, "public": pack.statement_public(installed_packs())}
