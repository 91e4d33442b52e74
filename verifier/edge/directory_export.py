"""`shirushi directory export`: every mark that a copy of the directory lists, with its state at an instant, as a table.

A row stands for a mark and one organisation that it belongs to: whoever holds it, and whoever it covers.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.dates import parse_instant, utc_text
from verifier.directory.bulk import every_line
from verifier.directory.copying import DirectoryCopy
from verifier.directory.record import IdentifierRecord, parse_line
from verifier.edge.check.check_output import write_table
from verifier.edge.directory_store import FolderStore
from verifier.edge.page.listing import state_at
from verifier.edge.root_store import read_root
from verifier.edge.tracked import tracked
from verifier.edge.whole_file import write_named
from verifier.errors import WrongUseError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.audit.plane import Progress
    from verifier.directory.proven import ProvenEpoch

COLUMNS = ("mark", "organisation", "link", "scheme", "level", "scope", "state", "from", "until")
FORMS = (".csv", ".xlsx", ".json")


def export(
    *,
    folder: Annotated[Path, typer.Option("--dir", help="The copy; `shirushi directory pull` makes one.")],
    out: Annotated[Path, typer.Option(help="The file to write: .csv, .xlsx or .json.")],
    at: Annotated[str | None, typer.Option("--at", help="State at this day or time. Now if absent.")] = None,
    root: Annotated[Path | None, typer.Option(help="Version 1 of the trust root that you trust.")] = None,
) -> None:
    """Write every listed mark with its state as a table, and say for which entries of the log it holds."""
    form = out.suffix.lower()
    if form not in FORMS:
        raise WrongUseError(f"{out}: a table is written as one of {', '.join(FORMS)}")
    pinned, store, now = read_root(root), FolderStore(folder), int(time.time())
    instant = now if at is None else parse_instant(at, zone=pinned.content.zone)
    epoch = DirectoryCopy(store, pinned, now=now).epoch()
    with tracked("export") as progress:
        rows = sorted(_rows(store, epoch, instant, progress))
    holds = f"{pinned.host}: the first {epoch.index.size} entries, seen {utc_text(epoch.as_of)}"
    told = f"{holds}; state at {utc_text(instant)}"
    if form == ".json":
        marks = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
        head = {"host": pinned.host, "size": epoch.index.size, "as_of": epoch.as_of, "at": instant}
        write_named(out, json.dumps({**head, "marks": marks}, ensure_ascii=False, indent=1).encode() + b"\n")
    else:
        write_named(out, write_table([(told,), COLUMNS, *rows], form=form, headings=2))
    typer.echo(f"{len(rows)} rows; {told}")


def _rows(store: FolderStore, epoch: ProvenEpoch, instant: int, progress: Progress) -> Iterator[tuple[str, ...]]:
    for line in every_line(store, epoch.index, progress):
        record = parse_line(line)
        if isinstance(record, IdentifierRecord):
            for mark in record.marks:
                state, term = state_at(mark, instant), (utc_text(mark.nbf), utc_text(mark.until))
                tier = (mark.scheme, str(mark.tier), mark.scope_kind)
                yield mark.mark, record.identifier, mark.link, *tier, state, *term
