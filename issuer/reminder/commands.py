"""`shirushi issuer remind` and `shirushi issuer contact`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from issuer import queries_reminder
from issuer.options import CONSOLE, FOLDER, DeskFolder, desk_with
from issuer.reminder.record import MOST_ADDRESSES, Contact
from issuer.reminder.remind import Done, Due, plan_reminders, send_reminders
from verifier.edge.i18n import translator
from verifier.edge.mail import UnknownOutcomeError, open_mailer, read_address, read_server
from verifier.errors import RefusedError, WrongUseError
from verifier.identifier import parse_identifier

app = typer.Typer()
contact_app = typer.Typer(no_args_is_help=True, help="Addresses of holders; they never leave this desk.")

Identifier = Annotated[str, typer.Argument(metavar="IDENTIFIER", help="The holder: ICD-value, or 13 digits.")]


@app.command()
def remind(
    *,
    sender: Annotated[str, typer.Option("--from", help="The address that the letters come from.")],
    smtp: Annotated[str | None, typer.Option(metavar="HOST:PORT", help="The mail server that relays for us.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List what would be sent, and stop there.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Send once more those letters of which nobody knows whether they went.")
    ] = False,
    require_tls: Annotated[bool, typer.Option("--require-tls", help="Refuse a server without STARTTLS.")] = False,
    smtp_ca: Annotated[Path | None, typer.Option(help="Certificates to trust for the server (PEM).")] = None,
    desk: DeskFolder = FOLDER,
) -> None:
    """Remind holders 90, 60, 30 and 7 days before their mark's last day, on it, and 7 days after; each letter once."""
    address = read_address(sender)
    with desk_with(desk) as opened:
        plan = plan_reminders(opened, sender=address)
        for number in plan.unreachable:
            CONSOLE.print(f"no address: {number}")
        if dry_run:
            _list("would be sent", plan.due)
            _list("nobody knows whether it was sent", plan.unknown)
            return
        if smtp is None:
            raise WrongUseError("a mail server is needed", hint="Give --smtp HOST:PORT, or --dry-run.")
        server = read_server(smtp, trusted=smtp_ca, requires_tls=require_tls)
        if not plan.due and not (again and plan.unknown):
            done = Done(unknown=plan.unknown)
        else:
            with open_mailer(server, name=address.rpartition("@")[2]) as mailer:
                done = send_reminders(opened, plan, mailer.send, again=again)
    _tell(done)


@contact_app.command("set")
def set_(
    identifier: Identifier,
    addresses: Annotated[list[str], typer.Argument(metavar="ADDRESS...", help="One or two mail addresses.")],
    language: Annotated[str, typer.Option("--lang", help="The language of the letters: ja or en.")] = "ja",
    desk: DeskFolder = FOLDER,
) -> None:
    """Put these addresses in the place of those that a holder had."""
    subject = str(parse_identifier(identifier))
    read = list(dict.fromkeys(map(read_address, addresses)))
    if len(read) > MOST_ADDRESSES:
        raise WrongUseError(f"a holder has {MOST_ADDRESSES} addresses at most")
    lang = translator(language).lang
    contacts = [Contact(subject, position, one, lang) for position, one in enumerate(read, 1)]
    with desk_with(desk) as opened, opened.database.transaction() as session:
        queries_reminder.replace_contacts(session, subject, contacts)
    CONSOLE.print(f"{subject}: {len(read)} addresses, {lang}")


@contact_app.command("list")
def list_(desk: DeskFolder = FOLDER) -> None:
    """List all addresses."""
    table = Table("identifier", "no", "language", box=None)
    table.add_column("address", overflow="fold")
    with desk_with(desk) as opened, opened.database.transaction() as session:
        for one in queries_reminder.contacts(session):
            table.add_row(one.subject, str(one.position), one.language, one.address)
    CONSOLE.print(table)


@contact_app.command("remove")
def remove(identifier: Identifier, desk: DeskFolder = FOLDER) -> None:
    """Erase the addresses of a holder."""
    subject = str(parse_identifier(identifier))
    with desk_with(desk) as opened, opened.database.transaction() as session:
        queries_reminder.replace_contacts(session, subject, [])
    CONSOLE.print(f"{subject}: no addresses")


def _list(what: str, letters: list[Due]) -> None:
    for one in letters:
        CONSOLE.print(f"{what}: {one.number} {one.key.days:+d} days to {one.letter.to}", markup=False)
    CONSOLE.print(f"{what}: {len(letters)}")


def _tell(done: Done) -> None:
    for due, error in done.refused:
        CONSOLE.print(f"refused: {due.number} {due.key.days:+d} days: {error.message}", markup=False)
    for due in done.unknown:
        CONSOLE.print(f"nobody knows: {due.number} {due.key.days:+d} days, Message-ID {due.letter.message_id}")
    CONSOLE.print(f"{len(done.sent)} sent, {len(done.refused)} refused, {len(done.unknown)} unknown")
    if done.away is not None:
        raise done.away
    if done.unknown:
        raise UnknownOutcomeError(
            f"of {len(done.unknown)} letters nobody knows whether they were taken",
            hint="Look for their Message-IDs in the mail server's log; --again sends them once more.",
        )
    if done.refused:
        raise RefusedError(f"{len(done.refused)} letters were refused", hint="Correct the addresses of these holders.")
