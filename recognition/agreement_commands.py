"""`shirushi agreement`: what a foreign operator does at home, and what anybody may ask about agreements.

Exit codes: 0 done, 1 the folder has a fault or nothing is in force, 2 could not be read or reached, 64 wrong use.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recognition.agreement_export import export
from recognition.agreement_folder import first_draft, read_folder, write_folder
from recognition.disclosure import report, unassessed
from recognition.due import calendar_of
from recognition.foreign_desk import ForeignDesk, ForeignOperator
from recognition.shipped import load_scheme, mapping_files, scheme_files
from recognition.study import study, study_lines
from recognition.treaty import parse_treaty
from verifier.dates import utc_text
from verifier.edge.client import open_client
from verifier.edge.keystore import load_signer, save_signer
from verifier.edge.packs import find_pack, load_pack
from verifier.edge.read_plane import open_plane
from verifier.edge.root_store import read_root
from verifier.edge.write_api import Addresses, WriteApi
from verifier.errors import NotFoundError, WrongUseError
from verifier.signer import SoftwareSigner
from verifier.trust.recognition_list import LATEST, read_recognition_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recognition.treaty import Treaty
    from verifier.trust.recognition_list import ListedAgreement, RecognitionList

PASSPHRASE = "SHIRUSHI_PASSPHRASE"
UNSIGNED = "unilateral: the other side has not signed"

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None)
app.command()(export)

Folder = Annotated[Path, typer.Argument(help="The agreement's folder.")]
Host = Annotated[str, typer.Option(help="The host of the home authority.")]
Number = Annotated[int, typer.Option("--no", help="The operator's number in the home registry.")]
Key = Annotated[Path, typer.Option("--key", help="The operator's key file.")]
PassphraseFile = Annotated[Path | None, typer.Option(help=f"File of the key's passphrase; {PASSPHRASE} if absent.")]
Place = Annotated[str | None, typer.Option("--from", help="Address or folder to read; the registry's own if absent.")]
Root = Annotated[Path | None, typer.Option(help="Version 1 of the trust root that you trust.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def new(
    label: Annotated[str, typer.Argument(help="The agreement's id, such as jp-uk.")],
    folder: Annotated[Path, typer.Argument(help="The folder to make.")],
    *,
    scheme: Annotated[str, typer.Option(help="The foreign scheme, one of the catalogue.")],
    mapping: Annotated[str, typer.Option(help="The mapping to begin with, one of the catalogue.")],
    home: Annotated[str, typer.Option(help="The home scheme: SCHEME/VERSION or SCHEME.")] = "jp.meti.scs",
) -> None:
    """Make an agreement's folder to fill in: terms, disclosure register, scheme and mapping."""
    foreign, mappings = load_scheme(scheme), mapping_files()
    if mapping not in mappings:
        raise NotFoundError(f"no mapping {mapping!r} in the catalogue", hint=f"In the catalogue: {', '.join(mappings)}")
    files = first_draft(
        label,
        scheme=foreign,
        scheme_files=scheme_files()[scheme],
        mapping_files=mappings[mapping],
        pack=find_pack(home),
        today=date.today(),
    )
    write_folder(folder, files)
    typer.echo(f"{folder}: {len(files)} files. Edit agreement.toml and disclosure.toml, then:")
    typer.echo(f"  shirushi agreement check {folder}")


@app.command()
def check(folder: Folder, as_json: AsJson = False) -> None:
    """Check a folder: what it pins, what each level covers of each tier, and what may cross the border."""
    treaty = parse_treaty(read_folder(folder), pack_of=load_pack)
    pack = load_pack(treaty.terms.home.scheme, treaty.terms.home.version)
    if as_json:
        studied = [one.members() for one in study(treaty, pack)]
        typer.echo(json.dumps({"sha256": treaty.sha256, "draft": treaty.is_draft, "study": studied}, indent=2))
        return
    typer.echo(f"{treaty.terms.id}: {treaty.terms.kind}, {treaty.scheme.id} for {pack.name}, sha256 {treaty.sha256}")
    for one in study(treaty, pack):
        cap = "" if one.within_cap else ", beyond its cap"
        missing = f", assurance missing: {', '.join(one.missing_assurance)}" if one.missing_assurance else ""
        counts = f"{len(one.full)} full, {len(one.partial)} in part, {len(one.none)} none"
        typer.echo(f"  {one.level} for tier {one.tier}: {counts}{missing}{cap}")
    for line in _border_lines(treaty):
        typer.echo(f"  {line}")
    if treaty.is_draft:
        typer.echo("  a draft: the home authority does not announce it")


