"""`shirushi issuer case`: one command for each deed at the desk. Invitations are in invitation_commands.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table

from issuer.answers import open_items
from issuer.case_text import handling_lines, tell
from issuer.desk import Desk
from issuer.intake import Application, read_holder, read_scope, read_sole_proprietor
from issuer.machine import state_at
from issuer.options import CONSOLE, ENTROPY, FOLDER, CaseId, DeskFolder, PassphraseFile, desk_with, present, read_input
from issuer.record import Outcome, Person
from issuer.workplace import pack_of, rules_of
from verifier.dates import parse_instant, utc_text
from verifier.errors import WrongUseError
from verifier.mark import Holder
from verifier.markid import normalise_mark_id
from verifier.names import body_uri

app = typer.Typer(no_args_is_help=True, help="Cases: from the application to the decision.")


@app.command("open")
def open_(
    *,
    tier: Annotated[int, typer.Option(help="The level applied for.")],
    name: Annotated[str, typer.Option(help="The organisation's registered name.")],
    summary: Annotated[str, typer.Option(help="What the mark is about, in a sentence that may be published.")],
    identifier: Annotated[
        list[str] | None, typer.Option(help="ICD-value, or 13 digits; the first one names the holder.")
    ] = None,
    sole_proprietor: Annotated[
        bool, typer.Option("--sole-proprietor", help="A person in business: the mark shows a random number, no name.")
    ] = False,
    unlisted: Annotated[
        bool, typer.Option("--unlisted", help="A company that is found by its number only: no search lists its name.")
    ] = False,
    scope: Annotated[str, typer.Option(help="company, group or unit.")] = "company",
    covered: Annotated[list[str] | None, typer.Option(help="Identifiers that the scope covers besides.")] = None,
    ot: Annotated[str, typer.Option(help="Operational technology: excluded or included.")] = "excluded",
    name_latin: Annotated[str | None, typer.Option(help="The name in Latin letters.")] = None,
    domain: Annotated[list[str] | None, typer.Option(help="A domain of the organisation.")] = None,
    scheme: Annotated[str, typer.Option(help="The scheme.")] = "jp.meti.scs",
    version: Annotated[str, typer.Option(help="The version of its criteria.")] = "2026-03-27",
    draft: Annotated[bool, typer.Option("--draft", help="Keep it as a draft: `case submit` goes on.")] = False,
    passphrase_file: PassphraseFile = None,
    desk: DeskFolder = FOLDER,
) -> None:
    """Open a case and have the registry reserve its mark id."""
    described = read_scope(kind=scope, summary=summary, covered=covered or (), ot=ot)
    with desk_with(desk, *(() if draft else ("desk",)), passphrase_file=passphrase_file) as opened:
        given = _Applicant(name, identifier or [], name_latin, domain or [], unlisted)
        holder, person = given.person(opened) if sole_proprietor else (given.company(), None)
        application = Application(scheme, version, tier, holder, described, person)
        tell(opened.draft_case(application) if draft else opened.open_case(application))


@app.command()
def submit(case: CaseId, passphrase_file: PassphraseFile = None, desk: DeskFolder = FOLDER) -> None:
    """Submit a draft and have the registry reserve its mark id."""
    with desk_with(desk, "desk", passphrase_file=passphrase_file) as opened:
        tell(opened.submit(case))


@app.command()
def accept(case: CaseId, passphrase_file: PassphraseFile = None, desk: DeskFolder = FOLDER) -> None:
    """Accept a case whose reservation the registry did not answer when it was opened."""
    with desk_with(desk, "desk", passphrase_file=passphrase_file) as opened:
        tell(opened.accept(case))


@app.command()
def answers(
    case: CaseId, file: Annotated[Path, typer.Argument(help="The filled-in sheet.")], desk: DeskFolder = FOLDER
) -> None:
    """Import a filled-in answer sheet (.xlsx or .csv), all of it or nothing."""
    with desk_with(desk) as opened:
        tell(opened.import_answers(case, read_input(file), file.name))


@app.command()
def approve(
    case: CaseId,
    item: Annotated[list[str], typer.Argument(help="Items answered as not applicable.")],
    desk: DeskFolder = FOLDER,
) -> None:
    """Approve the reasons why items do not apply."""
    with desk_with(desk) as opened:
        tell(opened.approve_not_applicable(case, item))


@app.command()
def technical(
    case: CaseId,
    body: Annotated[int, typer.Option(min=1, help="Number of the technical verification body.")],
    date: Annotated[str, typer.Option(help="When the test ended: a day or a time, ISO 8601.")],
    desk: DeskFolder = FOLDER,
) -> None:
    """Record the technical verification that a tier demands."""
    with desk_with(desk) as opened:
        moment = parse_instant(date, zone=rules_of(opened.case(case)).zone)
        uri = body_uri(opened.identity.host, body)
        tell(opened.record_technical_verification(case, body=uri, date=moment))


@app.command()
def attest(case: CaseId, passphrase_file: PassphraseFile = None, desk: DeskFolder = FOLDER) -> None:
    """Sign, as the assessor, that every item is met."""
    with desk_with(desk, "assessor", passphrase_file=passphrase_file) as opened:
        tell(opened.attest(case))


@app.command()
def decide(
    case: CaseId,
    outcome: Annotated[Outcome, typer.Argument(help="The decision.")],
    *,
    reason: Annotated[str, typer.Option(help="Needed unless granted.")] = "",
    start: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First valid day; today.")] = None,
    supersedes: Annotated[str | None, typer.Option(help="Id of the mark whose place this one takes.")] = None,
    passphrase_file: PassphraseFile = None,
    desk: DeskFolder = FOLDER,
) -> None:
    """Decide, as another person than the assessor."""
    with desk_with(desk, "decider", passphrase_file=passphrase_file) as opened:
        old = opened.registry.mark(normalise_mark_id(supersedes)) if supersedes else None
        day = start.date() if start else None
        tell(opened.decide(case, outcome, reason=reason, start=day, supersedes=old))


@app.command()
def withdraw(
    case: CaseId, reason: Annotated[str, typer.Option(help="For the file.")], desk: DeskFolder = FOLDER
) -> None:
    """End a case because its applicant withdrew."""
    with desk_with(desk) as opened:
        tell(opened.withdraw(case, reason=reason))


@app.command()
def lapse(
    case: Annotated[
        str | None, typer.Argument(metavar="CASE", help="The case id; without it, all overdue ones.")
    ] = None,
    desk: DeskFolder = FOLDER,
) -> None:
    """End a case, or all cases, not finished in time; the clock has ended them already, this is for the file."""
    with desk_with(desk) as opened:
        for one in (opened.lapse(case),) if case else opened.lapse_overdue():
            tell(one)


@app.command("list")
def list_(desk: DeskFolder = FOLDER) -> None:
    """List all cases."""
    table = Table(*(Column(name, no_wrap=True) for name in ("case", "state", "tier", "identifier", "number")), box=None)
    table.add_column("name", overflow="fold")
    with desk_with(desk) as opened:
        for one in opened.cases():
            number = one.reservation.number if one.reservation else ""
            tier = f"{one.scheme}/{one.level}"
            state = state_at(one, present(), rules_of(one)).value
            table.add_row(one.id, state, tier, one.holder.identifiers[0], number, one.holder.name)
    CONSOLE.print(table)


@app.command()
def show(case: CaseId, desk: DeskFolder = FOLDER) -> None:
    """Show a case: what is open and what happened."""
    with desk_with(desk) as opened:
        found, issuance = opened.case(case), opened.issuance(case)
        labels = {item.id: f"{item.label_ja} / {item.label_en}" for item in pack_of(found).items_for(found.level)}
        tell(found)
        for told in handling_lines(found):
            CONSOLE.print(f"  {told}", markup=False)
        for item in open_items(found.answers):
            CONSOLE.print(f"  open: {item} {labels[item]}", markup=False)
        for name, content in opened.imports(case):
            CONSOLE.print(f"  imported: {name} ({len(content)} bytes)", markup=False)
        for line in opened.history(case):
            CONSOLE.print(f"  {utc_text(line.at)} {line.by} {line.event} -> {line.state} {line.note}", markup=False)
        if issuance and issuance.admitted:
            done = "package written" if issuance.finished_at else "proof pending"
            CONSOLE.print(f"  issued: log entry {issuance.admitted.index}, {done}")


@dataclass(frozen=True)
class _Applicant:
    """Who applies, as it was typed."""

    name: str
    identifiers: list[str]
    latin: str | None
    domains: list[str]
    unlisted: bool

    def company(self) -> Holder:
        return read_holder(
            name=self.name,
            identifiers=self.identifiers,
            name_latin=self.latin,
            domains=self.domains,
            unlisted=self.unlisted,
        )

    def person(self, desk: Desk) -> tuple[Holder, Person]:
        if len(self.identifiers) > 1 or self.latin or self.domains:
            raise WrongUseError("a sole proprietor's mark shows a number only", hint="Give --name, and an old number.")
        if self.unlisted:
            raise WrongUseError("a sole proprietor is found by the number only anyway", hint="Leave --unlisted out.")
        number = self.identifiers[0].removeprefix("x-") if self.identifiers else None
        return read_sole_proprietor(name=self.name, host=desk.identity.host, entropy=ENTROPY, number=number)
