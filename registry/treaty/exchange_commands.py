"""`shirushi registry agreement receive`, `answer` and `fact`: what goes between the two sides as files.

A foreign operator that does not reach the API hands its signed proposal over; what the authority signed goes back as
one file, in which the other side checks both signatures of every entry. A fact asks for something and does nothing.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import httpx
import typer

from recognition.agreement_answer import gather_answer, read_answer
from recognition.agreement_fact import read_fact
from recognition.agreement_proposal import read_proposal
from recognition.study import study
from registry.data_folder import DataFolder
from registry.desk.operators import read_addresses
from registry.household.child import now
from verifier.dates import utc_text
from verifier.edge.folder import FolderFetcher
from verifier.edge.packs import load_pack
from verifier.edge.write_api import WriteApi
from verifier.errors import NotFoundError, RefusedError
from verifier.names import agreement_uri, parse_name
from verifier.trust.recognition_list import LATEST, read_recognition_list
from verifier.trust.trustlist import read_trust_list

Folder = Annotated[Path, typer.Option("--dir", help="The data folder of the registry.")]
TRUST_LIST = "trust/list.jwt"


def receive(
    directory: Folder,
    file: Annotated[Path, typer.Argument(help="The proposal's file, as the foreign operator signed it.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it proposes, and send nothing.")] = False,
) -> None:
    """Take a signed proposal in by its file: say what each level would cover of each tier, and log it."""
    data = DataFolder(directory.resolve())
    proposal = read_proposal(_bytes(file))
    treaty = proposal.treaty(load_pack)
    typer.echo(f"{proposal.said.iss} proposes {treaty.terms.id}, version {proposal.terms.version}, {treaty.sha256}")
    for one in study(treaty, load_pack(treaty.terms.home.scheme, treaty.terms.home.version)):
        if one.within_cap:
            missing = f", assurance missing: {', '.join(one.missing_assurance)}" if one.missing_assurance else ""
            typer.echo(f"  {one.level} for tier {one.tier}: {len(one.gaps)} criteria left open{missing}")
    if dry_run:
        return
    with httpx.Client(timeout=10) as http:
        registry = WriteApi(http, read_addresses(data), pause=lambda: time.sleep(0.5), root=data.trust_root())
        admitted = registry.send(proposal.statement, {"document": proposal.document})
    typer.echo(f"log entry {admitted.index}: proposed")


def answer(
    directory: Folder,
    label: Annotated[str, typer.Argument(help="The agreement's id, such as jp-uk.")],
    out: Annotated[Path, typer.Option(help="The file for the other side.")],
) -> None:
    """Write what the authority signed about an agreement into one file for the other side."""
    data = DataFolder(directory.resolve())
    root, uri = data.trust_root(), agreement_uri(data.trust_root().host, label)
    written = gather_answer(FolderFetcher(data.public), root, uri)
    found = read_answer(written, root, uri)
    out.write_bytes(written)
    for one in found.entries:
        typer.echo(f"log entry {one.index}: {one.type}, signed by {' and '.join(one.holders)}")
    typer.echo(f"{out}: {found.listed.state}, as of {utc_text(found.list.iat)}")


def fact(
    directory: Folder,
    file: Annotated[Path, typer.Argument(help="The signed fact of the foreign operator.")],
) -> None:
    """Check a foreign operator's fact against the trust list, and say what it asks for. Two operators decide."""
    data = DataFolder(directory.resolve())
    root, plane = data.trust_root(), FolderFetcher(data.public)
    stated = read_fact(
        _bytes(file).decode("ascii", "replace").strip(), read_trust_list(plane.fetch(TRUST_LIST), root), now=now()
    )
    listed = read_recognition_list(plane.fetch(LATEST), root).agreement(stated.agreement)
    if listed is None:
        raise NotFoundError(f"the recognition list names no {stated.agreement}")
    if stated.operator not in {one.signed_by for one in listed.versions}:
        raise RefusedError(f"{stated.operator} signed no version of {stated.agreement}")
    said, label = stated.fact, parse_name(stated.agreement).value
    part = f" --issuer {said.issuer}" if said.issuer else f" --mapping {said.mapping}" if said.mapping else ""
    typer.echo(
        f"{stated.operator} asks to {said.asks} {stated.agreement}: {said.reason}, from {utc_text(said.effective)}",
    )
    options = f"--dir {directory} --reason {said.reason} --effective {utc_text(said.effective)}{part}"
    typer.echo(f"  what it would do: shirushi registry agreement effects {label} --dir {directory} --help")
    typer.echo(f"  to act:           shirushi registry agreement {said.asks} {label} {options}")


def _bytes(file: Path) -> bytes:
    if not file.is_file():
        raise NotFoundError(f"{file} is missing")
    return file.read_bytes()
