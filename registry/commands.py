"""`shirushi registry`: founding a registry, and what its operators say."""

from __future__ import annotations

import json
import secrets
import time
from pathlib import Path
from typing import Annotated

import httpx
import typer

from registry.child import now
from registry.data_folder import OPERATORS, DataFolder
from registry.founding import QUORUM_OF_FOUR, found_registry
from registry.operator_desk import Accreditation, Addresses, Admitted, OperatorDesk
from registry.publisher_command import publisher
from registry.settings import read_passphrase
from verifier.dates import parse_instant
from verifier.edge.keystore import load_signer
from verifier.errors import NotFoundError, WrongUseError
from verifier.identifier import parse_identifier
from verifier.markid import normalise_mark_id
from verifier.scheme.shipped import load_shipped

app = typer.Typer(add_completion=False, no_args_is_help=True)
app.command()(publisher)

Folder = Annotated[Path, typer.Option("--dir", help="The data folder of the registry.")]
Scheme = Annotated[str, typer.Option(help="The scheme, such as jp.meti.scs.")]
Version = Annotated[str, typer.Option(help="The version of its criteria, such as 2026-03-27.")]
Body = Annotated[int, typer.Option("--no", help="The body's number.")]
Reason = Annotated[str, typer.Option(help="A reason code, such as cause or nonconformity.")]


@app.command()
def init(
    directory: Folder,
    host: Annotated[str, typer.Option(help="The authority's host: it stands in every name for ever.")],
    zone: Annotated[str, typer.Option(help="The time zone of the scheme's calendar.")] = "Asia/Tokyo",
) -> None:
    """Hold the key ceremony of a demonstration, with four witnesses of its own, and write the first log entry."""
    data = DataFolder(directory.resolve())
    ceremony = found_registry(
        data,
        host=host,
        zone=zone,
        witnesses=(),
        quorum=QUORUM_OF_FOUR,
        passphrase=read_passphrase(),
        clock=now,
        entropy=secrets.token_bytes,
    )
    print(f"trust root 1 of {host}: {ceremony.root.sha256}")
    print(f"next: shirushi serve --dir {directory} --demo-witnesses")


@app.command("publish-scheme")
def publish_scheme(directory: Folder, scheme: Scheme, version: Version) -> None:
    """Publish the criteria of a shipped scheme pack."""
    _tell(operators_desk(directory).publish_scheme(load_shipped(scheme, version).statement_public()))


@app.command()
def accredit(
    directory: Folder,
    *,
    no: Body,
    name: Annotated[str, typer.Option(help="The body's name; it enters the log as a commitment only.")],
    identifier: Annotated[str, typer.Option(help="The body's number in a register, such as 0188-1180301018771.")],
    scheme: Scheme,
    version: Version,
    level: Annotated[list[int], typer.Option(help="A level that the body may award; may be given several times.")],
    begins: Annotated[str, typer.Option("--from", help="First day of the accreditation.")],
    ends: Annotated[str, typer.Option("--until", help="Day on which it is over.")],
    role: Annotated[
        str, typer.Option(help="evaluation, technical_verification, training or registrar.")
    ] = "evaluation",
) -> None:
    """Accredit a body for levels of a scheme, within a window."""
    pack = load_shipped(scheme, version)
    rows = [{"scheme": pack.scheme, "level": one, "criteria_sha256": pack.digest} for one in level]
    accreditation = Accreditation(
        no=no,
        role=role,
        identifier=str(parse_identifier(identifier)),
        name=name,
        scope=rows,
        begins=parse_instant(begins, zone=pack.zone),
        ends=parse_instant(ends, zone=pack.zone),
    )
    _tell(operators_desk(directory).accredit(accreditation))


@app.command("add-key")
def add_key(
    directory: Folder,
    proof: Annotated[Path, typer.Argument(help="The new key's proof of possession (key-proof+jwt).")],
) -> None:
    """List a body's key that proved its possession within the hour."""
    _tell(operators_desk(directory).add_key(proof.read_text("ascii").strip()))


@app.command("suspend-body")
def suspend_body(directory: Folder, no: Body, reason: Reason) -> None:
    """Suspend a body: it decides nothing more."""
    _tell(operators_desk(directory).suspend_body(no, reason=reason))


@app.command("suspend-mark")
def suspend_mark(
    directory: Folder,
    mark: Annotated[str, typer.Argument(help="The mark's id.")],
    reason: Reason,
    lift_by: Annotated[str, typer.Option(help="Day at which the mark withdraws itself, within six months.")],
) -> None:
    """Suspend a mark until it is reinstated."""
    data = DataFolder(directory)
    deadline = parse_instant(lift_by, zone=data.trust_root().content.zone)
    _tell(operators_desk(directory).suspend_mark(normalise_mark_id(mark), reason=reason, lift_by=deadline))


def operators_desk(directory: Path) -> OperatorDesk:
    """Return the two operators' desk over the running registry of a data folder. Raises NotFoundError."""
    data, passphrase = DataFolder(directory), read_passphrase()
    first, second = (load_signer(data.key(name), passphrase) for name in OPERATORS)
    return OperatorDesk(
        host=data.trust_root().host,
        first=first,
        second=second,
        http=httpx.Client(timeout=10),
        addresses=read_addresses(data),
        clock=now,
        entropy=secrets.token_bytes,
        pause=lambda: time.sleep(0.5),
    )


def read_addresses(data: DataFolder) -> Addresses:
    """Return where the running registry answers. Raises NotFoundError when none runs over this folder."""
    try:
        urls = json.loads(data.run_file.read_text("utf-8"))["urls"]
        return Addresses(read=urls["reader"], api=urls["api"])
    except FileNotFoundError as error:
        raise NotFoundError("no registry runs over this folder", hint="shirushi serve --dir DIR") from error
    except (ValueError, KeyError) as error:
        raise WrongUseError(f"{data.run_file} cannot be read", hint="Start the registry again.") from error


def _tell(admitted: Admitted) -> None:
    print(f"log entry {admitted.index}")
    print(admitted.receipt)
