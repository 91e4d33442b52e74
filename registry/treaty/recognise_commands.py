"""`shirushi registry agreement recognise`, `end` and `effects`: single certificates, and what an event does to all."""

from __future__ import annotations

import json
import secrets
import time
from pathlib import Path
from typing import Annotated, Literal

import httpx
import typer

from recognition.authenticate.record import Authentication
from recognition.authenticate.signed_token import StatusEvidence, authenticate_token
from recognition.certificate import Certificate
from recognition.decision import Decision, Verdict
from recognition.preview import totals
from recognition.supplement_attestation import read_supplement
from recognition.work_order import work_order
from registry.data_folder import DIRECTORY, DataFolder
from registry.desk.operators import read_addresses
from registry.household.child import now
from registry.publishing.published import Published
from registry.rows.database import Database
from registry.settings import read_passphrase
from registry.treaty.admission import published_treaty
from registry.treaty.desk import RecognitionDesk, ask
from registry.treaty.effects import effects_of
from verifier.dates import parse_instant, utc_text
from verifier.edge.folder import FolderFetcher
from verifier.edge.keystore import load_signer
from verifier.edge.write_api import WriteApi
from verifier.encoding import canonical, read_object
from verifier.errors import MalformedError, NotFoundError, RefusedError, WrongUseError
from verifier.names import agreement_uri, recognition_uri
from verifier.schema import read_model
from verifier.tier import parse_tier
from verifier.trust.recognition_list import LATEST, ListedEvent, read_recognition_list
from verifier.trust.trustlist import read_trust_list

Folder = Annotated[Path, typer.Option("--dir", help="The data folder of the registry.")]
Label = Annotated[str, typer.Argument(help="The agreement's id, such as jp-uk.")]
EXITS = {Verdict.RECOGNISED: 0, Verdict.CONDITIONAL: 1, Verdict.NOT_RECOGNISED: 1, Verdict.UNDECIDED: 2}


def recognise(
    directory: Folder,
    label: Label,
    *,
    token: Annotated[Path | None, typer.Option(help="The certificate as a token under the agreement's keys.")] = None,
    status_list: Annotated[Path | None, typer.Option(help="Its status list token, fetched just now.")] = None,
    authenticated: Annotated[
        Path | None, typer.Option(help="Instead: what `recognition ... --json` printed when it was authenticated.")
    ] = None,
    tier: Annotated[str, typer.Option(help="The tier wanted, such as jp.meti.scs/3.")] = "jp.meti.scs/3",
    supplement: Annotated[
        list[Path] | None, typer.Option(help="An evaluator's supplement attestation; may be given several times.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File for the full receipt, or for the work order.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Decide, and record nothing.")] = False,
) -> int:
    """Decide whether a certificate counts, and record it where it does. Otherwise write the work order."""
    data = DataFolder(directory.resolve())
    root, plane, at = data.trust_root(), FolderFetcher(data.public), now()
    wanted = parse_tier(tier)
    if (token is None) == (authenticated is None):
        raise WrongUseError("give the certificate: --token FILE, or --authenticated FILE")
    if token is not None:
        certificate = _by_token(data, label, token, status_list, at)
    else:
        certificate = _believed(read_object((authenticated or Path()).read_bytes()), at)
    listed = read_trust_list(plane.fetch("trust/list.jwt"), root)
    supplements = tuple(read_supplement(_text(one), listed, now=at) for one in supplement or ())
    asked = ask(plane, root, label, certificate, target=wanted, now=at, supplements=supplements)
    _tell(asked.decision)
    if asked.decision.recognised is None:
        if asked.decision.verdict is Verdict.CONDITIONAL and out is not None:
            out.write_bytes(canonical(work_order(asked.question, asked.decision).members()))
            typer.echo(f"work order for a home evaluator: {out}")
        return EXITS[asked.decision.verdict]
    if dry_run:
        return 0
    with httpx.Client(timeout=10) as http:
        recorded = _desk(data, http).record(asked)
    if out is not None:
        out.write_bytes(recorded.full)
    typer.echo(f"recorded: log entry {recorded.admitted.index}, {recorded.uri} until {utc_text(recorded.public.until)}")
    return 0


def end(
    directory: Folder,
    recognition: Annotated[str, typer.Argument(help="The id of the recognition.")],
    reason: Annotated[str, typer.Option(help="A reason code, such as certificate_withdrawn.")],
) -> None:
    """End one recognition: its certificate was withdrawn, or its holder asked for it."""
    data = DataFolder(directory.resolve())
    uri = recognition_uri(data.trust_root().host, recognition)
    with httpx.Client(timeout=10) as http:
        admitted = _desk(data, http).end(uri, reason=reason)
    typer.echo(f"log entry {admitted.index}: {uri} ended")


