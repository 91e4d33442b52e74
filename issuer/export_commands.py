"""`shirushi issuer case`: sheets and files that are made from a case."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from issuer.options import CONSOLE, FOLDER, CaseId, DeskFolder, desk_with, present
from issuer.oscal import assessment_results
from issuer.template import sheet_form, write_template
from issuer.workplace import pack_of

app = typer.Typer()


@app.command()
def sheet(
    case: CaseId,
    *,
    out: Annotated[Path, typer.Option(help="The file to write; .xlsx or .csv decides the form.")],
    desk: DeskFolder = FOLDER,
) -> None:
    """Write the empty answer sheet of a case, which says whose it is and what the scope is."""
    with desk_with(desk) as opened:
        found = opened.case(case)
    scope = found.scope
    covered = f"; covers {', '.join(scope.covered)}" if scope.covered else ""
    about = f"{found.id} {found.holder.name}: {scope.scope_kind}{covered}; OT {scope.ot}; {scope.scope_summary}"
    out.write_bytes(write_template(pack_of(found), found.level, form=sheet_form(out.name), about=about))
    CONSOLE.print(f"{out}: {about}", markup=False)


@app.command("export-oscal")
def export_oscal(
    case: CaseId,
    *,
    out: Annotated[Path | None, typer.Option(help="Write to this file instead of standard output.")] = None,
    desk: DeskFolder = FOLDER,
) -> None:
    """Write a case as OSCAL assessment results, findings included: for the applicant and the body only."""
    with desk_with(desk) as opened:
        found = opened.case(case)
        document = assessment_results(found, pack_of(found), body=opened.identity.uri, at=present())
    text = json.dumps(document, ensure_ascii=False, indent=2)
    if out is None:
        CONSOLE.print(text, markup=False)
        return
    out.touch(mode=0o600)
    out.write_text(text + "\n", encoding="utf-8")
    CONSOLE.print(f"{out}: {len(found.answers)} findings", markup=False)
