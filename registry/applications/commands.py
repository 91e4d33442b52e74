"""`shirushi registry application`: bodies that want to be accredited, from the opening to two operators' decision.

Exit codes: 0 done, or nothing is missing; 1 `check` found something missing; 2 it could not be done; 64 wrong use.
"""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Annotated

import typer

from registry.applications import application as rules_of
from registry.applications.application import Application, Decision, Step, Terms
from registry.applications.rules import read_rules
from registry.applications.store import Applications
from registry.data_folder import OPERATORS, DataFolder
from registry.desk.operator_desk import Accreditation
from registry.desk.operators import operators_desk
from registry.household.child import now
from registry.settings import read_passphrase
from verifier.dates import parse_instant, utc_text
from verifier.edge.keystore import load_signer
from verifier.edge.packs import load_pack
from verifier.encoding import digest, read_object
from verifier.errors import MalformedError, NotFoundError, WrongUseError
from verifier.identifier import parse_identifier
from verifier.names import authority_uri, log_origin
from verifier.schema import read_model
from verifier.statement.approval import sign_approval

app = typer.Typer(no_args_is_help=True, help="Bodies' applications to be accredited. Papers and names stay here.")

Folder = Annotated[Path, typer.Option("--dir", help="The data folder of the registry.")]
Id = Annotated[str, typer.Argument(metavar="APPLICATION", help="The application's id.")]
By = Annotated[str, typer.Option(help="Pseudonym of whoever takes the step.")]
Json = Annotated[bool, typer.Option("--json", help="Print as JSON.")]


@app.command("open")
def open_(
    directory: Folder,
    window: Annotated[str, typer.Argument(help="The window in which the body applies; `windows` lists them.")],
    *,
    identifier: Annotated[str, typer.Option(help="The body's number in a register, such as 0188-1180301018771.")],
    name: Annotated[str, typer.Option(help="The body's name.")],
    by: By,
) -> None:
    """Open an application of a body, within a window that is open today."""
    data, book = _book(directory)
    found = read_rules(data.path).window(window)
    new = Application(f"B-{secrets.token_hex(5)}", found.id, found.role, str(parse_identifier(identifier)), name)
    step = Step(step="open", at=now(), by=by)
    zone = data.trust_root().content.zone
    opened = book.add_beside(lambda running: rules_of.begin(new, step, found, zone=zone, running=running))
    typer.echo(f"{opened.id} {opened.state}")


@app.command()
def windows(directory: Folder) -> None:
    """List the windows, and which are open today."""
    data = DataFolder(directory.resolve())
    zone = data.trust_root().content.zone
    for one in read_rules(data.path).windows:
        told = "open" if one.is_open(now(), zone) else "closed"
        typer.echo(f"{one.id}  {one.role}  {one.opens} to {one.closes}  {told}")


@app.command()
def supply(
    directory: Folder,
    id: Id,
    item: Annotated[str, typer.Argument(help="The item of the checklist.")],
    paper: Annotated[Path, typer.Argument(help="The file; its digest is kept, the file stays where it is.")],
    *,
    by: By,
) -> None:
    """Record that an item was supplied; a newer paper takes the place of an older one."""
    data, book = _book(directory)
    found = book.get(id)
    try:
        sha256 = digest(paper.read_bytes())
    except OSError as error:
        raise WrongUseError(f"{paper} cannot be read: {error.strerror}") from error
    step = read_model(Step, {"step": "supply", "at": now(), "by": by, "item": item, "sha256": sha256}, what="step")
    _keep(book, rules_of.supply(found, step, read_rules(data.path).items(found.role)))


@app.command()
def check(directory: Folder, id: Id, *, as_json: Json = False) -> int:
    """Name what is missing from an application. Ends with 1 while something is."""
    data, book = _book(directory)
    found = book.get(id)
    missing = found.missing(read_rules(data.path).items(found.role))
    if as_json:
        typer.echo(json.dumps({"id": id, "missing": [one.members() for one in missing]}, indent=2, ensure_ascii=False))
    else:
        for one in missing:
            typer.echo(f"missing: {one.id}  {one.en} / {one.ja}")
        typer.echo(f"{len(missing)} missing" if missing else "nothing is missing")
    return 1 if missing else 0


@app.command("list")
def list_(directory: Folder) -> None:
    """List every application."""
    for one in _book(directory)[1].all():
        typer.echo(f"{one.id}  {one.state:<10} {one.role}  {one.identifier}  {one.name}")


