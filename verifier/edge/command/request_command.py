"""`shirushi request`: inform, urge, check. What one company asks of another stays between the two.

A request and its answer are files that they send each other; `status` and `calendar` hold them against a copy of the
directory, on one's own machine.
"""

from __future__ import annotations

import importlib
import json
import secrets
import time
from pathlib import Path
from typing import Annotated, Literal

import typer

from verifier.edge.check.check_words import gap_words, notes_on_recognition
from verifier.edge.check.kept_recognitions import recognitions_of
from verifier.edge.check.supplier_list import open_copy, read_recognitions
from verifier.edge.i18n import Translator, translator
from verifier.edge.request.calendar_file import calendar_file
from verifier.edge.request.request_folder import days_of, read_asked, read_bounded
from verifier.edge.request.request_status import Standing, gap_of, standings
from verifier.edge.request.request_text import answer_text, request_letter
from verifier.edge.root_store import read_root
from verifier.edge.whole_file import write_named
from verifier.encoding import b64u
from verifier.errors import MarkError, WrongUseError
from verifier.identifier import parse_identifier
from verifier.level_request import (
    QUESTIONS,
    Asked,
    LevelAnswer,
    LevelRequest,
    Party,
    check_needed,
    members_of,
    parse_request,
    pressing_words,
)
from verifier.schema import read_model

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)

Lang = Annotated[str, typer.Option(help="Language: ja or en.")]
Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder with requests and answers (*.json).")]
Directory = Annotated[Path, typer.Option("--directory", help="The copy: see `shirushi directory pull`.")]
Root = Annotated[Path | None, typer.Option(help="Version 1 of the trust root that you trust.")]
Recognitions = Annotated[
    Path | None, typer.Option(help="Further statements about recognitions, one a line; the copy keeps its own.")
]
Pdf = Annotated[Path | None, typer.Option(help="The letter as PDF with the request's file inside goes here.")]


@app.command()
def new(
    *,
    client: Annotated[str, typer.Option(metavar="IDENTIFIER=NAME", help="Who asks.")],
    supplier: Annotated[str, typer.Option(metavar="IDENTIFIER=NAME", help="Who is asked.")],
    tier: Annotated[str, typer.Option(help="The level that is asked for, such as jp.meti.scs/4.")],
    need: Annotated[str, typer.Option(help="Why this supplier, in your words: what it does for you.")],
    by: Annotated[str, typer.Option(help="The day by which it would be good (ISO 8601).")],
    cost_contact: Annotated[str, typer.Option(help="Who talks about the cost: a department, with an address.")],
    out: Annotated[Path, typer.Option(help="Where the request goes.")],
    because: Annotated[list[str] | None, typer.Option(help=f"What applies: {', '.join(QUESTIONS)}.")] = None,
    pdf: Pdf = None,
    lang: Lang = "ja",
) -> None:
    """Write a request and print the letter that goes with it."""
    members = {
        "v": 1,
        "id": b64u(secrets.token_bytes(16)),
        "made": _today(),
        "client": _party(client, "--client"),
        "supplier": _party(supplier, "--supplier"),
        "tier": tier,
        "reasons": because or [],
        "need": need,
        "by": by,
        "cost_contact": cost_contact,
    }
    try:
        request = read_model(LevelRequest, members, what="the request")
        check_needed(request)
    except MarkError as error:
        raise WrongUseError(error.message, hint=error.hint) from error
    # The sheet first: where it cannot be set, nothing is written.
    sheet = _sheet(request, lang) if pdf is not None else b""
    write_named(out, request.serialize())
    if pdf is not None:
        write_named(pdf, sheet)
    typer.echo(request_letter(request, translator(lang)), nl=False)
    pressing = pressing_words(request.need)
    if pressing:
        typer.echo(translator(lang).gettext("request.pressing", words=", ".join(pressing)), err=True)


@app.command()
def letter(
    request: Annotated[Path, typer.Argument(help="The request.")],
    *,
    pdf: Pdf = None,
    lang: Lang = "ja",
) -> None:
    """Print the letter of a request, or write it as PDF."""
    asked = parse_request(read_bounded(request))
    if pdf is not None:
        write_named(pdf, _sheet(asked, lang))
    else:
        typer.echo(request_letter(asked, translator(lang)), nl=False)