def effects(
    directory: Folder,
    label: Label,
    *,
    what: Annotated[Literal["suspend", "terminate"], typer.Option(help="The event.")] = "suspend",
    existing: Annotated[
        Literal["keep_until", "show_under_review", "stop_now"],
        typer.Option(help="What becomes of what was recognised."),
    ] = "stop_now",
    until: Annotated[str | None, typer.Option(help="Until when, unless it stops now.")] = None,
    effective: Annotated[str | None, typer.Option(help="From when it counts; now if absent.")] = None,
    issuer: Annotated[str | None, typer.Option(help="Only this issuer.")] = None,
    mapping: Annotated[str | None, typer.Option(help="Only this mapping, by its digest.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show which recognitions an event would end, shorten or put under review; nothing is changed."""
    data = DataFolder(directory.resolve())
    root = data.trust_root()
    if (existing == "stop_now") != (until is None):
        raise WrongUseError("--until stands exactly where existing recognitions do not stop now")
    at = now()
    begins = parse_instant(effective, zone=root.content.zone) if effective else at
    event = ListedEvent(
        index=0,
        recorded=at,
        status="suspended" if what == "suspend" else "terminated",
        effective=begins,
        reason="administrative",
        existing=existing,
        until=parse_instant(until, zone=root.content.zone) if until else None,
        issuer=issuer,
        mapping=mapping,
    )
    database = Database(data.database_place)
    try:
        published = Published(data.public, root)
        found = effects_of(database, published, agreement_uri(root.host, label), event, now=at, progress=_progress)
    finally:
        database.close()
    if as_json:
        typer.echo(json.dumps([{**vars(one), "before": vars(one.before), "after": vars(one.after)} for one in found]))
        return
    counts = ", ".join(f"{number} {effect}" for effect, number in sorted(totals(found).items()))
    typer.echo(f"{len(found)} recognitions are affected{f': {counts}' if counts else ''}")
    for one in found:
        end_ = utc_text(one.after.until) if one.after.until is not None else "at once"
        typer.echo(f"  {one.effect} {one.name}: {end_}")


def _by_token(data: DataFolder, label: str, token: Path, status: Path | None, at: int) -> Certificate:
    plane, root = FolderFetcher(data.public), data.trust_root()
    listed = read_recognition_list(plane.fetch(LATEST), root).agreement(agreement_uri(root.host, label))
    versions = listed.versions if listed else ()
    if not versions:
        raise NotFoundError(f"no agreement {label!r} is in the recognition list")
    treaty = published_treaty(plane, versions[-1].sha256)
    if treaty.profile is None:
        raise NotFoundError(
            f"{label} does not say how certificates are authenticated",
            hint="Its folder has no authentication.toml: authenticate otherwise, and give --authenticated.",
        )
    evidence = StatusEvidence(_text(status), at) if status is not None else None
    found = authenticate_token(_text(token), treaty.profile, now=at, status=evidence)
    return found.certificate


def _believed(printed: dict[str, object], at: int) -> Certificate:
    """Return the certificate of a printed authentication, if it is one and still counts."""
    record = read_model(Authentication, printed.get("record"), what="authentication")
    if record.outcome != "authenticated":
        raise RefusedError("the certificate could not be confirmed", hint=f"The record says: {record.reason}.")
    certificate = read_model(Certificate, printed.get("certificate"), what="certificate")
    if certificate.digest != record.certificate_sha256:
        raise MalformedError("the record is of another certificate")
    if record.fresh_until is None or at >= record.fresh_until:
        raise RefusedError("the authentication counts no more", hint="Authenticate again.")
    return certificate


def _desk(data: DataFolder, http: httpx.Client) -> RecognitionDesk:
    root, signer = data.trust_root(), load_signer(data.key(DIRECTORY), read_passphrase())
    api = WriteApi(http, read_addresses(data), pause=lambda: time.sleep(0.5), root=root)
    return RecognitionDesk(root.host, signer=signer, registry=api, clock=now, entropy=secrets.token_bytes)


def _tell(decision: Decision) -> None:
    for tier in decision.tiers:
        failing = ", ".join(f"{gate.code} {gate.outcome}" for gate in tier.failing)
        typer.echo(f"{tier.tier}: {tier.verdict.word}{f' ({failing})' if failing else ''}")


def _text(path: Path) -> str:
    if not path.is_file():
        raise NotFoundError(f"{path} is missing")
    return path.read_bytes().decode("latin-1").strip()


def _progress(done: int) -> None:
    if done:
        typer.echo(f"{done} recognitions computed", err=True)
