"""`shirushi audit`: the whole registry judged again by somebody who trusts none of it.

Exit codes: 0 nothing is wrong, 1 findings, 2 could not be read, 64 wrong use.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from verifier.audit.audit import Asked, audit
from verifier.edge.findings_text import report_lines
from verifier.edge.read_plane import open_plane, read_tokens, write_report
from verifier.edge.root_store import read_root
from verifier.edge.tracked import tracked

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def main(
    place: Annotated[str, typer.Argument(metavar="URL|DIR", help="Address or folder of what is published.")],
    *,
    root: Annotated[Path | None, typer.Option(help="Version 1 of the trust root that you trust.")] = None,
    report: Annotated[Path | None, typer.Option(help="Write the report to this file.")] = None,
    seen: Annotated[
        Path | None, typer.Option(help="Tokens that the log has to hold, one a line: marks, admission receipts.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> int:
    """Judge every entry of a registry again, date every grant and compute every directory anew.

    The report is a function of what is published: two audits of the same files give the same digest.
    """
    pinned, tokens = read_root(root), read_tokens(seen)
    with open_plane(place) as plane, tracked("audit") as progress:
        outcome = audit(Asked(plane.fetcher, pinned, plane.listing, tokens), progress)
    write_report(outcome, report)
    for line in [outcome.serialize().decode().rstrip()] if as_json else report_lines(outcome):
        typer.echo(line)
    return 0 if outcome.is_clean else 1
