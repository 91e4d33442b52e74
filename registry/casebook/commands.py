"""`shirushi registry matter`: complaints, appeals, reports of misuse and hearings at the authority."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from registry.casebook.inbox import Inbox
from registry.casebook.machines import MACHINES, Kind
from registry.casebook.matter import Decided, Event, Limits, Matter, begin, proceed
from registry.casebook.matter import Step as StepName
from registry.casebook.store import Casebook
from registry.data_folder import DataFolder
from registry.household.child import now
from verifier.audit.finding import Findings
from verifier.audit.heads import Heads
from verifier.audit.histories import Histories
from verifier.audit.plane import attestation_path, optional, second_path
from verifier.dates import parse_instant, utc_text
from verifier.edge.folder import FolderFetcher
from verifier.envelope import parse_token
from verifier.errors import NotFoundError, WrongUseError
from verifier.log.tile import TileReader
from verifier.names import parse_name
from verifier.schema import read_model
from verifier.statement import parse_statement
from verifier.statement.approval import TYP as APPROVAL
from verifier.statement.attestation import TYP as ATTESTATION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.statement import Statement

app = typer.Typer(no_args_is_help=True, help="Complaints, appeals, misuse, hearings. Who reports stays here.")

Folder = Annotated[Path, typer.Option("--dir", help="The data folder of the registry.")]
Id = Annotated[str, typer.Argument(metavar="MATTER", help="The matter's id.")]
By = Annotated[str, typer.Option(help="Pseudonym of whoever takes the step.")]
Entry = Annotated[int | None, typer.Option(help="The log entry that the step is about or has led to.")]
Text = Annotated[str, typer.Option(help="What to remember; it never leaves the casebook.")]
Json = Annotated[bool, typer.Option("--json", help="Print as JSON.")]


@app.command("open")
def open_(
    directory: Folder,
    kind: Annotated[str, typer.Argument(help="complaint, appeal, misuse or hearing.")],
    object: Annotated[str, typer.Argument(metavar="URI", help="The mark or body that it is about, as a full name.")],
    *,
    by: By,
    contact: Annotated[str | None, typer.Option(help="How to reach whoever reported it; can be erased.")] = None,
    entry: Entry = None,
    note: Text = "",
) -> None:
    """Record what came in. An appeal names the decision that it is against with --entry."""
    if kind not in MACHINES:
        raise WrongUseError(f"{kind!r} is no kind of matter", hint=f"One of {', '.join(MACHINES)}.")
    parse_name(object)
    event = _event("receive", by=by, entry=entry, note=note)
    matter = begin(_new_id(kind), kind, object, event, decided=decided_at(directory, entry), limits=Limits())
    _casebook(directory).add(matter, contact=contact)
    typer.echo(f"{matter.id} {matter.state}")


@app.command()
def step(
    directory: Folder,
    id: Id,
    name: Annotated[str, typer.Argument(metavar="STEP", help="Such as acknowledge, convene, uphold, close.")],
    *,
    by: By,
    entry: Entry = None,
    reason: Annotated[str | None, typer.Option(help="A reason code.")] = None,
    panel: Annotated[list[str] | None, typer.Option(help="A member of the panel; two or more.")] = None,
    until: Annotated[str | None, typer.Option(help="By when whoever is notified may explain, in a hearing.")] = None,
    note: Text = "",
) -> None:
    """Take a step. An outcome that changes a mark or a body names the entry that did."""
    if name not in get_args(StepName):
        raise WrongUseError(f"{name!r} is no step", hint=f"One of {', '.join(get_args(StepName))}.")
    book = _casebook(directory)
    day = None if until is None else parse_instant(until, zone=DataFolder(directory).trust_root().content.zone)
    event = _event(name, by=by, entry=entry, note=note, reason=reason, panel=panel, until=day)
    matter = proceed(book.get(id), event, decided=decided_at(directory, entry))
    book.append(matter)
    typer.echo(f"{matter.id} {matter.state}")


@app.command("list")
def list_(directory: Folder, *, as_json: Json = False) -> None:
    """List every matter, and which acknowledgement is late."""
    limits, matters = Limits(), _casebook(directory).all()
    if as_json:
        typer.echo(json.dumps([_members(one, limits) for one in matters], indent=2, ensure_ascii=False))
        return
    for one in matters:
        late = "  acknowledgement late" if one.acknowledged_late(limits, now=now()) else ""
        typer.echo(f"{one.id}  {one.state:<16} {utc_text(one.received)}  {one.object}{late}")


@app.command()
def show(directory: Folder, id: Id, *, as_json: Json = False) -> None:
    """Show a matter with its steps."""
    book = _casebook(directory)
    matter = book.get(id)
    if as_json:
        members = {**_members(matter, Limits()), "contact": book.contact(id)}
        typer.echo(json.dumps(members, indent=2, ensure_ascii=False))
        return
    typer.echo(f"{matter.id}  {matter.state}  {matter.object}")
    for event in matter.events:
        entry = f" entry {event.entry}" if event.entry is not None else ""
        typer.echo(f"  {utc_text(event.at)}  {event.step:<12} {event.by}{entry} {event.note}".rstrip())


@app.command("forget-reporter")
def forget_reporter(directory: Folder, id: Id) -> None:
    """Erase how to reach whoever reported a matter; the matter stays."""
    book = _casebook(directory)
    book.get(id)
    book.erase_contact(id)
    typer.echo(f"{id}: the contact is erased")


def _casebook(directory: Path) -> Casebook:
    data = DataFolder(directory.resolve())
    data.trust_root()
    book = Casebook(data.casebook)
    Inbox(data.reports).take_in(book)
    return book


def _event(
    name: str,
    *,
    by: str,
    entry: int | None,
    note: str,
    reason: str | None = None,
    panel: list[str] | None = None,
    until: int | None = None,
) -> Event:
    given = {"step": name, "at": now(), "by": by, "entry": entry, "reason": reason, "panel": panel or [], "note": note}
    given["until"] = until
    return read_model(Event, {key: value for key, value in given.items() if value is not None}, what="step")


def decided_at(directory: Path, entry: int | None) -> Decided | None:
    """Return the entry of the published log with who decided it; None for none. Raises NotFoundError, EvidenceError."""
    if entry is None:
        return None
    data = DataFolder(directory.resolve())
    fetcher = FolderFetcher(data.public)
    head = Heads(fetcher, data.trust_root(), Findings()).latest()[1]
    if not 0 <= entry < head.size:
        raise NotFoundError(f"the published log has no entry {entry}", hint=f"It has {head.size} entries.")
    reader = TileReader(fetcher.fetch, head.size)
    statement = parse_statement(reader.entry(entry))
    histories = Histories(fetcher, reader, head)
    return Decided(entry, statement, frozenset(_person(kid, histories) for kid in _kids(statement, fetcher)))


def _kids(statement: Statement, fetcher: FolderFetcher) -> Iterator[str]:
    yield statement.token.kid
    if statement.second is None:
        return
    if statement.type == "mark.issued":
        path, typ = attestation_path(parse_name(statement.object).value), ATTESTATION
    else:
        path, typ = second_path(statement.second), APPROVAL
    token = optional(fetcher, path)
    if token is not None:
        yield parse_token(token, typ).kid


def _person(kid: str, histories: Histories) -> str:
    """Return the pseudonym that a body declared for a key's holder; a key of the authority stands for itself."""
    record = histories.body_key(kid)
    return record.holder if record is not None else kid


def _new_id(kind: Kind) -> str:
    return f"{kind[0].upper()}-{secrets.token_hex(5)}"


def _members(matter: Matter, limits: Limits) -> dict[str, object]:
    return {**matter.members(), "acknowledgement_late": matter.acknowledged_late(limits, now=now())}