@app.command()
def answer(
    request: Annotated[Path, typer.Argument(help="The request that you were sent.")],
    *,
    says: Annotated[Literal["accepts", "asks_about_cost", "proposes_date"], typer.Option(help="What you say.")],
    out: Annotated[Path, typer.Option(help="Where the answer goes.")],
    by: Annotated[str | None, typer.Option(help="The day that you propose.")] = None,
    words: Annotated[str, typer.Option(help="Anything beside it.")] = "",
) -> None:
    """Write the supplier's answer to a request."""
    asked = parse_request(read_bounded(request))
    members = {"v": 1, "request_sha256": asked.sha256, "made": _today(), "answer": says, "by": by, "words": words}
    try:
        made = read_model(LevelAnswer, members, what="the answer")
    except MarkError as error:
        raise WrongUseError(error.message, hint=error.hint) from error
    write_named(out, made.serialize())


@app.command()
def status(
    folder: Folder,
    *,
    directory: Directory,
    root: Root = None,
    recognitions: Recognitions = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    lang: Lang = "ja",
) -> int:
    """Hold every request against what the supplier has: asked, said, held, and what is between the two.

    Ends with 0 when all is met, 1 when something is not, 2 when something could not be decided.
    """
    t = translator(lang)
    found = _standings(folder, directory, t, root=root, recognitions=recognitions)
    if as_json:
        rows = [{**members_of(one.asked), **one.outcome.members(), "gap": list(gap_of(one))} for one in found]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for one in found:
            typer.echo(_line(one, lang))
            typer.echo(f"    {answer_text(one.asked, t)}")
    return max((one.exit_code for one in found), default=0, key=(0, 2, 1).index)


@app.command()
def calendar(
    folder: Folder,
    *,
    directory: Directory,
    out: Annotated[Path, typer.Option(help="Where the calendar goes (.ics).")],
    root: Root = None,
    recognitions: Recognitions = None,
    lang: Lang = "ja",
) -> None:
    """Write the days to look at: until when a level was asked for, and when the marks that are held end."""
    t = translator(lang)
    found = _standings(folder, directory, t, root=root, recognitions=recognitions)
    content = read_root(root).content
    days = days_of(found, content.zone, t)
    write_named(out, calendar_file(days, host=read_root(root).host, now=int(time.time())))
    typer.echo(t.gettext("request.days", count=len(days)))


def _standings(
    folder: Path, directory: Path, t: Translator, *, root: Path | None, recognitions: Path | None
) -> list[Standing]:
    """Return how every request of a folder stands, and tell on the error output what limits the answers."""
    asked, given = _asked(folder, t), read_recognitions(recognitions)
    copy = open_copy(directory, root)
    known = recognitions_of(copy, given)
    found = standings(asked, copy, known)
    for note in notes_on_recognition((one.outcome.reason for one in found), gap_words(known.gap, t)):
        typer.echo(note, err=True)
    return found


def _asked(folder: Path, t: Translator) -> list[Asked]:
    asked, left = read_asked(folder)
    for one in left:
        typer.echo(t.gettext("request.left_out", file=one.file, reason=one.error.message), err=True)
    return asked


def _line(one: Standing, lang: str) -> str:
    t = translator(lang)
    words = t.gettext(f"bulk.verdict.{one.outcome.verdict.value}")
    request, gap = one.asked.request, gap_of(one)
    missing = f" ({t.gettext('request.missing', count=len(gap))})" if gap else ""
    return f"{request.supplier.name} ({request.supplier.identifier}): {request.tier}, {one.asked.by}: {words}{missing}"


def _sheet(request: LevelRequest, lang: str) -> bytes:
    try:
        # Only PDFs need a typesetter: everything else here works without one.
        sheets = importlib.import_module("verifier.edge.request.request_sheet")
    except ModuleNotFoundError as error:
        raise WrongUseError(
            f"a PDF needs {error.name}, which is not installed", hint="pip install 'shirushi[registry]'"
        ) from error
    return bytes(sheets.request_pdf(Asked(request, None), lang=lang))


def _party(text: str, option: str) -> Party:
    identifier, separator, name = text.partition("=")
    if not separator:
        raise WrongUseError(
            f"{option} {text[:60]!r}", hint="Write IDENTIFIER=NAME, such as 0188-5010001067883=見本商事."
        )
    try:
        # As people write it; the file holds its one form.
        number = str(parse_identifier(identifier))
        return read_model(Party, {"identifier": number, "name": name.strip()}, what=option)
    except MarkError as error:
        raise WrongUseError(f"{option}: {error.message}", hint=error.hint) from error


def _today() -> str:
    return time.strftime("%Y-%m-%d")
