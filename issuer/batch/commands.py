"""`shirushi issuer batch` and `shirushi issuer spool` on the command line."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.table import Table

from issuer import queries_batch
from issuer.batch.logged import check_logged
from issuer.batch.receipt import ReceiptRow, read_receipt, receipt_file, row_file, row_of
from issuer.batch.rehearsal import rehearse
from issuer.batch.rows import read_sheet, write_faults, write_sheet
from issuer.batch.run import GROUP, LARGEST_GROUP, Pace, issue_batch
from issuer.batch.spool import send_spooled, spooled
from issuer.batch.standing import Preview, preview
from issuer.batch.stopping import stop_asked
from issuer.desk import Desk
from issuer.issue import INTERVAL, Waiting
from issuer.office import load_settings
from issuer.options import CONSOLE, CREDENTIALS, FOLDER, DeskFolder, PassphraseFile, desk_with, read_input
from verifier.dates import utc_text
from verifier.edge.tracked import tracked
from verifier.errors import NotFoundError, RefusedError, WrongUseError
from verifier.markid import normalise_mark_id

app = typer.Typer(no_args_is_help=True, help="Batches: many decided cases issued in one session.")
spool_app = typer.Typer(no_args_is_help=True, help="The spool: marks that are signed and wait for the registry.")

SheetFile = Annotated[Path, typer.Argument(metavar="FILE", help="The sheet of the batch, .xlsx or .csv.")]
FaultsFile = Annotated[Path | None, typer.Option(help="A .csv file that takes all faults.")]
Group = Annotated[int, typer.Option(min=1, max=LARGEST_GROUP, help="Marks that are signed, stored and sent together.")]


@app.command()
def sheet(
    *,
    out: Annotated[Path, typer.Option(help="The file to write; .xlsx or .csv decides the form.")],
    desk: DeskFolder = FOLDER,
) -> None:
    """Write a sheet of all granted cases that are not issued yet."""
    forms: dict[str, Literal["xlsx", "csv"]] = {".xlsx": "xlsx", ".csv": "csv"}
    if out.suffix.lower() not in forms:
        raise WrongUseError(f"{out.name} is neither .xlsx nor .csv")
    with desk_with(desk) as opened, opened.database.transaction() as session:
        lines = queries_batch.ready_cases(session)
    if not lines:
        raise NotFoundError("no granted case waits to be issued")
    out.write_bytes(write_sheet(lines, form=forms[out.suffix.lower()]))
    CONSOLE.print(f"{out}: {len(lines)} cases")


@app.command()
def check(file: SheetFile, *, faults: FaultsFile = None, desk: DeskFolder = FOLDER) -> None:
    """Judge every row by the desk's own files and show what the batch holds; nothing is written or sent."""
    read = read_sheet(read_input(file), filename=file.name)
    with desk_with(desk) as opened, tracked("checking", unit="row") as progress:
        seen = preview(opened, read, progress=progress)
    _tell(seen, faults)
    seen.check()


@app.command("dry-run")
def dry_run(file: SheetFile, *, faults: FaultsFile = None, desk: DeskFolder = FOLDER) -> None:
    """Go through the whole batch with a trial key, and ask the registry; nothing is stored or sent."""
    read = read_sheet(read_input(file), filename=file.name)
    kid = load_settings(desk).place("decider").kid
    with desk_with(desk) as opened, tracked("trying", unit="row") as progress:
        found = rehearse(opened, read, decider_kid=kid, progress=progress)
    _tell(found.preview, faults)
    found.preview.check()
    CONSOLE.print(f"{found.signed} marks signed for trial in {found.seconds:.1f} s, anchor {found.anchor_size}")


@app.command()
def issue(
    file: SheetFile,
    *,
    out: Annotated[Path | None, typer.Option(help="The folder that takes a package for each mark.")] = None,
    receipt: Annotated[Path | None, typer.Option(help="The file that takes the receipt of the batch.")] = None,
    wait: Annotated[int, typer.Option(min=0, help="Seconds to wait for each witnessed proof.")] = 60,
    group: Group = GROUP,
    credential: Annotated[bool, typer.Option("--credential", help=CREDENTIALS)] = False,
    passphrase_file: PassphraseFile = None,
    desk: DeskFolder = FOLDER,
) -> None:
    """Issue every case of the sheet in one session; Ctrl-C stops after a group, and the same command goes on.

    Each case was decided before, one by one, by another person than its assessor: here the decider's key signs them.
    """
    read = read_sheet(read_input(file), filename=file.name)
    with desk_with(desk, "decider", passphrase_file=passphrase_file) as opened:
        with tracked("issuing", unit="mark") as progress, stop_asked(_say) as stop:
            pace = Pace(progress, checking=lambda done, total: None, group=group, stop=stop)
            outcome = issue_batch(opened, read, pace, credentials=credential)
        CONSOLE.print(f"{outcome.batch.id}: {outcome.admitted} of {len(outcome.members)} marks are in the log")
        outcome.check()
        if receipt is not None:
            _write_receipt(opened, outcome.batch.id, receipt, mark=None)
        if out is not None:
            _write_packages(opened, [one.case_id for one in outcome.members], out, wait=wait)


@app.command("list")
def list_(desk: DeskFolder = FOLDER) -> None:
    """List all batches and how far they have come."""
    table = Table("batch", "begun", "by", "marks", "issued", "file", box=None)
    with desk_with(desk) as opened, opened.database.transaction() as session:
        for one in queries_batch.list_batches(session):
            members = queries_batch.members_of(session, one.id)
            issued = sum(member.index is not None for member in members)
            table.add_row(one.id, utc_text(one.begun_at), one.by, str(len(members)), str(issued), one.filename)
    CONSOLE.print(table)


