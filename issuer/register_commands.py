"""`shirushi issuer competence` and `shirushi issuer interest`: who may do what, and who had to do with whom."""

from __future__ import annotations

from typing import Annotated

import typer

from issuer import assigning
from issuer.options import CONSOLE, FOLDER, DeskFolder, desk_with, present
from issuer.record import Part
from issuer.suitability import PARTS, Competence, Interest, Relation
from verifier.dates import local_date, parse_instant
from verifier.edge.packs import load_pack
from verifier.errors import WrongUseError

competence_app = typer.Typer(no_args_is_help=True, help="Register of competence: who may do which part, until when.")
interest_app = typer.Typer(no_args_is_help=True, help="Register of interests: declared relations to organisations.")

ZONE = "Asia/Tokyo"
Row = Annotated[int, typer.Argument(min=1, help="The row's number.")]
Zone = Annotated[str, typer.Option(help="Time zone of the days.")]
Since = Annotated[str | None, typer.Option(help="First day, ISO 8601; now.")]


@competence_app.command("add")
def add_competence(
    holder: Annotated[str, typer.Argument(help="Pseudonym of the holder.")],
    *,
    part: Annotated[Part, typer.Option(help="Which part of a case.")],
    tier: Annotated[int, typer.Option(help="The level.")],
    until: Annotated[str, typer.Option(help="The day on which it has ended, ISO 8601.")],
    since: Since = None,
    scheme: Annotated[str, typer.Option(help="The scheme.")] = "jp.meti.scs",
    version: Annotated[str, typer.Option(help="A version of its criteria, for its levels.")] = "2026-03-27",
    zone: Zone = ZONE,
    desk: DeskFolder = FOLDER,
) -> None:
    """Register that a holder may assess or decide cases of a level; the first row begins the register for good."""
    if part == "technical_verifier":
        raise WrongUseError("technical verification bodies are listed in the log", hint=f"{PARTS[0]} or {PARTS[2]}")
    load_pack(scheme, version).issuable_tier(tier)
    begins = parse_instant(since, zone=zone) if since else present()
    row = Competence(holder, part, scheme, tier, begins, parse_instant(until, zone=zone))
    with desk_with(desk) as opened:
        CONSOLE.print(f"row {assigning.add_competence(opened, row)}")


@competence_app.command("end")
def end_competence(row: Row, desk: DeskFolder = FOLDER) -> None:
    """End a competence now; what was done under it stands."""
    with desk_with(desk) as opened:
        assigning.end_competence(opened, row)


@competence_app.command("list")
def list_competences(zone: Zone = ZONE, desk: DeskFolder = FOLDER) -> None:
    """List the register of competence, ended rows too."""
    with desk_with(desk) as opened:
        for one in assigning.competences(opened):
            days = f"{local_date(one.begins, zone)}..{local_date(one.ends, zone)}"
            CONSOLE.print(f"{one.no} {one.holder} {one.part} {one.scheme}/{one.level} {days}", markup=False)


@interest_app.command("declare")
def declare(
    party: Annotated[str, typer.Argument(help="Pseudonym of a holder, number of an expert, or URI of a body.")],
    organisation: Annotated[str, typer.Argument(help="ICD-value, or 13 digits.")],
    *,
    relation: Annotated[Relation, typer.Option(help="What they have to do with each other.")],
    since: Since = None,
    until: Annotated[str | None, typer.Option(help="Day of its end, ISO 8601; counts for two years more.")] = None,
    zone: Zone = ZONE,
    desk: DeskFolder = FOLDER,
) -> None:
    """Register a declared relation."""
    begins = parse_instant(since, zone=zone) if since else present()
    ends = parse_instant(until, zone=zone) if until else None
    with desk_with(desk) as opened:
        row = assigning.declare_interest(opened, Interest(party, organisation, relation, begins, ends))
        CONSOLE.print(f"row {row}")


@interest_app.command("end")
def end_interest(
    row: Row,
    on: Annotated[str | None, typer.Option(help="The day, ISO 8601; now.")] = None,
    zone: Zone = ZONE,
    desk: DeskFolder = FOLDER,
) -> None:
    """Record when a relation ended; it counts for two years more."""
    with desk_with(desk) as opened:
        assigning.end_interest(opened, row, at=parse_instant(on, zone=zone) if on else present())


@interest_app.command("list")
def list_interests(zone: Zone = ZONE, desk: DeskFolder = FOLDER) -> None:
    """List the register of interests, ended rows too."""
    with desk_with(desk) as opened:
        for one in assigning.interests(opened):
            until = f"..{local_date(one.ends, zone)}" if one.ends else ".."
            days = f"{local_date(one.begins, zone)}{until}"
            CONSOLE.print(f"{one.no} {one.party} {one.organisation} {one.relation} {days}", markup=False)
