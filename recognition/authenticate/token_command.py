"""`shirushi recognition authenticate` and `look-up`: is this foreign certificate what it says, and from whom?

Exit codes: 0 authenticated, 1 the evidence is bad, 2 could not be confirmed, 64 wrong use. Whether the certificate
counts as a tier is another question: `shirushi recognition decide`.
"""

from __future__ import annotations

import json
import secrets
import time
from pathlib import Path
from typing import Annotated

import typer

from recognition.authenticate.command import read_claimed, read_profile
from recognition.authenticate.edge.guarded_http import GuardedHttp
from recognition.authenticate.edge.registry_client import RegistryClient
from recognition.authenticate.edge.status_client import LIMITS
from recognition.authenticate.edge.status_client import fetch_status as fetch_list
from recognition.authenticate.record import Authenticated, Undecided
from recognition.authenticate.scheme_profile import Profile
from recognition.authenticate.sd_jwt_vc import Binding, authenticate_sd_jwt
from recognition.authenticate.signed_token import StatusEvidence, authenticate_token, named_list, token_form
from recognition.authenticate.wording import record_lines
from verifier.dates import parse_instant
from verifier.errors import WrongUseError

_Json = Annotated[bool, typer.Option("--json", help="Print JSON: the record and the certificate.")]
_Lang = Annotated[str, typer.Option(help="Language of the answer: ja or en.")]
_Loopback = Annotated[
    bool, typer.Option("--allow-loopback", help="Rehearse on this machine: http and its own addresses.")
]
_Profile = Annotated[Path, typer.Option(help="The scheme's authentication.toml.")]


def authenticate(
    token: Annotated[Path, typer.Argument(metavar="TOKEN", help="File with the signed token or SD-JWT VC.")],
    *,
    profile: _Profile,
    status_list: Annotated[Path | None, typer.Option(help="File with the status list token, fetched just now.")] = None,
    fetch_status: Annotated[
        bool, typer.Option("--fetch-status", help="Fetch the status list that the token names, once it is verified.")
    ] = False,
    nonce: Annotated[str | None, typer.Option(help="The nonce that the holder was sent.")] = None,
    audience: Annotated[str | None, typer.Option(help="Who sent it; needed with --nonce.")] = None,
    at: Annotated[str | None, typer.Option(help="Time of checking; now if absent.")] = None,
    allow_loopback: _Loopback = False,
    as_json: _Json = False,
    lang: _Lang = "en",
) -> int:
    """Check a foreign certificate's token under the keys bound to its issuer; without a network unless told."""
    known, compact = read_profile(profile), _text(token)
    now = parse_instant(at, zone=known.head.zone) if at else int(time.time())
    if (nonce is None) != (audience is None):
        raise WrongUseError("a nonce needs the audience that sent it", hint="Give --nonce and --audience, or neither.")
    if fetch_status and status_list is not None:
        raise WrongUseError("--fetch-status and --status-list contradict each other")
    binding = Binding(nonce, audience) if nonce is not None and audience is not None else None
    status = StatusEvidence(_text(status_list), now) if status_list is not None else None
    found = _checked(compact, known, now=now, status=status, binding=binding)
    if fetch_status and (uri := named_list(compact)) is not None:
        http = GuardedHttp(limits=LIMITS, allow_loopback=allow_loopback)
        status = fetch_list(uri, http, clock=lambda: now)
        found = _checked(compact, known, now=now, status=status, binding=binding)
    return print_found(found, lang, as_json=as_json)


def _checked(
    compact: str, profile: Profile, *, now: int, status: StatusEvidence | None, binding: Binding | None
) -> Authenticated:
    if token_form(profile).selective:
        return authenticate_sd_jwt(compact, profile, now=now, status=status, binding=binding)
    if binding is not None:
        raise WrongUseError("only an SD-JWT VC is bound to a nonce")
    return authenticate_token(compact, profile, now=now, status=status)


def look_up(
    certificate: Annotated[str, typer.Argument(metavar="NUMBER", help="Number of the certificate.")],
    *,
    profile: _Profile,
    holder: Annotated[str, typer.Option(help="Its holder, as claimed: ICD-value.")],
    allow_loopback: _Loopback = False,
    as_json: _Json = False,
    lang: _Lang = "en",
) -> int:
    """Ask the scheme's registry about a certificate. The registry learns about whom you ask."""
    http = GuardedHttp(allow_loopback=allow_loopback)
    client = RegistryClient(read_profile(profile), http, clock=lambda: int(time.time()), entropy=secrets.token_bytes)
    return print_found(client.look_up(read_claimed(certificate, holder)), lang, as_json=as_json)


def join(app: typer.Typer) -> None:
    """Add both commands to `shirushi recognition`."""
    app.command("authenticate")(authenticate)
    app.command("look-up")(look_up)


def print_found(found: Authenticated | Undecided, lang: str, *, as_json: bool) -> int:
    """Print how an authentication ended. Returns the exit code: 0 authenticated, 2 could not be confirmed."""
    certificate = found.certificate.members() if isinstance(found, Authenticated) else None
    if as_json:
        members = {"record": found.record.members(), "certificate": certificate}
        typer.echo(json.dumps(members, ensure_ascii=False, indent=2))
    else:
        for line in record_lines(found.record, lang):
            typer.echo(line)
        for name, value in (certificate or {}).items():
            typer.echo(f"  {name}: {value}")
    return 0 if isinstance(found, Authenticated) else 2


def _text(path: Path) -> str:
    if not path.is_file():
        raise WrongUseError(f"{path} is missing")
    # What is not ASCII is no token; the reader says so.
    return path.read_bytes().decode("latin-1").strip()
