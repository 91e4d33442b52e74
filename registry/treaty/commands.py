"""`shirushi registry agreement`: what two operators say about agreements, with the effect shown before it is signed."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from recognition.agreement_folder import read_folder
from recognition.treaty import parse_treaty
from registry.data_folder import DataFolder
from registry.desk.operator_desk import Accreditation
from registry.desk.operators import operators_desk
from registry.treaty.exchange_commands import answer, fact, receive
from registry.treaty.recognise_commands import effects, end, recognise
from verifier.dates import parse_instant
from verifier.edge.folder import FolderFetcher
from verifier.edge.packs import load_pack
from verifier.errors import NotFoundError, WrongUseError
from verifier.identifier import parse_identifier
from verifier.names import agreement_uri, mapping_uri
from verifier.scheme.tables import files_digest
from verifier.statement.document import write_document
from verifier.trust.recognition_list import LATEST, ListedAgreement, ListedVersion, read_recognition_list

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Recognition agreements: announce, begin, suspend.")
app.command()(recognise)
app.command()(end)
app.command()(effects)
app.command()(receive)
app.command()(answer)
app.command()(fact)

Folder = Annotated[Path, typer.Option("--dir", help="The data folder of the registry.")]
Label = Annotated[str, typer.Argument(help="The agreement's id, such as jp-uk.")]
Version = Annotated[int | None, typer.Option(min=1, help="The version of the terms; the newest if absent.")]
Why = Annotated[Literal["administrative", "integrity"], typer.Option(help="Why.")]
Existing = Annotated[
    Literal["keep_until", "show_under_review", "stop_now"], typer.Option(help="What becomes of what was recognised.")
]
Until = Annotated[str | None, typer.Option(help="Until when, unless it stops now.")]
Effective = Annotated[str | None, typer.Option(help="From when it counts; now if absent.")]
Issuer = Annotated[str | None, typer.Option(help="Only this issuer.")]
Mapping = Annotated[str | None, typer.Option(help="Only this mapping, by its digest.")]


@app.command("list-operator")
def list_operator(
    directory: Folder,
    *,
    no: Annotated[int, typer.Option(help="The operator's number: a body's, never used before.")],
    name: Annotated[str, typer.Option(help="Its name; it enters the log as a commitment only.")],
    identifier: Annotated[str, typer.Option(help="Its number in a register, such as uk-01234567.")],
    scheme: Annotated[list[str], typer.Option(help="A foreign scheme that it speaks for; may be given several times.")],
    begins: Annotated[str, typer.Option("--from", help="First day.")],
    ends: Annotated[str, typer.Option("--until", help="Day on which it is over.")],
) -> None:
    """List a foreign operator: it may propose agreements about its schemes, and decides nothing."""
    zone = DataFolder(directory).trust_root().content.zone
    window = {"begins": parse_instant(begins, zone=zone), "ends": parse_instant(ends, zone=zone)}
    listed = Accreditation(
        no=no,
        role="foreign_operator",
        identifier=str(parse_identifier(identifier)),
        name=name,
        scope=(),
        operates=scheme,
        **window,
    )
    _tell(operators_desk(directory).accredit(listed).index, "list its key next: shirushi registry add-key")


@app.command()
def announce(
    directory: Folder,
    label: Label,
    version: Version = None,
    folder: Annotated[Path | None, typer.Option(help="The folder of a unilateral agreement.")] = None,
) -> None:
    """Announce terms for public comment: those that the foreign operator signed, or a unilateral agreement's folder."""
    data = DataFolder(directory)
    uri = agreement_uri(data.trust_root().host, label)
    if folder is None:
        found = _version(_listed(data, uri), version)
        public, document = found.members(), None
        for extra in ("announced", "signed_by"):
            public.pop(extra, None)
    else:
        files = read_folder(folder)
        public = parse_treaty(files, pack_of=load_pack).statement_public(version or 1)
        document = write_document(files)
    _say(directory, "announced", uri, public, document=document)


@app.command()
def decline(
    directory: Folder, label: Label, reason: Annotated[str, typer.Option(help="A reason code, such as gaps_too_wide.")]
) -> None:
    """Decline an agreement; the reasons are published as a notice."""
    _say(directory, "declined", _uri(directory, label), {"reason": reason})


