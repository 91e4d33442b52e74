"""`shirushi check`: a list of suppliers against a copy of the directory, on the buyer's own machine, without a network.

Exit codes: 0 every row meets the policy, 1 some row does not, 2 some row could not be decided, 64 wrong use.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from verifier.check.lookup import check_suppliers
from verifier.check.outcome import exit_code
from verifier.check.receipt import SEED_BYTES
from verifier.edge.check.check_output import checked_form
from verifier.edge.check.check_report import print_summary
from verifier.edge.check.check_result import answered, receipt_of, row_members, sheet_members
from verifier.edge.check.check_words import gap_words, notes_on_recognition, sheet_notes
from verifier.edge.check.kept_recognitions import recognitions_of
from verifier.edge.check.supplier_list import (
    case_of,
    many_values,
    open_copy,
    read_list,
    read_names,
    read_policy,
    read_recognitions,
    unreliable,
)
from verifier.edge.i18n import translator
from verifier.edge.keystore import load_signer
from verifier.edge.tracked import tracked
from verifier.edge.whole_file import write_named
from verifier.errors import EvidenceError, StoppedError
from verifier.requirement import Requirement

app = typer.Typer(add_completion=False, rich_markup_mode=None)

PASSPHRASE = "SHIRUSHI_PASSPHRASE"


@app.command()
def main(
    suppliers: Annotated[Path, typer.Argument(metavar="LIST", help="The suppliers: CSV or .xlsx.")],
    *,
    folder: Annotated[Path, typer.Option("--directory", help="The copy: see `shirushi directory pull`.")],
    require: Annotated[Path, typer.Option(help="The policy file (TOML): what is asked.")],
    at: Annotated[str | None, typer.Option(help="Judge the dates as of this time (ISO 8601).")] = None,
    out: Annotated[Path | None, typer.Option(help="Where the answers go: .xlsx or .csv.")] = None,
    receipt: Annotated[Path | None, typer.Option(help="Where the receipt goes (JSON).")] = None,
    key: Annotated[Path | None, typer.Option(help="Your key, to sign the receipt.")] = None,
    root: Annotated[Path | None, typer.Option(help="Version 1 of the trust root that you trust.")] = None,
    names: Annotated[Path | None, typer.Option(help="A list of your own, for candidates by name.")] = None,
    recognitions: Annotated[
        Path | None, typer.Option(help="Further statements about recognitions, one a line; the copy keeps its own.")
    ] = None,
    column: Annotated[
        list[str] | None, typer.Option(metavar="ROLE=HEADING", help="What a column holds, such as 0188=番号.")
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Which sheet of the workbook; the first if none is named.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print every row as JSON.")] = False,
    lang: Annotated[str, typer.Option(help="Language of the answers: ja or en.")] = "en",
) -> int:
    """Check a list of suppliers without telling anybody who is on it."""
    files = Files(out=out, receipt=receipt, key=key, root=root, names=names, recognitions=recognitions)
    form = Form(columns=tuple(column or ()), sheet=sheet, as_json=as_json, lang=lang)
    return check_list(suppliers, folder, Demand(read_policy(require), at), files=files, form=form)


@dataclass(frozen=True)
class Demand:
    """What is asked of every row, and as of which time (ISO 8601) dates are judged; None is now.

    ``is_fixed`` says that the tier which a row names for itself does not count.
    """

    policy: Requirement
    at: str | None
    is_fixed: bool = False


@dataclass(frozen=True)
class Files:
    """What is read beside the list and the copy, and where answers go; None for what there is not."""

    out: Path | None = None
    receipt: Path | None = None
    key: Path | None = None
    root: Path | None = None
    names: Path | None = None
    recognitions: Path | None = None


@dataclass(frozen=True)
class Form:
    """How the list is read and the answer is told."""

    columns: tuple[str, ...] = ()
    sheet: str | None = None
    as_json: bool = False
    lang: str = "en"


def check_list(suppliers: Path, folder: Path, demand: Demand, *, files: Files, form: Form) -> int:
    """Check a list against a copy of the directory, write and tell the answers; return the exit code."""
    t, table = translator(form.lang), checked_form(files.out) if files.out else ""
    signer = load_signer(files.key, os.environ.get(PASSPHRASE, "").encode()) if files.key else None
    policy = demand.policy
    listed = read_list(suppliers, wanted=policy.wanted, named=form.columns, sheet=form.sheet)
    if demand.is_fixed and listed.asks_itself:
        typer.echo(f"the tiers that rows name do not count: {policy.wanted} is asked of all", err=True)
        listed = listed.asked_alike()
    book, given = listed.names(read_names(files.names)), read_recognitions(files.recognitions)
    copy = open_copy(folder, files.root)
    recognitions = recognitions_of(copy, given, policy=policy)
    case = case_of(copy, policy, demand.at)
    try:
        with many_values():
            with tracked("checking", unit="look-up") as tell:
                outcomes, _ = check_suppliers(
                    listed.suppliers, copy.directory(), case, names=book, recognitions=recognitions, tell=tell
                )
            written: list[tuple[Path, bytes]] = []
            if files.out is not None:
                written.append((files.out, answered(listed, outcomes, case, t, form=table)))
            if files.receipt is not None:
                made = receipt_of(listed, outcomes, case, copy, seed=os.urandom(SEED_BYTES), signer=signer)
                written.append((files.receipt, made.serialize()))
        for path, data in written:
            write_named(path, data)
    except EvidenceError as error:
        raise unreliable(error) from error
    except KeyboardInterrupt as error:
        raise StoppedError("stopped; every file is whole, old or new", hint="Run it again.") from error
    notes = notes_on_recognition((one.reason for one in outcomes), gap_words(recognitions.gap, t))
    if form.as_json:
        rows = row_members(listed, outcomes)
        _tell_aside((*sheet_notes(listed.file.sheet, listed.file.unread, t), *notes))
        told = {"at": case.at, "as_of": case.as_of, "epoch": copy.epoch.size, "policy_sha256": policy.sha256}
        typer.echo(json.dumps({**told, **sheet_members(listed.file), "rows": rows}, ensure_ascii=False, indent=2))
    else:
        print_summary(Console(), listed, outcomes, case, t, notes=notes)
    return exit_code(outcomes)


def _tell_aside(notes: Iterable[str]) -> None:
    for note in notes:
        typer.echo(note, err=True)