@app.command()
def show(directory: Folder, id: Id, *, as_json: Json = False) -> None:
    """Show an application with its steps."""
    found = _book(directory)[1].get(id)
    if as_json:
        typer.echo(json.dumps(found.members(), indent=2, ensure_ascii=False))
        return
    typer.echo(f"{found.id}  {found.state}  {found.role}  {found.identifier}  {found.name}")
    for step in found.steps:
        more = step.item or (step.decision.outcome if step.decision else "")
        entry = f" entry {step.entry}" if step.entry is not None else ""
        typer.echo(f"  {utc_text(step.at)}  {step.step:<10} {step.by}  {more}{entry}".rstrip())


@app.command()
def withdraw(directory: Folder, id: Id, *, by: By) -> None:
    """Record that the body takes its application back."""
    _, book = _book(directory)
    _keep(book, rules_of.withdraw(book.get(id), Step(step="withdraw", at=now(), by=by)))


@app.command()
def decide(
    directory: Folder,
    id: Id,
    *,
    operator: Annotated[str, typer.Option("--as", help="Whose key signs: operator-1 or operator-2.")],
    terms: Annotated[
        Path | None,
        typer.Option("--grant", help="Grant on the terms of this JSON file: no, scheme, version, levels, from, until."),
    ] = None,
    refuse: Annotated[str | None, typer.Option(help="Refuse, for this reason code.")] = None,
) -> None:
    """Decide as one of two operators: the first proposes, the other says the same or, naming nothing, agrees.

    With both words a grant is accredited in the running registry; where that failed, say it again to try again.
    """
    if operator not in OPERATORS:
        raise WrongUseError(f"{operator!r} is no operator", hint=f"One of {', '.join(OPERATORS)}.")
    data, book = _book(directory)
    found = book.get(id)
    if found.state != "granted":
        decision = _decision(found, terms, refuse, zone=data.trust_root().content.zone)
        step = Step(
            step="decide", at=now(), by=operator, decision=decision, approval=_signed(data, found, decision, operator)
        )
        found = rules_of.decide(found, step, read_rules(data.path).items(found.role))
        _keep(book, found)
    if found.state == "granted" and found.decision is not None and found.decision.terms is not None:
        rules_of.check_words(found, data.trust_root())
        entry = operators_desk(directory).accredit(accreditation(found, found.decision.terms)).index
        _keep(book, rules_of.accredited(found, Step(step="accredited", at=now(), by=operator, entry=entry)))
        typer.echo(f"log entry {entry}")


def accreditation(found: Application, terms: Terms) -> Accreditation:
    """Return what the log is told of a granted application. Raises NotFoundError, RefusedError for its levels."""
    pack = load_pack(terms.scheme, terms.version)
    tiers = [pack.issuable_tier(one) for one in terms.levels]
    return Accreditation(
        no=terms.no,
        role=found.role,
        identifier=found.identifier,
        name=found.name,
        scope=[{"scheme": pack.scheme, "level": tier.level, "criteria_sha256": pack.digest} for tier in tiers],
        begins=terms.begins,
        ends=terms.ends,
    )


def _decision(found: Application, terms: Path | None, refuse: str | None, *, zone: str) -> Decision:
    if terms is not None and refuse is not None:
        raise WrongUseError("it is either granted or refused", hint="Give --grant or --refuse.")
    if refuse is not None:
        return read_model(Decision, {"outcome": "refuse", "reason": refuse}, what="decision")
    if terms is None:
        if found.decision is None:
            raise NotFoundError("nobody decided before", hint="Give --grant TERMS or --refuse REASON.")
        return found.decision
    try:
        said = read_object(terms.read_bytes())
        days = {"begins": said.pop("from"), "ends": said.pop("until")}
    except (OSError, MalformedError, KeyError) as error:
        raise WrongUseError(
            f"{terms} holds no terms: {error}", hint="no, scheme, version, levels, from, until"
        ) from error
    instants = {name: parse_instant(str(day), zone=zone) for name, day in days.items()}
    decision = Decision(outcome="grant", terms=read_model(Terms, {**said, **instants}, what="terms"))
    if decision.terms is not None:
        accreditation(found, decision.terms)
    return decision


def _signed(data: DataFolder, found: Application, decision: Decision, operator: str) -> str:
    host = data.trust_root().host
    signer = load_signer(data.key(operator), read_passphrase())
    return sign_approval(
        found.subject(decision),
        iss=authority_uri(host),
        log=log_origin(host),
        iat=now(),
        signer=signer,
        entropy=secrets.token_bytes,
    )


def _keep(book: Applications, found: Application) -> None:
    book.append(found)
    typer.echo(f"{found.id} {found.state}")


def _book(directory: Path) -> tuple[DataFolder, Applications]:
    data = DataFolder(directory.resolve())
    data.trust_root()
    return data, Applications(data.applications)
