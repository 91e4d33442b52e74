"""`shirushi programme`: which programmes there are, and who of a list meets one.

``check`` is `shirushi check` with the programme's policy and date. Exit codes: 0 every row meets it, 1 some row does
not, 2 some row could not be decided, 64 wrong use.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Annotated

import typer

from verifier.edge.command.check_command import Demand, Files, Form, check_list
from verifier.edge.programme_folder import ProgrammesAtHand, new_programme, read_programme, read_programmes
from verifier.edge.root_store import default_store, read_root
from verifier.errors import MalformedError, NotFoundError, WrongUseError
from verifier.programme import HEAD, POLICY, Programme, find_programme, shipped_files, shipped_programmes

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Programmes (subsidies, tenders, insurance): who of a list is eligible, with reasons.",
)

What = Annotated[
    str, typer.Argument(metavar="PROGRAMME", help=f"An id from `list`, or a folder with {HEAD} and {POLICY}.")
]


@app.command("list")
def list_programmes(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[FOLDER]", help="A folder with a folder for each; or one programme's.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """List programmes: those of a folder, or those that come with the product, which are illustrative.

    What is wrong in a folder is told by its reason and left out; then the exit code is 1.
    """
    found = ProgrammesAtHand(shipped_programmes()) if folder is None else _at_hand(folder)
    if as_json:
        typer.echo(json.dumps([_members(one) for one in found.programmes], ensure_ascii=False, indent=2))
    else:
        for one in found.programmes:
            head = one.head
            typer.echo(f"{head.id:<20} {head.opens}..{head.closes}  {one.requirement.tier:<16} {head.title.en}")
    for left in found.left_out:
        typer.echo(f"left out: {left.name}: {left.reason}", err=True)
    return int(bool(found.left_out))


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder of the new programme.")],
    *,
    like: Annotated[
        str, typer.Option("--from", metavar="ID", help="The programme that comes with the product to begin with.")
    ] = "example.tender",
) -> None:
    """Write the two files of a programme of your own, to be changed: what they say is illustrative."""
    try:
        files = shipped_files(like)
    except NotFoundError as error:
        known = ", ".join(one.head.id for one in shipped_programmes())
        raise WrongUseError(error.message, hint=f"At hand: {known}") from error
    new_programme(folder, files)
    typer.echo(f"{folder / HEAD}: set id, dates, title and offered_by, and take the line `illustrative` out")
    typer.echo(f"{folder / POLICY}: set what is demanded")


@app.command()
def show(what: What) -> None:
    """Print a programme and everything that it demands, as JSON."""
    typer.echo(json.dumps(_members(load_programme(what)), ensure_ascii=False, indent=2))


@app.command()
def check(
    what: What,
    suppliers: Annotated[Path, typer.Argument(metavar="LIST", help="The applicants: CSV or .xlsx.")],
    *,
    folder: Annotated[Path, typer.Option("--directory", help="The copy: see `shirushi directory pull`.")],
    at: Annotated[str | None, typer.Option(help="Judge the dates as of another time than the programme's.")] = None,
    out: Annotated[Path | None, typer.Option(help="Where the answers go: .xlsx or .csv.")] = None,
    receipt: Annotated[Path | None, typer.Option(help="Where the receipt goes (JSON).")] = None,
    key: Annotated[Path | None, typer.Option(help="Your key, to sign the receipt.")] = None,
    root: Annotated[Path | None, typer.Option(help="Version 1 of the trust root that you trust.")] = None,
    recognitions: Annotated[
        Path | None, typer.Option(help="Further statements about recognitions, one a line; the copy keeps its own.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print every row as JSON.")] = False,
    lang: Annotated[str, typer.Option(help="Language of the answers: ja or en.")] = "en",
) -> int:
    """Check which of a list meet a programme, with reasons and a receipt; who is chosen is not decided here."""
    programme = load_programme(what)
    zone = default_store().newest(read_root(root)).content.zone
    head, state = programme.head, programme.state(int(time.time()), zone)
    judged = at or (head.judged_on.isoformat() if head.judged_on else None)
    title = head.title.ja if lang == "ja" else head.title.en
    when = f"{state.replace('_', ' ')}, {head.opens} to {head.closes}"
    typer.echo(f"{head.id}, {title}: {when}; policy {programme.requirement.sha256}", err=True)
    files = Files(out=out, receipt=receipt, key=key, root=root, recognitions=recognitions)
    demand = Demand(programme.requirement, judged, is_fixed=True)
    return check_list(suppliers, folder, demand, files=files, form=Form(as_json=as_json, lang=lang))


def load_programme(what: str) -> Programme:
    """Return the programme of a folder, or of its head's file, or of that id. Raises WrongUseError, NotFoundError."""
    named = Path(what)
    folder = named.parent if named.name == HEAD else named
    if not _is_folder(folder):
        return find_programme(what)
    try:
        return read_programme(folder)
    except MalformedError as error:
        raise WrongUseError(f"{folder}: {error.message}", hint=error.hint) from error


def _at_hand(folder: Path) -> ProgrammesAtHand:
    if folder.name == HEAD or os.path.lexists(folder / HEAD):
        return ProgrammesAtHand((load_programme(str(folder)),))
    if not _is_folder(folder):
        raise WrongUseError(f"{folder} is no folder", hint="Give a folder that holds a folder for each programme.")
    return read_programmes(folder)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError as error:
        raise WrongUseError(f"{path} cannot be looked at: {error.strerror}") from error


def _members(programme: Programme) -> dict[str, object]:
    head = programme.head.model_dump(mode="json")
    return {**head, "policy": programme.requirement.members(), "sha256": programme.sha256}