@app.command("receipt")
def receipt_(
    batch: Annotated[str, typer.Argument(help="The batch id, such as B-000001.")],
    *,
    out: Annotated[Path, typer.Option(help="The file to write.")],
    mark: Annotated[str | None, typer.Option(help="Show this mark's row only, with its Merkle path.")] = None,
    desk: DeskFolder = FOLDER,
) -> None:
    """Write the signed receipt of a finished batch, or of one of its marks."""
    with desk_with(desk) as opened:
        _write_receipt(opened, batch, out, mark=normalise_mark_id(mark) if mark else None)


@app.command("verify-receipt")
def verify_receipt(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The receipt, of the whole batch or of one mark.")],
    *,
    offline: Annotated[bool, typer.Option("--offline", help="Check signature and rows only.")] = False,
    desk: DeskFolder = FOLDER,
) -> None:
    """Check a receipt: signature, rows, and that the witnessed log holds every entry that it names."""
    receipt = read_receipt(read_input(file))
    told = f"{receipt.batch} of {receipt.iss}, {utc_text(receipt.iat)}: {len(receipt.rows)} of {receipt.count} marks"
    CONSOLE.print(f"{told}, signature and rows hold", markup=False)
    if offline:
        CONSOLE.print("not checked: whose key it is, and whether the log holds these entries")
        return
    with desk_with(desk) as opened, tracked("reading the log", unit="mark") as progress:
        seen = check_logged(receipt, opened.registry.fetcher, opened.registry.root(), progress=progress)
    CONSOLE.print(f"the log holds them all, witnessed {utc_text(seen)}")


@spool_app.command("list")
def spool_list(desk: DeskFolder = FOLDER) -> None:
    """List the marks that are signed and wait for the registry."""
    table = Table("case", "mark", "signed", "anchor", box=None)
    with desk_with(desk) as opened:
        for one in spooled(opened):
            table.add_row(one.case_id, one.mark, utc_text(one.signed_at), str(one.anchor_size))
    CONSOLE.print(table)


@spool_app.command("send")
def spool_send(
    *,
    renew: Annotated[
        bool, typer.Option("--renew", help="Sign anew, under a fresh anchor, what grew too old; the decider's key.")
    ] = False,
    group: Group = GROUP,
    passphrase_file: PassphraseFile = None,
    desk: DeskFolder = FOLDER,
) -> None:
    """Send what waits, as it was signed."""
    opening = desk_with(desk, "decider", passphrase_file=passphrase_file) if renew else desk_with(desk)
    with opening as opened, tracked("sending", unit="mark") as progress, stop_asked(_say) as stop:
        pace = Pace(progress, checking=progress, group=group, stop=stop)
        settled = send_spooled(opened, pace, renew=renew)
    CONSOLE.print(f"{len(settled.admitted)} admitted, {len(settled.refused)} refused")
    for case, error in settled.refused.items():
        CONSOLE.print(f"  {case}: {error.message}", markup=False)
    if settled.away is not None:
        raise settled.away
    if settled.refused:
        hint = "Look at these cases." if renew else "What grew too old is signed anew with --renew."
        raise RefusedError(f"{len(settled.refused)} marks were refused", hint=hint)


def _tell(seen: Preview, faults: Path | None) -> None:
    tiers = ", ".join(f"{tier}: {count}" for tier, count in sorted(seen.tiers.items())) or "none"
    CONSOLE.print(
        f"{seen.sheet.filename}: {len(seen.sheet.lines)} rows can be read; cases by tier: {tiers}", markup=False
    )
    CONSOLE.print(f"to sign {seen.unsigned}, signed and waiting {seen.spooled}, issued {seen.admitted}")
    CONSOLE.print(f"faults {len(seen.faults)}" + (f", continues {seen.batch.id}" if seen.batch else ""))
    if faults is not None:
        faults.write_bytes(write_faults(seen.faults))


def _say(text: str) -> None:
    CONSOLE.print(text)


def _write_receipt(opened: Desk, batch_id: str, out: Path, *, mark: str | None) -> None:
    with opened.database.transaction() as session:
        batch = queries_batch.load_batch(session, batch_id)
        members = queries_batch.members_of(session, batch_id)
    if batch is None or batch.receipt is None:
        state = "is not finished" if batch else "does not exist"
        raise NotFoundError(f"the batch {batch_id[:20]!r} {state}", hint="`shirushi issuer batch list` shows all.")
    rows: list[ReceiptRow] = [row_of(one) for one in members]
    out.write_bytes(row_file(batch.receipt, rows, mark=mark) if mark else receipt_file(batch.receipt, rows))
    CONSOLE.print(f"{out}: receipt of {batch.id}")


def _write_packages(opened: Desk, cases: list[str], out: Path, *, wait: int) -> None:
    waiting = Waiting(looks=1 + int(wait / INTERVAL), pause=time.sleep)
    with opened.database.transaction() as session:
        left = queries_batch.unpacked_cases(session, cases)
    with tracked("packages", unit="package") as progress:
        for done, case in enumerate(left, 1):
            opened.issue(case, out, waiting=waiting, progress=lambda number, text: None)
            progress(done, len(left))
    CONSOLE.print(f"{out}: {len(left)} packages written")