@app.command()
def begin(
    directory: Folder,
    label: Label,
    *,
    version: Version = None,
    effective: Effective = None,
    legal_sha256: Annotated[str | None, typer.Option(help="Digest of a unilateral one's legal instrument.")] = None,
    issuer: Issuer = None,
    mapping: Mapping = None,
) -> None:
    """Put an announced version in force, lift a suspension, or reinstate one issuer or mapping."""
    data = DataFolder(directory)
    uri = agreement_uri(data.trust_root().host, label)
    found = _version(_listed(data, uri), version)
    public = {
        "version": found.version,
        "sha256": found.sha256,
        "kind": found.kind,
        "effective": _moment(data, effective),
        "legal_sha256": legal_sha256,
        "issuer": issuer,
        "mapping": mapping,
    }
    _say(directory, "in_force", uri, _said(public))


@app.command()
def suspend(
    directory: Folder,
    label: Label,
    *,
    reason: Why = "administrative",
    existing: Existing = "stop_now",
    until: Until = None,
    effective: Effective = None,
    issuer: Issuer = None,
    mapping: Mapping = None,
) -> None:
    """Suspend an agreement, or one issuer or mapping of it."""
    stopped = _stopped(DataFolder(directory), reason=reason, existing=existing, until=until, effective=effective)
    _say(directory, "suspended", _uri(directory, label), _said({**stopped, "issuer": issuer, "mapping": mapping}))


@app.command()
def terminate(
    directory: Folder,
    label: Label,
    *,
    reason: Why = "administrative",
    existing: Existing = "stop_now",
    until: Until = None,
    effective: Effective = None,
) -> None:
    """End an agreement for good."""
    stopped = _stopped(DataFolder(directory), reason=reason, existing=existing, until=until, effective=effective)
    _say(directory, "terminated", _uri(directory, label), _said(stopped))


@app.command("publish-mapping")
def publish_mapping(
    directory: Folder,
    file: Annotated[Path, typer.Argument(help="NAME.toml or NAME.csv of the mapping.")],
    version: Annotated[str, typer.Option(help="The version, such as 1.")],
    status: Annotated[Literal["draft", "complete", "superseded"], typer.Option(help="Its status.")] = "complete",
) -> None:
    """Publish a version of a mapping apart from agreements, or say that it is superseded."""
    pair = {path.name: path.read_bytes() for path in (file.with_suffix(".toml"), file.with_suffix(".csv"))}
    uri = mapping_uri(DataFolder(directory).trust_root().host, file.stem)
    public = {"version": version, "sha256": files_digest(pair), "status": status}
    admitted = operators_desk(directory).submit("mapping.published", uri, public, document=write_document(pair))
    _tell(admitted.index, uri)


def _stopped(
    data: DataFolder, *, reason: str, existing: str, until: str | None, effective: str | None
) -> dict[str, Any]:
    if (existing == "stop_now") != (until is None):
        raise WrongUseError("--until stands exactly where existing recognitions do not stop now")
    end = _moment(data, until) if until else None
    return {"reason": reason, "existing": existing, "until": end, "effective": _moment(data, effective)}


def _uri(directory: Path, label: str) -> str:
    return agreement_uri(DataFolder(directory).trust_root().host, label)


def _say(directory: Path, what: str, uri: str, public: dict[str, Any], *, document: str | None = None) -> None:
    admitted = operators_desk(directory).submit(f"agreement.{what}", uri, public, document=document)
    _tell(admitted.index, f"{uri} {what}")


def _said(public: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in public.items() if value is not None}


def _listed(data: DataFolder, uri: str) -> ListedAgreement:
    listed = read_recognition_list(FolderFetcher(data.public).fetch(LATEST), data.trust_root())
    found = listed.agreement(uri)
    if found is None:
        raise NotFoundError(f"nobody proposed {uri}", hint="The list follows the log within a minute: try again.")
    return found


def _version(found: ListedAgreement, wanted: int | None) -> ListedVersion:
    versions = [one for one in found.versions if wanted in (None, one.version)]
    if not versions:
        raise NotFoundError(f"{found.uri} has no version {wanted}")
    return versions[-1]


def _moment(data: DataFolder, text: str | None) -> int:
    # Now and a little more: an agreement does not begin before it is signed.
    return int(time.time()) + 1 if text is None else parse_instant(text, zone=data.trust_root().content.zone)


def _tell(index: int, detail: str) -> None:
    print(f"log entry {index}: {detail}")
