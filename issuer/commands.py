"""`shirushi issuer`: the evaluator's desk on the command line. Cases are in case_commands.py."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from issuer.batch.commands import app as batch_app
from issuer.batch.commands import spool_app
from issuer.case_commands import app as case_app
from issuer.console.commands import app as console_app
from issuer.desk import Desk
from issuer.export_commands import app as export_app
from issuer.federation_commands import app as federation_app
from issuer.handling_commands import app as handling_app
from issuer.identity import ROLES, prove_key
from issuer.invitation_commands import app as invitation_app
from issuer.issue import INTERVAL, Waiting
from issuer.key_commands import app as key_app
from issuer.mark_commands import app as mark_app
from issuer.office import found_office, open_office, read_settings
from issuer.offline_commands import app as offline_app
from issuer.options import (
    CONSOLE,
    ENTROPY,
    FOLDER,
    CaseId,
    DeskFolder,
    InToken,
    Module,
    PassphraseFile,
    desk_with,
    present,
    read_input,
    read_passphrase,
    read_token_key,
)
from issuer.oversight_commands import app as oversight_app
from issuer.package import CREDENTIAL
from issuer.register_commands import competence_app, interest_app
from issuer.reminder.commands import app as remind_app
from issuer.reminder.commands import contact_app
from issuer.template import sheet_form, write_template
from issuer.wallet import Wish, read_wallet_key
from verifier.edge.packs import load_pack
from verifier.statement.public import KeyRole

HELP = "The evaluator's desk: cases, decisions, signing, packages."
app = typer.Typer(no_args_is_help=True, add_completion=False, help=HELP)
app.add_typer(case_app, name="case")
for one in (handling_app, invitation_app, export_app):
    case_app.add_typer(one)
app.add_typer(oversight_app)
app.add_typer(competence_app, name="competence")
app.add_typer(interest_app, name="interest")
app.add_typer(key_app, name="key")
app.add_typer(mark_app, name="mark")
app.add_typer(batch_app, name="batch")
app.add_typer(spool_app, name="spool")
app.add_typer(offline_app)
app.add_typer(federation_app)
app.add_typer(remind_app)
app.add_typer(contact_app, name="contact")
app.add_typer(console_app, name="console")

STEPS = 9


@app.command()
def template(
    *,
    tier: Annotated[int, typer.Option(help="The level, such as 3.")],
    out: Annotated[Path, typer.Option(help="The file to write; .xlsx or .csv decides the form.")],
    scheme: Annotated[str, typer.Option(help="The scheme.")] = "jp.meti.scs",
    version: Annotated[str, typer.Option(help="The version of its criteria.")] = "2026-03-27",
) -> None:
    """Write the empty answer sheet of a tier."""
    form = sheet_form(out.name)
    pack = load_pack(scheme, version)
    out.write_bytes(write_template(pack, tier, form=form))
    CONSOLE.print(f"{out}: {len(pack.items_for(tier))} items of {pack.scheme} {pack.version}, level {tier}")
    CONSOLE.print(f"{pack.head.notice.ja}\n{pack.head.notice.en}")


@app.command()
def init(
    *,
    host: Annotated[str, typer.Option(help="The authority's host, such as shirushi.example.")],
    body: Annotated[int, typer.Option(min=1, help="The number under which this body is accredited.")],
    read: Annotated[str, typer.Option(help="The address at which the registry is read.")],
    api: Annotated[str, typer.Option(help="The address of the registry's API.")],
    assessor: Annotated[str, typer.Option(help="Pseudonym of the assessor.")] = "",
    decider: Annotated[str, typer.Option(help="Pseudonym of the decider, another person.")] = "",
    first_key: Annotated[int, typer.Option(min=1, help="Number of the first of the three keys.")] = 1,
    root: Annotated[
        Path | None, typer.Option(help="The registry's trust root to pin; without it, the one it shows first is.")
    ] = None,
    assessor_passphrase_file: Annotated[Path | None, typer.Option(help="The assessor's own passphrase or PIN.")] = None,
    decider_passphrase_file: Annotated[Path | None, typer.Option(help="The decider's own passphrase or PIN.")] = None,
    module: Module = None,
    assessor_key: Annotated[str | None, InToken] = None,
    decider_key: Annotated[str | None, InToken] = None,
    desk_key: Annotated[str | None, InToken] = None,
    passphrase_file: PassphraseFile = None,
    desk: DeskFolder = FOLDER,
) -> None:
    """Make a desk: its settings, its database and three keys; print the keys' proofs for the authority.

    A key is an encrypted file, or stands in a token behind PKCS#11; there it is made unless one of its label exists.
    """
    holders = {"assessor": assessor or _pseudonym(), "decider": decider or _pseudonym(), "desk": _pseudonym()}
    tokens = {"assessor": assessor_key, "decider": decider_key, "desk": desk_key}
    keys = {
        role: {"holder": holders[role], "no": first_key + offset, **read_token_key(module, tokens[role])}
        for offset, role in enumerate(ROLES)
    }
    settings = read_settings({"host": host, "body": body, "read": read, "api": api, "keys": keys})
    passphrases: dict[KeyRole, bytes] = {
        "assessor": read_passphrase(assessor_passphrase_file or passphrase_file),
        "decider": read_passphrase(decider_passphrase_file or passphrase_file),
        "desk": read_passphrase(passphrase_file),
    }
    found_office(desk, settings, passphrases=passphrases, entropy=ENTROPY, root=read_input(root) if root else None)
    CONSOLE.print(f"{desk}: the desk of body {body} of {host}. Send these proofs to the authority within the hour:")
    for role in ROLES:
        CONSOLE.print(f"{role} {holders[role]} {keys[role]['no']}")
        with open_office(desk, roles=(role,), passphrase=passphrases[role], clock=present, entropy=ENTROPY) as opened:
            _print_proof(opened, role)


@app.command("key-proof")
def key_proof(
    role: Annotated[KeyRole, typer.Argument(help="Whose key.")],
    passphrase_file: PassphraseFile = None,
    desk: DeskFolder = FOLDER,
) -> None:
    """Print a fresh proof of possession of a key, good for one hour."""
    with desk_with(desk, role, passphrase_file=passphrase_file) as opened:
        _print_proof(opened, role)


@app.command()
def issue(
    case: CaseId,
    *,
    out: Annotated[Path, typer.Option(help="The folder that takes the package folder.")],
    wait: Annotated[int, typer.Option(min=0, help="Seconds to wait for the witnessed proof.")] = 60,
    credential: Annotated[
        bool, typer.Option("--credential", help="Also sign an SD-JWT VC for the holder's wallet.")
    ] = False,
    holder_key: Annotated[
        Path | None, typer.Option(help="The wallet's public key (JWK) that the credential is bound to.")
    ] = None,
    passphrase_file: PassphraseFile = None,
    desk: DeskFolder = FOLDER,
) -> None:
    """Issue a granted mark; after an interruption run it again, it goes on where it stopped."""
    waiting = Waiting(looks=1 + int(wait / INTERVAL), pause=time.sleep)
    bound = read_wallet_key(read_input(holder_key)) if holder_key else None
    wish = Wish(bound) if credential or bound else None
    with desk_with(desk, "decider", passphrase_file=passphrase_file) as opened:
        issued = opened.issue(case, out, waiting=waiting, progress=_show_step, wish=wish)
    if wish is not None and not (issued.folder / CREDENTIAL).exists():
        CONSOLE.print("The mark had been signed before a credential was asked for: there is none.")
    CONSOLE.print(f"{issued.number} {issued.mark_id}: log entry {issued.index}, package in {issued.folder}")


def _print_proof(opened: Desk, role: KeyRole) -> None:
    CONSOLE.print(prove_key(opened.identity, role, opened.signers, at=present(), entropy=ENTROPY), markup=False)


def _show_step(number: int, text: str) -> None:
    CONSOLE.print(f"{number}/{STEPS} {text}")


def _pseudonym() -> str:
    return f"h-{ENTROPY(4).hex()}"
