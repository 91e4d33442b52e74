"""`shirushi recognition`: decide whether a foreign certificate counts as a tier, and check mapping files.

Exit codes of `decide`: 0 recognised, 1 not recognised (or only after further evaluation), 2 could not be decided,
64 wrong use. The clock is read here and nowhere below.
"""

from __future__ import annotations

import json
import time
from typing import Annotated

import typer
from rich.console import Console

from recognition.authenticate import operators_command, token_command
from recognition.decide import decide as decide_question
from recognition.demonstration import HOME, demonstration_pack, draft_question, stated_certificate
from recognition.mapping_commands import register as register_mapping_commands
from recognition.recompute_command import EXITS, decide_case, recompute
from recognition.report import print_report, report_members
from recognition.shipped import load_scheme
from recognition.timeline import LAST_MOMENT
from verifier.dates import parse_instant
from verifier.errors import MalformedError, StatementError, WrongUseError
from verifier.identifier import parse_identifier
from verifier.tier import Tier, parse_tier

app = typer.Typer(add_completion=False, no_args_is_help=True)

YEAR = 366 * 86_400


@app.command()
def decide(
    *,
    scheme: Annotated[str, typer.Option(help="Id of the foreign scheme, such as uk.ncsc.cyber-essentials.")],
    level: Annotated[str, typer.Option(help="Level of the certificate: basic or plus.")],
    issued: Annotated[str, typer.Option(help="Day of issue, such as 2026-06-01.")],
    version: Annotated[str | None, typer.Option(help="Version printed on the certificate.")] = None,
    expires: Annotated[str | None, typer.Option(help="First moment after its validity.")] = None,
    target_tier: Annotated[str, typer.Option(help="Tier wanted, such as 3 or jp.meti.scs/3.")] = "3",
    holder: Annotated[str | None, typer.Option(help="Identifier of the holder: ICD-value.")] = None,
    at: Annotated[str | None, typer.Option(help="Time asked about; now if absent.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """Decide whether a certificate counts as a tier, under the draft agreement of the demonstration."""
    foreign, pack = load_scheme(scheme), demonstration_pack()
    if level not in {known.id for known in foreign.head.levels}:
        raise WrongUseError(f"{scheme} has no level {level!r}", hint="shirushi recognition decide --help")
    try:
        certificate = stated_certificate(
            foreign,
            level=level,
            issued=_moment(issued, foreign.head.zone),
            version=version,
            expires=_moment(expires, foreign.head.zone) if expires else None,
            holder=str(parse_identifier(holder)) if holder else None,
        )
    except (StatementError, MalformedError) as error:
        raise WrongUseError(error.message, hint=error.hint) from error
    as_of = _moment(at, pack.zone) if at else int(time.time())
    question = draft_question(certificate, target=_target(target_tier), as_of=as_of)
    decision = decide_question(question)
    if as_json:
        print(json.dumps(report_members(question, decision, pack), ensure_ascii=False, indent=2))
    else:
        print_report(Console(), question, decision, pack)
    raise typer.Exit(EXITS[decision.verdict])


def _target(text: str) -> Tier:
    try:
        return parse_tier(text if "/" in text else f"{HOME[0]}/{text}")
    except MalformedError as error:
        raise WrongUseError(error.message, hint=error.hint) from error


def _moment(text: str, zone: str) -> int:
    moment = parse_instant(text, zone=zone)
    if not 0 < moment <= LAST_MOMENT - YEAR:
        raise WrongUseError(f"a time outside every calendar in use: {text!r}")
    return moment


token_command.join(app)
app.add_typer(operators_command.app, name="evidence")


register_mapping_commands(app)
app.command()(recompute)
app.command("case")(decide_case)