@app.command("study")
def study_(
    folder: Folder,
    out: Annotated[Path | None, typer.Option(help="File of the report; printed if absent.")] = None,
) -> None:
    """Write the gap study: for each level and tier, which criteria are left open and which assurance is missing."""
    treaty = parse_treaty(read_folder(folder), pack_of=load_pack)
    pack = load_pack(treaty.terms.home.scheme, treaty.terms.home.version)
    text = "\n".join(study_lines(treaty, pack)) + "\n"
    if out is None:
        typer.echo(text, nl=False)
        return
    out.write_text(text, "utf-8")
    typer.echo(f"{out}: {len(text.splitlines())} lines")


@app.command()
def disclosures(folder: Folder, as_json: AsJson = False) -> None:
    """Report the disclosure register: each class of data, where it goes, its risks, and what is done."""
    treaty = parse_treaty(read_folder(folder), pack_of=load_pack)
    if treaty.disclosure is None:
        raise NotFoundError("the folder has no disclosure.toml", hint="Without one nothing crosses the border.")
    rows = report(treaty.disclosure, today=date.today())
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        due = ", REVIEW DUE" if row["review_due"] else ""
        fields = ", ".join(row["fields"])
        typer.echo(f"{row['class']} to {row['jurisdiction']}: {row['action']} ({row['reason']}){due}: {fields}")


@app.command()
def calendar(
    folder: Folder,
    days: Annotated[int, typer.Option(min=0, help="How many days ahead.")] = 180,
    as_json: AsJson = False,
) -> int:
    """Say what falls due: comment, review, end, last days of versions and issuers. Ends with 1 when one is overdue."""
    treaty, today = parse_treaty(read_folder(folder), pack_of=load_pack), date.today()
    due = calendar_of(treaty, since=today, days=days)
    if as_json:
        typer.echo(json.dumps([{**vars(one), "day": one.day.isoformat()} for one in due]))
    else:
        for one in due:
            overdue = ", OVERDUE" if one.is_overdue(today) else ""
            typer.echo(f"{one.day} {one.what}{f' {one.part}' if one.part else ''}{overdue}")
    return 1 if any(one.is_overdue(today) for one in due) else 0


