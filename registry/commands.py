"""`shirushi registry`: founding a registry, and what its operators say."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated

import typer

from registry.applications.commands import app as application_app
from registry.casebook.commands import app as matter_app
from registry.console.commands import app as console_app
from registry.data_folder import DataFolder
from registry.desk.body_commands import app as body_app
from registry.desk.body_commands import expert_app
from registry.desk.erase_command import erase_name
from registry.desk.key_commands import app as key_app
from registry.desk.mark_commands import app as mark_app
from registry.desk.notice_command import app as notice_app
from registry.desk.operator_desk import Accreditation
from registry.desk.operators import operators_desk
from registry.desk.preview_command import preview_body
from registry.doctor_command import doctor
from registry.document.document_key import make_document_key
from registry.household.child import now
from registry.household.publisher_command import publisher
from registry.portal.commands import app as client_app
from registry.root.founding import QUORUM_OF_FOUR, found_registry
from registry.root.root_commands import app as root_app
from registry.settings import read_passphrase
from registry.timers.commands import app as timers_app
from registry.treaty.commands import app as agreement_app
from verifier.dates import parse_instant
from verifier.edge.packs import installed_packs, load_pack
from verifier.edge.write_api import Admitted
from verifier.identifier import parse_identifier
from verifier.markid import normalise_mark_id

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="The public record: trust root, accreditation, log, operators' acts.",
)
app.command()(publisher)
app.command()(doctor)
app.command()(preview_body)
app.command()(erase_name)
app.add_typer(key_app, name="key")
app.add_typer(root_app, name="root")
app.add_typer(matter_app, name="matter")
app.add_typer(agreement_app, name="agreement")
app.add_typer(notice_app, name="notice")
app.add_typer(timers_app, name="timers")
app.add_typer(application_app, name="application")
app.add_typer(body_app, name="body")
app.add_typer(expert_app, name="expert")
app.add_typer(mark_app, name="mark")
app.add_typer(client_app, name="client")
app.add_typer(console_app, name="console")

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
    make_document_key(data, passphrase=read_passphrase(), now=now(), entropy=secrets.token_bytes)
    print(f"trust root 1 of {host}: {ceremony.root.sha256}")
    print(f"next: shirushi serve --dir {directory} --demo-witnesses")


@app.command("publish-scheme")
def publish_scheme(directory: Folder, scheme: Scheme, version: Version) -> None:
    """Publish the criteria of a scheme pack; `shirushi scheme publish` shows them first."""
    _tell(operators_desk(directory).publish_scheme(load_pack(scheme, version).statement_public(installed_packs())))


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
    pack = load_pack(scheme, version)
    tiers = [pack.issuable_tier(one) for one in level]
    rows = [{"scheme": pack.scheme, "level": tier.level, "criteria_sha256": pack.digest} for tier in tiers]
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
def suspend_body(
    directory: Folder,
    no: Body,
    reason: Reason,
    urgent: Annotated[bool, typer.Option("--urgent", help="One operator signs alone.")] = False,
) -> None:
    """Suspend a body: it decides nothing more."""
    _tell(operators_desk(directory).suspend_body(no, reason=reason, alone=urgent))


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


def _tell(admitted: Admitted) -> None:
    print(f"log entry {admitted.index}")
    print(admitted.receipt)
