"""`shirushi registry body` and `expert`: what two operators say about those who are listed."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Literal

import typer

from registry.data_folder import DataFolder
from registry.desk.mark_commands import tell
from registry.desk.operators import operators_desk
from registry.desk.review_command import review
from registry.publishing.body_configuration import take_body_configuration
from verifier.dates import parse_instant, utc_text
from verifier.edge.packs import load_pack
from verifier.names import body_uri, expert_uri

app = typer.Typer(no_args_is_help=True, help="Bodies: change what one is accredited for, reinstate it, withdraw it.")
app.command()(review)
expert_app = typer.Typer(no_args_is_help=True, help="Security experts: listed by register number, nameless.")

Folder = Annotated[Path, typer.Option("--dir", help="The data folder of the registry.")]
Body = Annotated[int, typer.Option("--no", min=1, help="The body's number.")]
Begins = Annotated[str, typer.Option("--from", help="First day.")]
Ends = Annotated[str, typer.Option("--until", help="Day on which it is over.")]
Expert = Annotated[str, typer.Argument(help="The expert's number, such as RISS-000123.")]


@app.command()
def amend(
    directory: Folder,
    *,
    no: Body,
    scheme: Annotated[str, typer.Option(help="The scheme, such as jp.meti.scs.")],
    version: Annotated[list[str], typer.Option(help="A version of its criteria; may be given several times.")],
    level: Annotated[list[int], typer.Option(help="A level that the body may award; may be given several times.")],
    begins: Begins,
    ends: Ends,
) -> None:
    """Replace all that a body is accredited for, and its window. Marks that it issued stay."""
    packs = [load_pack(scheme, one) for one in version]
    rows = [
        {"scheme": pack.scheme, "level": pack.issuable_tier(one).level, "criteria_sha256": pack.digest}
        for pack in packs
        for one in level
    ]
    zone = packs[0].zone
    window = {"from": parse_instant(begins, zone=zone), "until": parse_instant(ends, zone=zone)}
    desk = operators_desk(directory)
    tell(desk.submit("body.amended", body_uri(desk.host, no), {"scope": rows, **window}))


@app.command()
def reinstate(directory: Folder, *, no: Body) -> None:
    """Let a suspended body decide again."""
    desk = operators_desk(directory)
    tell(desk.submit("body.reinstated", body_uri(desk.host, no), {}))


@app.command()
def withdraw(
    directory: Folder,
    *,
    no: Body,
    reason: Annotated[
        Literal["lapse", "request", "cause"], typer.Option(help="For cause, each of its marks is reviewed.")
    ],
) -> None:
    """Withdraw a body for ever. `shirushi registry preview-body` lists the marks that this concerns."""
    desk = operators_desk(directory)
    tell(desk.submit("body.withdrawn", body_uri(desk.host, no), {"reason": reason}))


@app.command()
def configuration(
    directory: Folder,
    file: Annotated[Path, typer.Argument(help="The body's entity configuration, as its desk made it.")],
) -> None:
    """Publish a body's own entity configuration for OpenID Federation, if its trust chain holds."""
    data = DataFolder(directory)
    taken = take_body_configuration(file.read_bytes(), data.public, root=data.trust_root(), now=int(time.time()))
    typer.echo(f"{taken.uri}: published; the trust chain holds until {utc_text(taken.exp)}")


@expert_app.command("list")
def list_(
    directory: Folder,
    expert: Expert,
    *,
    register: Annotated[str, typer.Option(help="Code of the register that the number is of, such as riss.")],
    begins: Begins,
    ends: Ends,
) -> None:
    """List an expert who may confirm self-assessments within a window; again: another window."""
    zone, desk = DataFolder(directory).trust_root().content.zone, operators_desk(directory)
    window = {"from": parse_instant(begins, zone=zone), "until": parse_instant(ends, zone=zone)}
    tell(desk.submit("expert.listed", expert_uri(desk.host, expert), {"register": register, **window}))


@expert_app.command()
def delist(
    directory: Folder, expert: Expert, *, reason: Annotated[str, typer.Option(help="A reason code, such as request.")]
) -> None:
    """Take an expert off the list: nothing that is confirmed later counts."""
    desk = operators_desk(directory)
    tell(desk.submit("expert.delisted", expert_uri(desk.host, expert), {"reason": reason}))
