"""`shirushi registry client`: who may keep watches at the portal."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated

import typer

from registry.data_folder import DataFolder
from registry.household.child import now
from registry.portal.clients import PER_MINUTE, Clients
from registry.portal.portal_database import open_portal
from registry.settings import read_settings
from verifier.dates import utc_text
from verifier.encoding import read_object
from verifier.errors import WrongUseError

app = typer.Typer(no_args_is_help=True, help="Clients of the portal: register, list, revoke.")

Folder = Annotated[Path, typer.Option("--dir", help="The data folder of the registry.")]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Who it is, such as the name of a procurement portal.")],
    *,
    directory: Folder,
    jwk: Annotated[
        Path | None, typer.Option(help="The client's public key (JWK, P-256 or Ed25519), in place of an API key.")
    ] = None,
    per_minute: Annotated[int, typer.Option(min=1, max=100_000, help="Requests within a minute.")] = PER_MINUTE,
) -> None:
    """Register a client; its API key is shown once and stored nowhere."""
    try:
        public = read_object(jwk.read_bytes()) if jwk else None
    except OSError as error:
        raise WrongUseError(f"{jwk} cannot be read: {error.strerror}") from error
    client, key = _clients(directory).add(name, jwk=public, per_minute=per_minute)
    print(f"client {client.id}")
    if key:
        print(f"API key, shown this once: {key}")


@app.command("list")
def list_(directory: Folder) -> None:
    """List the clients, the revoked ones too."""
    for one in _clients(directory).all():
        ended = f"revoked {utc_text(one.revoked)}" if one.revoked is not None else f"{one.per_minute} a minute"
        print(f"{one.id}  {one.shown_as:<32} {utc_text(one.made)}  {ended}  {one.name}")


@app.command()
def revoke(client: Annotated[str, typer.Argument(help="The client's id.")], *, directory: Folder) -> None:
    """Let a client in no more, at once and for good, and delete what it kept."""
    _clients(directory).revoke(client)
    print(f"revoked {client}")


def _clients(directory: Path) -> Clients:
    data = DataFolder(directory)
    data.trust_root()
    return Clients(open_portal(data, read_settings(data.path)), now, secrets.token_bytes)
