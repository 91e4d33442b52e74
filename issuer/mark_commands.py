"""`shirushi issuer mark`: what a body says about its own marks after they were issued."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from issuer.correct import Correction, correct
from issuer.mark_acts import Act, act_of_two, approve, cancellation, report_filed, say, suspension
from issuer.options import CONSOLE, FOLDER, DeskFolder, PassphraseFile, desk_with, present
from verifier.dates import parse_instant
from verifier.errors import WrongUseError
from verifier.markid import normalise_mark_id

if TYPE_CHECKING:
    from issuer.issuance import Admitted

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
    passphrase_file: PassphraseFile = None,
    desk: DeskFolder = FOLDER,
) -> None:
    """Correct a typing error in name or domains, assessor and decider together; the mark gets a new QR."""
    if name is None and name_latin is None and not domain:
        raise WrongUseError("nothing to correct", hint="Give --name, --name-latin or --domain.")
    correction = Correction(name, name_latin, tuple(domain) if domain else None)
    with desk_with(desk, "assessor", "decider", passphrase_file=passphrase_file) as opened:
        admitted = correct(opened, normalise_mark_id(mark), correction)
        host = opened.identity.host
    CONSOLE.print(f"log entry {admitted.index}; the new QR: https://{host}/m/{normalise_mark_id(mark)}/qr.svg")


def _say(desk: Path, act: Act, passphrase_file: Path | None, approval: Path | None = None) -> None:
    try:
        second = approval.read_text("ascii").strip() if approval else None
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUseError(f"{approval} cannot be read: {error}") from error
    with desk_with(desk, "decider", passphrase_file=passphrase_file) as opened:
        admitted: Admitted = say(opened, act, second)
    CONSOLE.print(f"log entry {admitted.index}")
