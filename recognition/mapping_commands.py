"""The commands of `shirushi recognition` about scheme and mapping files: lint, diff, inverse, oscal.

Exit codes: 0 done, 1 there is an error (lint, import) or a criterion loses (diff), 2 not at hand, 64 wrong use.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from recognition.finding import RecognitionFinding, finding_members, has_error
from recognition.inverse import inverse as turn_round
from recognition.mapping_diff import MappingDifference, mapping_difference
from recognition.mapping_files import find, findings, named_mapping
from recognition.mapping_writing import write_mapping
from recognition.oscal import export_collection
from recognition.oscal_reading import Stated, read_collection
from recognition.scheme_commands import register as register_schemes
from recognition.shipped import names_at_hand
from verifier.dates import parse_instant
from verifier.edge.scheme_text import checked_language, finding_lines
from verifier.errors import WrongUseError

oscal = typer.Typer(add_completion=False, no_args_is_help=True, help="Mappings as OSCAL 1.2 documents, out and in.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Lang = Annotated[str, typer.Option(help="Language of the text: ja or en.")]
Name = Annotated[str, typer.Argument(metavar="MAPPING", help="NAME.toml or NAME.csv, or the name of a shipped one.")]
Folder = Annotated[Path | None, typer.Option("--out", help="Folder to write NAME.toml and NAME.csv into.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the ones of `shirushi recognition`."""
    for command in (lint, diff, inverse):
        app.command()(command)
    app.add_typer(oscal, name="oscal")
    register_schemes(app)


def lint(
    places: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help="Folders, mappings, OSCAL documents; the shipped catalogue if none."),
    ] = None,
    *,
    as_json: Json = False,
    lang: Lang = "en",
) -> None:
    """Check scheme files, mappings and OSCAL documents against every rule. Ends with 1 when there is an error."""
    checked_language(lang)
    told = list(findings(find(places or ())))
    if as_json:
        print(json.dumps([{"name": name, "findings": finding_members(one)} for name, one in told], ensure_ascii=False))
    else:
        for name, one in told:
            print("\n".join(_lines(name, one, lang)))
    raise typer.Exit(int(any(has_error(one) for _, one in told)))


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The mapping as it was.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The mapping as it would be.")],
    *,
    as_json: Json = False,
) -> None:
    """Compare two versions of a mapping: rows, and criteria that gain or lose. Ends with 1 when one loses."""
    found = mapping_difference(named_mapping(old)[0], named_mapping(new)[0])
    print(json.dumps(found.members(), ensure_ascii=False, indent=2) if as_json else "\n".join(_difference(found)))
    raise typer.Exit(int(bool(found.losing)))


def inverse(
    mapping: Name,
    *,
    version: Annotated[str | None, typer.Option(help="Version of the source scheme; the last one if absent.")] = None,
    out: Folder = None,
) -> None:
    """Draft the mapping of the other direction. It is marked as a draft and leaves out what does not turn round."""
    found = turn_round(named_mapping(mapping)[0], version=version)
    if out is not None:
        _write(write_mapping(found.head, found.rows), out)
    print(found.head.notice.en)
    print(
        f"{found.head.id}: {len(found.rows)} rows; left out: {len(found.joint)} joint, {len(found.qualified)} qualified"
    )


@oscal.command("export")
def export_(
    mapping: Name,
    *,
    out: Annotated[Path | None, typer.Option("--out", help="File to write; standard output if absent.")] = None,
    at: Annotated[str | None, typer.Option(help="Time of last modification in the document; now if absent.")] = None,
) -> None:
    """Write a mapping as an OSCAL 1.2 mapping-collection. The same mapping and time give the same bytes."""
    found, sources, targets = named_mapping(mapping)
    moment = parse_instant(at, zone="Etc/UTC") if at else int(time.time())
    document = export_collection(found, sources=sources, targets=targets, at=moment)
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    if out is None:
        print(text, end="")
    else:
        out.write_text(text, "utf-8")


@oscal.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="OSCAL 1.2 mapping-collection in JSON.")],
    *,
    out: Folder = None,
    name: Annotated[str | None, typer.Option(help="Id of the mapping, where the document states none.")] = None,
    source: Annotated[str | None, typer.Option(help="SCHEME/VERSION of the sources, where it is not stated.")] = None,
    target: Annotated[str | None, typer.Option(help="SCHEME/VERSION of the targets, where it is not stated.")] = None,
    prefixes: Annotated[
        str | None, typer.Option(help="SOURCE,TARGET: what stands before the ids, such as ,scs- for targets only.")
    ] = None,
    lang: Lang = "en",
) -> None:
    """Read an OSCAL document into NAME.toml and NAME.csv, strictly. Ends with 1 when there is an error."""
    checked_language(lang)
    if not file.is_file():
        raise WrongUseError(f"{file} is missing", hint="shirushi recognition oscal import --help")
    before = _prefixes(prefixes)
    stated = Stated(name, source, target, before[0], before[1])
    read, told = read_collection(file.read_bytes(), file=file.name, known=names_at_hand(), stated=stated)
    print("\n".join(_lines(file.name, told, lang)))
    if read is None:
        raise typer.Exit(1)
    if out is not None:
        _write(write_mapping(read.head, read.rows), out)
    print(f"{read.head.id}: {read.head.status}, {len(read.rows)} rows")


def _prefixes(text: str | None) -> tuple[str | None, str | None]:
    if text is None:
        return None, None
    source, comma, target = text.partition(",")
    if not comma:
        raise WrongUseError(f"not two prefixes: {text!r}", hint="Write SOURCE,TARGET; either may be empty.")
    return source, target


def _lines(name: str, told: Iterable[RecognitionFinding], lang: str) -> Iterator[str]:
    lines = list(finding_lines(told, lang))
    clean = {"ja": "問題は見つかりませんでした。", "en": "nothing to complain about"}[lang]
    yield from (f"{name}: {line}" for line in lines or [clean])


def _difference(found: MappingDifference) -> Iterator[str]:
    yield f"{found.old.head.id} -> {found.new.head.id}"
    for name, (old, new) in found.head.items():
        yield f"  head {name}: {_short(old)} -> {_short(new)}"
    for row in found.rows:
        told = "; ".join(f"{name} {old or '-'} -> {new or '-'}" for name, (old, new) in row.members.items())
        yield f"  {row.kind}: {' '.join(row.sources)} -> {row.target}{f': {told}' if told else ''}"
    for cover in found.covers:
        yield f"  criterion {cover.criterion} {'gains' if cover.gains else 'loses'}: {cover.old} -> {cover.new}"
    if not (found.head or found.rows):
        yield "  nothing changes"
    lost = len(found.losing)
    yield f"criteria that gain: {len(found.covers) - lost}; that lose: {lost}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _write(files: Mapping[str, bytes], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
