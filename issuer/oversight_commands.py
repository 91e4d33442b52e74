"""`shirushi issuer audit-sample` and `register-root`: what an accreditation visit and a notice are made from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from issuer import queries_register as queries
from issuer.case_register import CaseRegister, build_register, draw_sample, month_of, register_data, show_case
from issuer.options import CONSOLE, FOLDER, DeskFolder, desk_with
from issuer.workplace import Workplace
from verifier.encoding import b64u, canonical, digest
from verifier.errors import RefusedError

app = typer.Typer()

ZONE = "Asia/Tokyo"
SECRET = "case register"
Zone = Annotated[str, typer.Option(help="Time zone of the month.")]
Month = Annotated[str, typer.Option(help="The month, such as 2026-11; it must be over.")]


@app.command("audit-sample")
def audit_sample(
    *,
    seed: Annotated[str, typer.Option(help="Chosen by the visitor, after the month's root was published.")],
    count: Annotated[int, typer.Option(min=1, help="How many decided cases.")],
    month: Month,
    zone: Zone = ZONE,
    desk: DeskFolder = FOLDER,
) -> None:
    """Draw decided cases for an accreditation visit; the same seed draws the same cases again."""
    with desk_with(desk) as opened:
        register = register_of(opened, month, zone=zone)
        drawn = draw_sample(register, body=opened.identity.uri, seed=seed, count=count)
    CONSOLE.print(f"register of {month}: {len(register.lines)} cases, root {b64u(register.root)}")
    CONSOLE.print(escape(f"seed {seed}: {len(drawn)} drawn"))
    for one in drawn:
        state = one.state_before(register.month.until, zone)
        CONSOLE.print(f"{one.case} {state} {one.scheme}/{one.level} {one.subject}", markup=False)


@app.command("register-root")
def register_root(
    *,
    month: Month,
    show: Annotated[str | None, typer.Option(metavar="CASE", help="Show one case with its path to the root.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the data of the notice to this file.")] = None,
    zone: Zone = ZONE,
    desk: DeskFolder = FOLDER,
) -> None:
    """Print a month's counts with the Merkle root of the case register, as data for a notice."""
    with desk_with(desk) as opened:
        register = register_of(opened, month, zone=zone)
        data = register_data(register, body=opened.identity.uri)
    if show is not None:
        CONSOLE.print(json.dumps(show_case(register, show), ensure_ascii=False, indent=2), markup=False)
        return
    text = canonical(data)
    if out is not None:
        out.write_bytes(text)
    CONSOLE.print(json.dumps(data, ensure_ascii=False, indent=2), markup=False)
    CONSOLE.print(f"digest for `notice.published`: {digest(text)}", markup=False)


def register_of(place: Workplace, month: str, *, zone: str) -> CaseRegister:
    """Return the case register of a month that is over. Raises WrongUseError, RefusedError."""
    asked = month_of(month, zone)
    if place.clock() < asked.until:
        raise RefusedError(f"{month} is not over", hint="A register is closed with its month.")
    with place.database.transaction() as session:
        lines = queries.case_lines(session, until=asked.until)
        return build_register(lines, asked, secret=queries.secret(session, SECRET, place.entropy))
