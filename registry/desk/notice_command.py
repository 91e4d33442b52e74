"""`shirushi registry notice`: what the authority tells the public, in Japanese and English, signed by one operator."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated

import typer

from registry.data_folder import DataFolder
from registry.desk.operators import operators_desk
from verifier.errors import NotFoundError
from verifier.scheme.tables import files_digest
from verifier.statement.document import write_document

app = typer.Typer(no_args_is_help=True, help="Notices to the public.")


@app.command()
def publish(
    directory: Annotated[Path, typer.Option("--dir", help="The data folder of the registry.")],
    *,
    kind: Annotated[str, typer.Option(help="A code such as fake_mark, body_status, criteria_change or advisory.")],
    ja: Annotated[Path, typer.Option(help="The text in Japanese; its first line is the title.")],
    en: Annotated[Path, typer.Option(help="The text in English; its first line is the title.")],
    label: Annotated[
        str | None, typer.Option(help="The id of an earlier notice, to publish a new version of it.")
    ] = None,
) -> None:
    """Publish a notice. It stands on /notices, in both feeds, and for two weeks on the start page."""
    for path in (ja, en):
        if not path.is_file():
            raise NotFoundError(f"{path} is missing")
    files = {"ja.md": ja.read_bytes(), "en.md": en.read_bytes()}
    host = DataFolder(directory).trust_root().host
    uri = f"https://{host}/n/{label or secrets.token_hex(5)}"
    public = {"kind": kind, "sha256": files_digest(files)}
    desk = operators_desk(directory)
    admitted = desk.submit("notice.published", uri, public, document=write_document(files), alone=True)
    typer.echo(f"log entry {admitted.index}: {uri}")
