"""`shirushi issuer mark`: what a body says about its own marks after they were issued."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from issuer.correct import Correction, case_of, correct
from issuer.issue import INTERVAL, Waiting
from issuer.mark_acts import Act, act_of_two, approve, cancellation, report_filed, say, suspension
from issuer.options import CONSOLE, FOLDER, DeskFolder, PassphraseFile, desk_with, present, read_input
from issuer.wallet import Wish, read_wallet_key
from verifier.dates import parse_instant
from verifier.errors import WrongUseError
from verifier.markid import normalise_mark_id

if TYPE_CHECKING:
    from issuer.issuance import Admitted, Corrected

app = typer.Typer(
    no_args_is_help=True, help="Marks that were issued: suspend, lift, withdraw, cancel, correct, file a report."
)

Mark = Annotated[str, typer.Argument(help="The mark's id.")]
Reason = Annotated[str, typer.Option(help="A reason code, such as cause or nonconformity.")]
Zone = Annotated[str, typer.Option(help="The zone of the scheme's calendar, for days without a time.")]
ApprovalFile = Annotated[Path, typer.Option("--approval", help="The other holder's word: what `approve` printed.")]


@app.command()
def suspend(
    mark: Mark,
    *,
    reason: Reason,
    lift_by: Annotated[str, typer.Option(help="Day at which the mark withdraws itself, within six months.")],
    zone: Zone = "Asia/Tokyo",
    passphrase_file: PassphraseFile = None,
    desk: DeskFolder = FOLDER,
) -> None:
    """Suspend a mark. The decider signs alone; lifting it takes two."""
    act = suspension(mark, reason=reason, lift_by=parse_instant(lift_by, zone=zone), now=present())
    _say(desk, act, passphrase_file)


@app.command("approve")
def approve_(
    what: Annotated[
        Literal["reinstate", "withdraw", "supersede", "change-scope"],
        typer.Argument(help="What the decider is going to say."),
    ],
    mark: Mark,
    *,
    reason: Annotated[str | None, typer.Option(help="The reason code of a withdrawal.")] = None,
    successor: Annotated[str | None, typer.Option(help="The mark that takes its place.")] = None,
    passphrase_file: PassphraseFile = None,
    desk: DeskFolder = FOLDER,
) -> None:
    """Approve, as the assessor, what takes two holders: to lift, withdraw or replace a mark; good for 14 days, once."""
    with desk_with(desk, "assessor", passphrase_file=passphrase_file) as opened:
        CONSOLE.print(
            approve(opened, act_of_two(what, mark, reason=reason, successor=successor)), markup=False, soft_wrap=True
        )


@app.command()
def reinstate(
    mark: Mark, *, approval: ApprovalFile, passphrase_file: PassphraseFile = None, desk: DeskFolder = FOLDER
) -> None:
    """Lift a suspension, with the assessor's approval; the mark's last day stays what it was."""
    _say(desk, act_of_two("reinstate", mark), passphrase_file, approval)


@app.command()
def withdraw(
    mark: Mark,
    *,
    reason: Reason,
    approval: ApprovalFile,
    passphrase_file: PassphraseFile = None,
    desk: DeskFolder = FOLDER,
) -> None:
    """Withdraw a mark, with the assessor's approval of this very reason; there is no way back."""
    _say(desk, act_of_two("withdraw", mark, reason=reason), passphrase_file, approval)


@app.command()
def supersede(
    mark: Mark,
    *,
    successor: Annotated[str, typer.Option(help="The mark that takes its place; it was issued before.")],
    approval: ApprovalFile,
    change_scope: Annotated[
        bool, typer.Option("--change-scope", help="The successor has another scope within the same term.")
    ] = False,
    passphrase_file: PassphraseFile = None,
    desk: DeskFolder = FOLDER,
) -> None:
    """Say which mark took the place of this one after a renewal, an upgrade or a change; approved by the assessor."""
    act = act_of_two("change-scope" if change_scope else "supersede", mark, successor=successor)
    _say(desk, act, passphrase_file, approval)


