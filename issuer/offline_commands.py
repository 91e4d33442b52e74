"""`shirushi issuer export-to-sign`, `sign` and `import-signed`: a decider's key on a machine without a network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from issuer.keyring import open_key
from issuer.office import load_settings
from issuer.offline import read_request, sign_request_file
from issuer.offline_desk import export_to_sign, import_signed
from issuer.options import (
    CONSOLE,
    CREDENTIALS,
    ENTROPY,
    FOLDER,
    DeskFolder,
    PassphraseFile,
    desk_with,
    present,
    read_input,
    read_passphrase,
)
from verifier.dates import last_valid_day, local_date
from verifier.errors import RefusedError

app = typer.Typer()

Out = Annotated[Path, typer.Option(help="The file to write.")]


@app.command("export-to-sign")
def export_to_sign_(
    cases: Annotated[list[str], typer.Argument(metavar="CASE...", help="Granted cases, such as C-000001.")],
    *,
    out: Out,
    credential: Annotated[bool, typer.Option("--credential", help=CREDENTIALS)] = False,
    desk: DeskFolder = FOLDER,
) -> None:
    """Write what the decider's key has to sign to a file, for a machine without a network."""
    with desk_with(desk) as opened:
        out.write_bytes(export_to_sign(opened, list(dict.fromkeys(cases)), credentials=credential))
    CONSOLE.print(f"{out}: sign it within 22 hours with: shirushi issuer sign {out.name} --out signed.json")


@app.command()
def sign(
    request: Annotated[Path, typer.Argument(metavar="REQUEST", help="The file that `export-to-sign` wrote.")],
    *,
    out: Out,
    yes: Annotated[bool, typer.Option("--yes", help="Sign without asking.")] = False,
    passphrase_file: PassphraseFile = None,
    desk: DeskFolder = FOLDER,
) -> None:
    """Show what a request asks for and sign it with the decider's key; needs `desk.toml` and the key, no network."""
    data, settings = read_input(request), load_settings(desk)
    read = read_request(data)
    for one in read.marks:
        draft = one.draft
        days = f"from {local_date(draft.nbf, read.zone)} to {last_valid_day(draft.exp, read.zone)}"
        who = f"{draft.holder.identifiers[0]} {draft.holder.name}"
        beside = ", with a credential" if one.credential else ""
        CONSOLE.print(f"{one.case} {draft.number} {draft.scheme}/{draft.tier} {days}: {who}{beside}", markup=False)
    if not yes:
        typer.confirm(f"Sign these {len(read.marks)} marks?", abort=True)
    with open_key(desk, "decider", settings.place("decider"), read_passphrase(passphrase_file)) as signer:
        signers = {"decider": signer}
        answer = sign_request_file(data, identity=settings.identity, signers=signers, at=present(), entropy=ENTROPY)  # type: ignore[arg-type]  # the key of a literal dict is a plain string
    out.write_bytes(answer)
    CONSOLE.print(f"{out}: {len(read.marks)} marks signed; take it back with: shirushi issuer import-signed {out.name}")


@app.command("import-signed")
def import_signed_(
    file: Annotated[Path, typer.Argument(metavar="SIGNED", help="The file that `sign` wrote.")],
    desk: DeskFolder = FOLDER,
) -> None:
    """Take in what was signed elsewhere, once it is what was decided, and send it to the registry."""
    with desk_with(desk) as opened:
        settled = import_signed(opened, read_input(file), decider_kid=load_settings(desk).place("decider").kid)
    for case, admitted in settled.admitted.items():
        CONSOLE.print(f"{case}: log entry {admitted.index}; fetch its package with: shirushi issuer issue {case}")
    if settled.away is not None:
        raise settled.away
    if settled.refused:
        told = "; ".join(f"{case}: {error.message}" for case, error in settled.refused.items())
        raise RefusedError(told, hint="What grew too old is exported and signed again.")
