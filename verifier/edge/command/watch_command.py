"""`shirushi watch`: which suppliers of a list have another answer than last time, after the copy was brought on.

Exit codes: 0 nothing changed, 1 something changed, 2 could not find out, 64 wrong use.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from verifier.check.watching import WatchState, parse_state
from verifier.edge.check.check_report import MOST_ROWS, change_lines
from verifier.edge.check.check_words import gap_words, notes_on_recognition, row_words, sheet_notes
from verifier.edge.check.kept_recognitions import recognitions_of
from verifier.edge.check.list_watch import look_again
from verifier.edge.check.supplier_list import (
    SupplierList,
    many_values,
    open_copy,
    read_file,
    read_list,
    read_policy,
    read_recognitions,
    unreliable,
)
from verifier.edge.i18n import Translator, translator
from verifier.edge.tracked import tracked
from verifier.edge.whole_file import write_named
from verifier.errors import EvidenceError, UnavailableError, WrongUseError

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def main(
    suppliers: Annotated[Path, typer.Argument(metavar="LIST", help="The suppliers: CSV or .xlsx.")],
    *,
    folder: Annotated[Path, typer.Option("--directory", help="The copy: see `shirushi directory pull`.")],
    require: Annotated[Path, typer.Option(help="The policy file (TOML): what is asked.")],
    state: Annotated[
        Path | None, typer.Option(help="Where the answers are remembered; made the first time, then kept current.")
    ] = None,
    since: Annotated[
        int | None, typer.Option(metavar="EPOCH", help="Without a state: whose marks changed since this epoch.")
    ] = None,
    root: Annotated[Path | None, typer.Option(help="Version 1 of the trust root that you trust.")] = None,
    recognitions: Annotated[
        Path | None, typer.Option(help="Further statements about recognitions, one a line; the copy keeps its own.")
    ] = None,
    column: Annotated[
        list[str] | None, typer.Option(metavar="ROLE=HEADING", help="What a column holds, such as 0188=番号.")
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Which sheet of the workbook; the first if none is named.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object a line.")] = False,
    lang: Annotated[str, typer.Option(help="Language of the lines: ja or en.")] = "en",
) -> int:
    """Print a line for each supplier whose answer is another one than last time."""
    t = translator(lang)
    if (state is None) == (since is None):
        raise WrongUseError("since when?", hint="Give --state FILE, or --since EPOCH.")
    policy = read_policy(require)
    listed = read_list(suppliers, wanted=policy.wanted, named=column or (), sheet=sheet)
    if len(listed.unwatched) == len(listed.suppliers):
        # No news would be heard as good news.
        raise WrongUseError("no row of the list can be watched", hint=_why_not(listed, t))
    for note in sheet_notes(listed.file.sheet, listed.file.unread, t):
        typer.echo(note, err=True)
    given, copy = read_recognitions(recognitions), open_copy(folder, root)
    known = recognitions_of(copy, given, policy=policy)
    old = _remembered(state, copy.epoch.index.log)
    for what, epoch in (("the state is at", old.epoch if old else None), ("--since asks from", since)):
        if epoch is not None and epoch > copy.epoch.size:
            raise UnavailableError(f"the copy is at epoch {copy.epoch.size}, {what} {epoch}", hint="Pull first.")
    _tell_unwatched(listed, t, most=MOST_ROWS if old is None else 0)
    try:
        with many_values(), tracked("watching", unit="look-up") as tell:
            new, found = look_again(listed, copy, policy, known, old=old, since=since, tell=tell)
    except EvidenceError as error:
        raise unreliable(error) from error
    for note in notes_on_recognition((one.reason for one in new.subjects.values()), gap_words(known.gap, t)):
        typer.echo(note, err=True)
    for line in [json.dumps(one.members(), ensure_ascii=False) for one in found] if as_json else change_lines(found, t):
        typer.echo(line)
    if state is not None:
        # Only after the lines were told: what was not told is told again.
        write_named(state, new.serialize())
    if old is None and state is not None:
        typer.echo(t.gettext("bulk.watch_begun", count=len(new.subjects), epoch=new.epoch), err=True)
    return 1 if found else 0


def _why_not(listed: SupplierList, t: Translator) -> str:
    """Return why the first row cannot be watched, and what to do about it."""
    one = listed.unwatched[0]
    words = row_words(one.refused or "no_candidate", t)
    reason = words.reason if one.refused else t.gettext("bulk.name_alone")
    return f"{t.gettext('bulk.row', row=one.row + 1)}: {reason} {words.next_step}"


def _tell_unwatched(listed: SupplierList, t: Translator, *, most: int) -> None:
    """Say which rows are not watched: the first ones with the reason, the others by their number."""
    left = listed.unwatched
    for one in left[:most]:
        reason = t.gettext(f"bulk.reason.{one.refused}") if one.refused else t.gettext("bulk.name_alone")
        typer.echo(t.gettext("bulk.not_watched", row=one.row + 1, reason=reason), err=True)
    if len(left) > most:
        typer.echo(t.gettext("bulk.not_watched_more", count=len(left) - most), err=True)


def _remembered(state: Path | None, log: str) -> WatchState | None:
    if state is None or not state.exists():
        return None
    try:
        return parse_state(read_file(state), log=log)
    except EvidenceError as error:
        begin = "Name another --state file, or move this one away and begin anew."
        raise WrongUseError(f"{state}: {error.message}", hint=error.hint or begin) from error
