"""`shirushi scheme`: packs of criteria, looked at, checked, compared and imported.

Exit codes: 0 done, 1 the pack or the workbook has an error, 2 could not be read, 64 wrong use.
"""

from __future__ import annotations

import json
import time
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any

import typer

from verifier.dates import parse_instant
from verifier.edge.check.spreadsheet import read_rows
from verifier.edge.held_marks import HeldMarks, marks_in_file, marks_in_log
from verifier.edge.packs import among_installed, find_pack, installed_packs, pack_files, write_folder
from verifier.edge.read_plane import open_plane
from verifier.edge.root_store import read_root
from verifier.edge.scheme_text import (
    affected_lines,
    checked_language,
    difference_lines,
    finding_lines,
    list_lines,
    pack_members,
    show_lines,
)
from verifier.edge.tracked import tracked
from verifier.encoding import sha256
from verifier.errors import WrongUseError
from verifier.scheme.affected import affected, totals
from verifier.scheme.difference import difference
from verifier.scheme.pack import SchemePack
from verifier.scheme.reading import read_pack
from verifier.scheme.workbook import Columns, Wish, Workbook, import_workbook

GROUP = "shirushi.scheme"
"""Entry points of this group are typer.Typer objects whose commands join this one: those of a scheme's operator."""

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)

Pack = Annotated[
    str, typer.Argument(metavar="PACK", help="Folder of a pack, SCHEME/VERSION, or SCHEME for its newest.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Lang = Annotated[str, typer.Option(help="Language of the text: ja or en.")]


@app.callback()
def main() -> None:
    """Packs of criteria: look at them, check, compare, import and publish them."""


@app.command("list")
def list_(*, as_json: Json = False, lang: Lang = "en") -> None:
    """List the packs at hand: those that are shipped, and those in the folder that SHIRUSHI_PACKS names."""
    packs, at = installed_packs(), int(time.time())
    known = [pack.among(packs) for pack in packs]
    if as_json:
        _print([{"name": one.name, "sha256": one.digest, "phase": one.phase(at)} for one in known])
        return
    _tell(list_lines(known, checked_language(lang), at=at))


@app.command()
def show(pack: Pack, *, as_json: Json = False, lang: Lang = "en") -> None:
    """Show what a pack says of each level: who issues, how, for how long, with which duties."""
    found, at = among_installed(find_pack(pack)), int(time.time())
    if as_json:
        _print(pack_members(found, at=at))
        return
    _tell(show_lines(found, checked_language(lang), at=at))


@app.command()
def lint(pack: Pack, *, as_json: Json = False, lang: Lang = "en") -> int:
    """Check a pack against every MUST of its format. Ends with 1 when there is an error."""
    checked, findings = read_pack(pack_files(pack))
    if as_json:
        members = [finding.members() for finding in findings]
        _print({"pack": checked.name if checked else None, "findings": members})
    else:
        _tell(finding_lines(findings, checked_language(lang)))
        if not findings:
            typer.echo("問題はありません。" if lang == "ja" else "nothing to complain about")
    return 0 if checked else 1


@app.command()
def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="Folder of a pack, SCHEME/VERSION, or SCHEME.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The same, of the version that follows.")],
    *,
    marks: Annotated[Path | None, typer.Option(help="A list of marks, .csv or .xlsx: who is affected?")] = None,
    source: Annotated[
        str | None, typer.Option("--from", metavar="URL|DIR", help="A published log: who is affected?")
    ] = None,
    root: Annotated[Path | None, typer.Option(help="Version 1 of the trust root that you trust.")] = None,
    at: Annotated[str | None, typer.Option(help="Marks that stand at this time; now if absent.")] = None,
    as_json: Json = False,
    lang: Lang = "en",
) -> None:
    """Compare two versions; with marks, say which are under the old one and on which day each stops counting."""
    before, after = find_pack(old), find_pack(new)
    if before.scheme != after.scheme:
        raise WrongUseError(f"{before.scheme} and {after.scheme} are two schemes", hint="Compare versions of one.")
    if marks is not None and source is not None:
        raise WrongUseError("a list or a log?", hint="Give --marks or --from.")
    ending = before.among((*installed_packs(), after))
    moment = parse_instant(at, zone=before.zone) if at else int(time.time())
    changes, held = difference(before, after), _held(before, marks, source, root)
    found = affected(held.marks, ending, at=moment) if held else ()
    if as_json:
        told: dict[str, Any] = {**changes.members(), "affected": None}
        if held:
            rows = [one.members() for one in found]
            told["affected"] = {"as_of": held.as_of, "size": held.size, "totals": totals(found), "marks": rows}
        _print(told)
        return
    _tell(difference_lines(changes, checked_language(lang)))
    if held:
        _tell(affected_lines(found, held, lang))


