"""`shirushi log`: looking after a published log.

Exit codes: 0 everything is as the entries make it, 1 something differs, 2 could not be read, 64 wrong use.
"""

from __future__ import annotations

import os
from importlib import metadata
from pathlib import Path
from typing import Annotated

import typer

from verifier.audit.chain import pin_published
from verifier.audit.fsck import Published, fsck
from verifier.edge.command.statistics_command import tell_statistics
from verifier.edge.findings_text import report_lines
from verifier.edge.read_plane import open_plane, write_report
from verifier.edge.root_store import read_root
from verifier.edge.tracked import tracked

GROUP = "shirushi.log"
"""Entry points of this group are typer.Typer objects whose commands join this one: those of the log's operator."""

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def main() -> None:
    """Look after a published log."""


@app.command("fsck")
def check(
    place: Annotated[str, typer.Argument(metavar="URL|DIR", help="Address or folder of what is published.")],
    *,
    root: Annotated[
        Path | None, typer.Option(help="Version 1 of the trust root; without one, the published one is taken.")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Write the report to this file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> int:
    """Derive everything that is published again from the entries, and report whatever differs.

    A folder is checked to its last file; over an address, what nothing refers to cannot be seen.
    """
    with open_plane(place) as plane, tracked("fsck") as progress:
        is_given = root is not None or bool(os.environ.get("SHIRUSHI_ROOT"))
        pinned = read_root(root) if is_given else pin_published(plane.fetcher)
        outcome = fsck(Published(plane.fetcher, pinned, plane.listing, is_given), progress)
    write_report(outcome, report)
    for line in [outcome.serialize().decode().rstrip()] if as_json else report_lines(outcome):
        typer.echo(line)
    return 0 if outcome.is_clean else 1


app.command("statistics")(tell_statistics)


def _join_operators_commands() -> None:
    for entry in metadata.entry_points(group=GROUP):
        try:
            app.registered_commands += entry.load().registered_commands
        except ModuleNotFoundError:
            # Only the verifier's part is installed: whoever looks at a log from outside needs none of these.
            continue


_join_operators_commands()
