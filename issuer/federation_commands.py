"""`shirushi issuer entity-configuration`: what the body says of itself in an OpenID federation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from issuer.entity_configuration import make_entity_configuration
from issuer.options import CONSOLE, FOLDER, DeskFolder, PassphraseFile, desk_with
from verifier.trust.federation_metadata import body_configuration_path

app = typer.Typer()


@app.command("entity-configuration")
def entity_configuration(
    *,
    name: Annotated[str, typer.Option(help="The body's name, as other federations show it.")],
    out: Annotated[Path, typer.Option(help="The file to write.")],
    passphrase_file: PassphraseFile = None,
    desk: DeskFolder = FOLDER,
) -> None:
    """Sign the body's entity configuration for OpenID Federation; it lasts for ninety days."""
    with desk_with(desk, "decider", passphrase_file=passphrase_file) as opened:
        compact = make_entity_configuration(opened, organisation=name)
        identity = opened.identity
    out.write_text(compact, encoding="ascii")
    address = f"https://{identity.host}/{body_configuration_path(identity.body_no)}"
    CONSOLE.print(f"{out}: send it to the authority, which serves it at {address}", markup=False)
