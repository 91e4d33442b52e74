"""`shirushi adapter`: what a foreign operator runs at home to see whether its registry can be looked up in.

Exit codes of `check`: 0 every required check passed, 1 one did not, 2 the registry could not be reached, 64 wrong use.
"""

from __future__ import annotations

import json
import time
from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from recognition.authenticate.edge.advice import report_members, report_text
from recognition.authenticate.edge.conformance import aimed_at, run_kit
from recognition.authenticate.edge.guarded_http import GuardedHttp
from recognition.authenticate.profile_lint import profile_faults
from recognition.authenticate.record import Claimed
from recognition.authenticate.scheme_profile import Profile, parse_profile
from recognition.shipped import load_scheme
from verifier.errors import MalformedError, NotFoundError, StatementError, WrongUseError
from verifier.identifier import parse_identifier
from verifier.schema import read_model

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def main() -> None:
    """Find out at home whether a registry of certificates can be looked up in from here."""


@app.command()
def check(
    url: Annotated[str, typer.Argument(metavar="URL", help="Address of a look-up, with {certificate} in its place.")],
    *,
    certificate: Annotated[str, typer.Option(help="Number of a certificate that is valid now.")],
    holder: Annotated[str, typer.Option(help="Its holder: ICD-value.")],
    profile: Annotated[
        Path | None, typer.Option(help="Your authentication.toml; the recommended form of answer if absent.")
    ] = None,
    allow_loopback: Annotated[
        bool, typer.Option("--allow-loopback", help="Rehearse on this machine: http and its own addresses.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    lang: Annotated[str, typer.Option(help="Language of the report: ja or en.")] = "en",
) -> int:
    """Ask a registry as a look-up does, and as a careless asker would, and say what passed and what to do."""
    known = aimed_at(read_profile(profile), url)
    claimed = read_claimed(certificate, holder)
    http = GuardedHttp(allow_loopback=allow_loopback)
    report = run_kit(known, claimed, http, clock=lambda: int(time.time()), allow_loopback=allow_loopback)
    if as_json:
        typer.echo(json.dumps(report_members(report, lang), ensure_ascii=False, indent=2))
    else:
        for line in report_text(report, lang):
            typer.echo(line)
    return report.exit_code


@app.command()
def form() -> None:
    """Print the recommended profile, to begin an authentication.toml with."""
    typer.echo(_recommended().decode(), nl=False)


@app.command()
def lint(profile: Annotated[Path, typer.Argument(metavar="PROFILE", help="Your authentication.toml.")]) -> int:
    """Check a profile, and that it fits its scheme where that is in the catalogue. Ends with 1 when it does not."""
    known = read_profile(profile)
    try:
        faults = profile_faults(known, load_scheme(known.scheme))
    except NotFoundError:
        typer.echo(f"{profile}: well formed; {known.scheme} is not in the catalogue, so nothing was compared")
        return 0
    typer.echo("\n".join(f"{profile}: {fault}" for fault in faults) or f"{profile}: nothing to complain about")
    return int(bool(faults))


def read_profile(path: Path | None) -> Profile:
    """Return the profile of a file, or the recommended one. Raises WrongUseError, MalformedError, KeyRefusedError."""
    if path is None:
        return parse_profile(_recommended())
    if not path.is_file():
        raise WrongUseError(f"{path} is missing", hint="shirushi adapter form > authentication.toml")
    return parse_profile(path.read_bytes())


def read_claimed(number: str, holder: str) -> Claimed:
    """Return what is claimed about a certificate. Raises WrongUseError."""
    try:
        return read_model(Claimed, {"number": number, "holder": str(parse_identifier(holder))}, what="claim")
    except (MalformedError, StatementError) as error:
        raise WrongUseError(error.message, hint=error.hint) from error


def _recommended() -> bytes:
    return resources.files("recognition.authenticate").joinpath("recommended.toml").read_bytes()