@app.command()
def cancel(mark: Mark, *, passphrase_file: PassphraseFile = None, desk: DeskFolder = FOLDER) -> None:
    """End a mark as its holder wishes; there is no way back."""
    _say(desk, cancellation(mark), passphrase_file)


@app.command()
def report(
    mark: Mark,
    *,
    due: Annotated[str, typer.Option(help="The day on which the report fell due; `shirushi upcoming` names it.")],
    zone: Zone = "Asia/Tokyo",
    passphrase_file: PassphraseFile = None,
    desk: DeskFolder = FOLDER,
) -> None:
    """Record that the holder filed the yearly report which fell due on that day."""
    _say(desk, report_filed(mark, due=parse_instant(due, zone=zone)), passphrase_file)


@app.command("correct")
def correct_(
    mark: Mark,
    *,
    name: Annotated[str | None, typer.Option(help="The holder's name as it should stand.")] = None,
    name_latin: Annotated[str | None, typer.Option(help="The same in Latin letters.")] = None,
    domain: Annotated[list[str] | None, typer.Option(help="All its domains as they should stand.")] = None,
    unlisted: Annotated[
        bool | None, typer.Option("--unlisted/--listed", help="Found by its number only, or listed again.")
    ] = None,
    credential: Annotated[
        bool, typer.Option("--credential", help="Sign an SD-JWT VC too, even if the mark had none so far.")
    ] = False,
    holder_key: Annotated[
        Path | None, typer.Option(help="The wallet's public key (JWK) that the credential is bound to from now on.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The folder that takes the corrected package folder.")] = None,
    wait: Annotated[int, typer.Option(min=0, help="Seconds to wait for the directory that holds the correction.")] = 60,
    passphrase_file: PassphraseFile = None,
    desk: DeskFolder = FOLDER,
) -> None:
    """Correct name, domains or listing, assessor and decider together; the mark gets a new QR.

    A mark that has a credential gets a new one in the same act.
    """
    if name is None and name_latin is None and not domain and unlisted is None:
        hint = "Give --name, --name-latin, --domain, --unlisted or --listed."
        raise WrongUseError("nothing to correct", hint=hint)
    correction = Correction(name, name_latin, tuple(domain) if domain else None, unlisted)
    key = read_wallet_key(read_input(holder_key)) if holder_key else None
    wish = Wish(key) if credential or key else None
    with desk_with(desk, "assessor", "decider", passphrase_file=passphrase_file) as opened:
        corrected = correct(opened, normalise_mark_id(mark), correction, wish=wish)
        _tell_corrected(corrected, opened.identity.host)
        case = case_of(opened, corrected.mark)
        if out is not None and case is not None:
            waiting = Waiting(looks=1 + int(wait / INTERVAL), pause=time.sleep)
            issued = opened.issue(case, out, waiting=waiting, progress=lambda number, text: None)
            CONSOLE.print(f"the corrected package is in {issued.folder}")
        elif case is not None:
            CONSOLE.print(f"the corrected package: shirushi issuer issue {case} --out FOLDER")


def _tell_corrected(corrected: Corrected, host: str) -> None:
    index = corrected.admitted.index if corrected.admitted is not None else ""
    CONSOLE.print(f"log entry {index}; the new QR: https://{host}/m/{corrected.mark}/qr.svg")
    if corrected.signed.credential is not None:
        CONSOLE.print("a new credential was signed with it")


def _say(desk: Path, act: Act, passphrase_file: Path | None, approval: Path | None = None) -> None:
    try:
        second = approval.read_text("ascii").strip() if approval else None
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUseError(f"{approval} cannot be read: {error}") from error
    with desk_with(desk, "decider", passphrase_file=passphrase_file) as opened:
        admitted: Admitted = say(opened, act, second)
    CONSOLE.print(f"log entry {admitted.index}")