@app.command()
def key(
    out: Annotated[Path, typer.Option(help="The key file to make.")],
    *,
    host: Host,
    no: Number,
    holder: Annotated[str | None, typer.Option(help="Pseudonym of the key's holder; drawn if absent.")] = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Make the operator's key, or take the one that is there, and print its proof of possession, good for an hour."""
    passphrase = operator_passphrase(passphrase_file)
    if not out.exists():
        save_signer(out, SoftwareSigner.generate(secrets.token_bytes), passphrase)
    operator = ForeignOperator(host, no, holder or f"h-{secrets.token_hex(4)}")
    typer.echo(_desk(operator, load_signer(out, passphrase)).prove_key())


@app.command()
def propose(
    folder: Folder,
    *,
    version: Annotated[int, typer.Option(min=1, help="The version of the terms: 1, then one more for each change.")],
    host: Host,
    no: Number,
    key_file: Key,
    api: Annotated[str, typer.Option(help="Address of the home registry's API, such as https://api.example.")],
    read: Annotated[str | None, typer.Option(help="Address of its read plane; the host's own if absent.")] = None,
    root: Root = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Sign the folder as it is and send it to the home registry as a proposal."""
    operator = ForeignOperator(host, no, "-")
    desk = _desk(operator, load_signer(key_file, operator_passphrase(passphrase_file)))
    pinned = read_root(root) if root else None
    with open_client() as http:
        addresses = Addresses(read=read or f"https://{host}", api=api.rstrip("/"))
        registry = WriteApi(http, addresses, pause=lambda: time.sleep(1), root=pinned)
        admitted = desk.propose(read_folder(folder), version=version, registry=registry, pack_of=load_pack)
    typer.echo(f"proposed: log entry {admitted.index}")
    typer.echo(admitted.receipt)


@app.command("list")
def list_(place: Place = None, root: Root = None, as_json: AsJson = False) -> int:
    """List every agreement by the signed recognition list."""
    listed = _read_list(place, root)
    if as_json:
        typer.echo(json.dumps(listed.token.payload, indent=2))
    else:
        for line in _list_lines(listed, int(time.time())):
            typer.echo(line)
    return 0 if any(one.state == "in_force" for one in listed.agreements) else 1


@app.command()
def show(
    label: Annotated[str, typer.Argument(help="The agreement's id.")],
    place: Place = None,
    root: Root = None,
) -> int:
    """Show everything that the log says of an agreement, entry by entry."""
    listed = _read_list(place, root)
    found = listed.agreement(f"https://{listed.host}/a/{label}")
    if found is None:
        raise NotFoundError(f"no agreement {label!r} is in the list", hint="`shirushi agreement list` names them.")
    for line in _show_lines(found):
        typer.echo(line)
    return 0 if found.state == "in_force" else 1


def _desk(operator: ForeignOperator, signer: SoftwareSigner) -> ForeignDesk:
    return ForeignDesk(operator, signer=signer, clock=lambda: int(time.time()), entropy=secrets.token_bytes)


def operator_passphrase(file: Path | None) -> bytes:
    """Return the passphrase of an operator's key, from a file or the environment. Raises WrongUseError."""
    if file is not None:
        return file.read_bytes().strip()
    if os.environ.get(PASSPHRASE):
        return os.environ[PASSPHRASE].encode()
    raise WrongUseError(f"{PASSPHRASE} is not set", hint="Set it, or give --passphrase-file.")


def _read_list(place: str | None, root: Path | None) -> RecognitionList:
    pinned = read_root(root)
    with open_plane(place or f"https://{pinned.host}") as plane:
        return read_recognition_list(plane.fetcher.fetch(LATEST), pinned)


def _border_lines(treaty: Treaty) -> Iterator[str]:
    if treaty.disclosure is None:
        yield "no disclosure register: nothing crosses the border"
        return
    yield from unassessed(treaty.disclosure)
    yield f"disclosure register: {len(treaty.disclosure.classes)} classes, review by {treaty.disclosure.review_by}"


def _list_lines(listed: RecognitionList, now: int) -> Iterator[str]:
    stale = ", STALE" if listed.is_stale(now) else ""
    yield f"recognition list over {listed.size} entries, next update by {utc_text(listed.exp)}{stale}"
    for one in listed.agreements:
        version = one.versions[-1]
        unsigned = f"; {UNSIGNED}" if version.kind == "unilateral" else ""
        yield f"{one.uri}: {one.state}, version {version.version}, {version.scheme}{unsigned}"


def _show_lines(found: ListedAgreement) -> Iterator[str]:
    yield f"{found.uri}: {found.state}"
    for version in found.versions:
        signed = f"signed by {version.signed_by}" if version.signed_by else UNSIGNED
        announced = f", announced by entry {version.announced}" if version.announced is not None else ""
        yield f"  version {version.version} of {version.scheme}, {version.kind}, {version.sha256}: {signed}{announced}"
    for event in found.events:
        part = f" issuer {event.issuer}" if event.issuer else f" mapping {event.mapping}" if event.mapping else ""
        until = f", what exists until {utc_text(event.until)}" if event.until else ""
        why = f" ({event.reason}, {event.existing}{until})" if event.reason else ""
        yield f"  entry {event.index}: {event.status}{part} from {utc_text(event.effective)}{why}"