@app.command("import")
def import_(
    workbook: Annotated[Path, typer.Argument(metavar="WORKBOOK", help="The official workbook of criteria (.xlsx).")],
    *,
    base: Annotated[str, typer.Option(help="The pack to complete: SCHEME/VERSION or a folder.")],
    out: Annotated[Path, typer.Option(help="The folder to write, which must not exist.")],
    version: Annotated[str | None, typer.Option(help="Version of the new pack; the base's own if absent.")] = None,
    columns: Annotated[
        str | None,
        typer.Option(help="Where the columns are, such as id=B,3=F,4=G,text=D; found by headings if absent."),
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="The sheet; the first one if absent.")] = None,
    wording: Annotated[
        bool, typer.Option("--wording", help="Take the criteria's wording too, for use at home.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Complete a pack with the criteria of the official workbook: all of it or nothing."""
    try:
        data = workbook.read_bytes()
    except OSError as error:
        raise WrongUseError(f"{workbook} cannot be read: {error.strerror}") from error
    given = find_pack(base)
    read = Workbook(read_rows(data, filename=workbook.name, sheet=sheet), data, workbook.name)
    wish = Wish(_columns(columns, given) if columns else None, version, wording)
    pack, files = import_workbook(given, read, wish)
    write_folder(files, out)
    reported, found = given.head.source.sha256_as_reported, sha256(data).hex()
    is_reported = None if reported is None else reported == found
    if as_json:
        items = {str(tier.level): len(pack.items_for(tier.level)) for tier in pack.tiers}
        source = {"sha256": found, "is_the_reported_file": is_reported}
        _print({"name": pack.name, "sha256": pack.digest, "items": items, "workbook": source})
        return
    for tier in pack.tiers:
        typer.echo(f"{pack.name} {tier.label.en}: {len(pack.items_for(tier.level))} criteria")
    typer.echo(f"{out}: sha256 {pack.digest}")
    if is_reported is False:
        typer.echo(f"note: the workbook's SHA-256 is {found}, not the one that was reported: another edition?")


def _held(pack: SchemePack, marks: Path | None, source: str | None, root: Path | None) -> HeldMarks | None:
    if marks is not None:
        return marks_in_file(marks, pack)
    if source is None:
        return None
    with open_plane(source) as plane, tracked("diff") as progress:
        return marks_in_log(plane.fetcher, read_root(root), pack, progress)


def _columns(text: str, base: SchemePack) -> Columns:
    named = dict(part.partition("=")[::2] for part in text.split(","))
    letters = {name: value.strip().upper() for name, value in named.items()}
    levels = [str(tier.level) for tier in base.tiers]
    known = {"id", "text", *levels}
    if letters.keys() - known or not {"id", *levels} <= letters.keys() or not all(map(_is_column, letters.values())):
        raise WrongUseError(f"not a list of columns: {text[:60]!r}", hint=f"Write id=B,{levels[0]}=F,... with letters.")
    numbers = {name: _number(value) for name, value in letters.items()}
    return Columns(numbers["id"], {int(level): numbers[level] for level in levels}, numbers.get("text"))


def _is_column(letters: str) -> bool:
    return letters.isascii() and letters.isalpha() and len(letters) <= 2


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _print(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _tell(lines: Any) -> None:
    for line in lines:
        typer.echo(line)


def _join_operators_commands() -> None:
    for entry in metadata.entry_points(group=GROUP):
        try:
            app.registered_commands += entry.load().registered_commands
        except ModuleNotFoundError:
            # Only the verifier's part is installed: whoever looks at a scheme from outside publishes nothing.
            continue


_join_operators_commands()
