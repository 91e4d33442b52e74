"""`shirushi recognition evidence`: imported lists and manual evidence, which count once two operators approved them.

One operator describes, both approve with their own keys, and then anybody at the authority may look up. Exit codes:
0 done or authenticated, 1 the evidence is bad, 2 could not be confirmed, 64 wrong use.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from recognition.authenticate import manual_evidence, published_list
from recognition.authenticate.command import read_claimed, read_profile
from recognition.authenticate.manual_evidence import ManualEvidence, authenticate_by_hand
from recognition.authenticate.published_list import ImportedList, describe_list, open_list
from recognition.authenticate.token_command import print_found
from recognition.authenticate.two_operators import office_of
from recognition.certificate import Certificate
from verifier.dates import parse_instant
from verifier.edge.keystore import load_signer
from verifier.edge.root_store import read_root
from verifier.encoding import b64u, digest, read_object
from verifier.envelope import DAY
from verifier.errors import MalformedError, NotFoundError, WrongUseError
from verifier.schema import read_model
from verifier.statement.approval import sign_approval

PASSPHRASE = "SHIRUSHI_PASSPHRASE"

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Import a published list or record manual evidence: two operators approve, then it counts.",
)

_Out = Annotated[Path, typer.Option(help="The file to write.")]
_Root = Annotated[Path | None, typer.Option(help="Version 1 of the authority's trust root.")]
_Record = Annotated[Path, typer.Option(help="The record that was approved.")]
_Approvals = Annotated[list[Path], typer.Option("--approval", help="File of an approval; give two.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON: the record and the certificate.")]
_Lang = Annotated[str, typer.Option(help="Language of the answer: ja or en.")]


@app.command("describe-list")
def describe_list_(
    file: Annotated[Path, typer.Argument(metavar="LIST", help="The list as it was published, CSV or JSON.")],
    *,
    profile: Annotated[Path, typer.Option(help="The scheme's authentication.toml.")],
    source: Annotated[str, typer.Option(help="The https address from which it was taken.")],
    published: Annotated[str, typer.Option(help="When it was published: a date or a time.")],
    out: _Out,
) -> None:
    """Write the record of a published list, for two operators to approve."""
    known = read_profile(profile)
    record = describe_list(
        _bytes(file),
        known,
        source=source,
        published_at=parse_instant(published, zone=known.head.zone),
        imported_at=int(time.time()),
        nonce=b64u(secrets.token_bytes(16)),
    )
    _write(out, published_list.KIND, record.members())
    typer.echo(f"{out}: {record.rows} rows, digest {record.sha256}")


@app.command("describe-certificate")
def describe_certificate(
    facts: Annotated[Path, typer.Argument(metavar="FACTS", help="The certificate's facts as JSON, as stated.")],
    *,
    document: Annotated[
        list[Path], typer.Option(help="A document that was looked at; it stays here, its digest goes.")
    ],
    looked: Annotated[list[str], typer.Option(help="How: original_seen, issuer_answered_in_writing and so on.")],
    days: Annotated[int, typer.Option(help="For how many days the examination counts.", min=1, max=90)] = 30,
    out: _Out,
) -> None:
    """Write the record of a certificate that was examined by hand, for two operators to approve."""
    now = int(time.time())
    certificate = read_model(Certificate, read_object(_bytes(facts)), what="certificate")
    members = {
        "v": 1,
        "looked": looked,
        "documents": [digest(_bytes(one)) for one in document],
        "facts": certificate.members(),
        "examined_at": now,
        "valid_until": now + days * DAY,
        "nonce": b64u(secrets.token_bytes(16)),
    }
    record = read_model(ManualEvidence, members, what="evidence")
    _write(out, manual_evidence.KIND, record.members())
    typer.echo(f"{out}: {certificate.scheme}, {certificate.level}, {certificate.holder}")


@app.command()
def approve(
    record: Annotated[Path, typer.Argument(metavar="RECORD", help="The record, which you have read.")],
    *,
    key: Annotated[Path, typer.Option(help="Your key file.")],
    root: _Root = None,
    passphrase_file: Annotated[
        Path | None, typer.Option(help=f"File of the key's passphrase; {PASSPHRASE} if absent.")
    ] = None,
    out: _Out,
) -> None:
    """Approve a record with your own key. Two different operators have to."""
    _, subject = _read(record)
    office = office_of(read_root(root))
    signer = load_signer(key, _passphrase(passphrase_file))
    if signer.kid not in office.operators:
        raise WrongUseError("this key is no operator's of that trust root")
    signed = sign_approval(
        subject,
        iss=office.authority,
        log=office.audience,
        iat=int(time.time()),
        signer=signer,
        entropy=secrets.token_bytes,
    )
    out.write_text(signed + "\n", "ascii")
    typer.echo(f"{out}: approved by {office.operators[signer.kid].holder}")


@app.command("find-listed")
def find_listed(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="Number of the certificate.")],
    *,
    file: Annotated[Path, typer.Option("--list", help="The list that was approved.")],
    profile: Annotated[Path, typer.Option(help="The scheme's authentication.toml.")],
    holder: Annotated[str, typer.Option(help="Its holder, as claimed: ICD-value.")],
    record: _Record,
    approval: _Approvals,
    root: _Root = None,
    as_json: _Json = False,
    lang: _Lang = "en",
) -> int:
    """Look a certificate up in an approved list, without a network: nobody learns about whom you ask."""
    now, (found, _) = int(time.time()), _read(record)
    if not isinstance(found, ImportedList):
        raise WrongUseError(f"{record} is no record of a list")
    office, approvals = office_of(read_root(root)), [_token(one) for one in approval]
    listed = open_list(_bytes(file), found, approvals, profile=read_profile(profile), office=office, now=now)
    return print_found(listed.find(read_claimed(number, holder), now=now), lang, as_json=as_json)


@app.command()
def examined(
    record: Annotated[Path, typer.Argument(metavar="RECORD", help="The record that was approved.")],
    *,
    approval: _Approvals,
    root: _Root = None,
    as_json: _Json = False,
    lang: _Lang = "en",
) -> int:
    """Say whether a certificate that was examined by hand counts: two operators, and not too long ago."""
    found, _ = _read(record)
    if not isinstance(found, ManualEvidence):
        raise WrongUseError(f"{record} is no record of manual evidence")
    office, approvals = office_of(read_root(root)), [_token(one) for one in approval]
    done = authenticate_by_hand(found, approvals, office=office, now=int(time.time()))
    return print_found(done, lang, as_json=as_json)


def _read(path: Path) -> tuple[ImportedList | ManualEvidence, str]:
    """Return a record and what both operators sign."""
    document = read_object(_bytes(path))
    match document:
        case {"kind": published_list.KIND, "record": members, **rest} if not rest:
            record: ImportedList | ManualEvidence = read_model(ImportedList, members, what="record")
        case {"kind": manual_evidence.KIND, "record": members, **rest} if not rest:
            record = read_model(ManualEvidence, members, what="record")
        case _:
            raise MalformedError(f"{path} is no record of outside evidence")
    return record, record.subject


def _write(path: Path, kind: str, members: dict[str, Any]) -> None:
    text = json.dumps({"kind": kind, "record": members}, ensure_ascii=False, indent=2)
    path.write_text(text + "\n", "utf-8")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotFoundError(f"{path} cannot be read: {error.strerror}") from error


def _token(path: Path) -> str:
    return _bytes(path).decode("latin-1").strip()


def _passphrase(file: Path | None) -> bytes:
    if file is not None:
        return _bytes(file).strip()
    if os.environ.get(PASSPHRASE):
        return os.environ[PASSPHRASE].encode()
    raise WrongUseError(f"{PASSPHRASE} is not set", hint="Set it, or give --passphrase-file.")
