"""`shirushi registry mark`: what two operators say about marks. Each rule of mark_rules.py is applied by admission."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from registry.data_folder import DataFolder
from registry.desk.operators import operators_desk
from verifier.dates import parse_instant
from verifier.markid import normalise_mark_id
from verifier.names import mark_uri
from verifier.replay.duties import REPORT

if TYPE_CHECKING:
    from verifier.edge.write_api import Admitted

app = typer.Typer(no_args_is_help=True, help="Marks: lift, withdraw, annul, hand over; yearly reports.")

Folder = Annotated[Path, typer.Option("--dir", help="The data folder of the registry.")]
Mark = Annotated[str, typer.Argument(help="The mark's id.")]
Reason = Annotated[str, typer.Option(help="A reason code, such as cause or nonconformity.")]


@app.command()
def reinstate(directory: Folder, mark: Mark) -> None:
    """Lift a suspension; the mark's last day stays what it was. An overdue report is filed first."""
    _say(directory, mark, "mark.reinstated", {})


@app.command()
def withdraw(directory: Folder, mark: Mark, reason: Reason) -> None:
    """Withdraw a mark; there is no way back. Give notice and hear the holder first, unless it is urgent."""
    _say(directory, mark, "mark.withdrawn", {"reason": reason})


@app.command()
def annul(directory: Folder, mark: Mark, reason: Reason) -> None:
    """Say that a mark was void from its start; there is no way back."""
    _say(directory, mark, "mark.annulled", {"reason": reason})


@app.command()
def supersede(
    directory: Folder,
    mark: Mark,
    successor: Annotated[str, typer.Option(help="The mark that takes its place; it was issued before.")],
) -> None:
    """Say which mark took the place of this one, where its own body no longer can: a mark that was transferred."""
    _say(directory, mark, "mark.superseded", {"successor": normalise_mark_id(successor)})


@app.command()
def extend(
    directory: Folder,
    mark: Mark,
    until: Annotated[str, typer.Option(help="Day from which the report is overdue instead.")],
) -> None:
    """Put off a mark's next yearly report, by half a year at most."""
    _say(directory, mark, "duty.extended", {"duty": REPORT, "until": _instant(directory, until)})


@app.command()
def report(
    directory: Folder,
    mark: Mark,
    due: Annotated[str, typer.Option(help="The day on which the report fell due; `shirushi upcoming` names it.")],
) -> None:
    """Record that the yearly report which fell due on that day was filed. One operator signs."""
    _say(directory, mark, "annual_report.filed", {"due": _instant(directory, due)}, alone=True)


def _instant(directory: Path, day: str) -> int:
    return parse_instant(day, zone=DataFolder(directory).trust_root().content.zone)


def _say(directory: Path, mark: str, type_: str, public: dict[str, Any], *, alone: bool = False) -> None:
    desk = operators_desk(directory)
    tell(desk.submit(type_, mark_uri(desk.host, normalise_mark_id(mark)), public, alone=alone))


def tell(admitted: Admitted) -> None:
    """Print where an entry stands, and its receipt."""
    typer.echo(f"log entry {admitted.index}")
    typer.echo(admitted.receipt)
