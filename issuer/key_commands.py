"""`shirushi issuer key`: which keys a desk has, and how one follows another."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from issuer.identity import ROLES
from issuer.keyring import Place
from issuer.office import load_settings
from issuer.options import (
    CONSOLE,
    ENTROPY,
    FOLDER,
    DeskFolder,
    InToken,
    Module,
    PassphraseFile,
    desk_with,
    present,
    read_passphrase,
    read_token_key,
)
from issuer.rotation import announce, retire, switch
from verifier.names import key_uri
from verifier.schema import read_model
from verifier.statement.public import KeyRole

app = typer.Typer(no_args_is_help=True, help="Keys: which there are, and how one follows another.")

Role = Annotated[KeyRole, typer.Argument(help="Whose key.")]


@app.command("list")
def list_(desk: DeskFolder = FOLDER) -> None:
    """List the keys of the desk with their state in the log."""
    table = Table("role", "no", "holder", "use", "place", "log", "kid", box=None)
    settings = load_settings(desk)
    with desk_with(desk) as opened:
        for role in ROLES:
            for use, group in (("signs", settings.keys), ("next", settings.announced), ("former", settings.former)):
                place: Place | None = getattr(group, role)
                if place is not None:
                    state = opened.registry.state_of(key_uri(settings.host, place.kid)) if place.kid else None
                    table.add_row(role, str(place.no), place.holder, use, _where(place), state or "-", place.kid or "-")
    CONSOLE.print(table)


@app.command("announce")
def announce_(
    role: Role,
    *,
    no: Annotated[int, typer.Option(min=1, help="The new key's number within the body, never used before.")],
    holder: Annotated[str, typer.Option(help="Pseudonym of who holds it; the same person as before.")] = "",
    module: Module = None,
    token_key: Annotated[str | None, InToken] = None,
    passphrase_file: PassphraseFile = None,
    desk: DeskFolder = FOLDER,
) -> None:
    """Make the next key of a role and print its proof for the authority; again: a fresh proof, good for one hour."""
    settings = load_settings(desk)
    members = {"holder": holder or settings.place(role).holder, "no": no, **read_token_key(module, token_key)}
    if token_key is None:
        members["file"] = f"{role}-{no}"
    wanted = read_model(Place, members, what="key's place")
    secret = read_passphrase(passphrase_file)
    place, proof = announce(desk, role, wanted, secret, at=present(), entropy=ENTROPY)
    CONSOLE.print(f"{role} {place.holder} {place.no}: {place.kid}", markup=False)
    CONSOLE.print(proof, markup=False)


@app.command("switch")
def switch_(role: Role, desk: DeskFolder = FOLDER) -> None:
    """Sign with the announced key from now on, once the log lists it."""
    with desk_with(desk) as opened:
        old = switch(desk, role, opened)
    CONSOLE.print(f"the {role} signs with the next key; retire {old.kid} with: shirushi issuer key retire {role}")


@app.command("retire")
def retire_(role: Role, passphrase_file: PassphraseFile = None, desk: DeskFolder = FOLDER) -> None:
    """Retire the key before the present one in the log; the decider signs. What it signed stays valid."""
    with desk_with(desk, "decider", passphrase_file=passphrase_file) as opened:
        admitted = retire(desk, role, opened)
    CONSOLE.print(f"log entry {admitted.index}" if admitted else "it was retired already")


def _where(place: Place) -> str:
    return f"token {place.pkcs11.token}" if place.pkcs11 else "file"
