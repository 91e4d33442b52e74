"""`shirushi doctor`: is this installation whole?

The names of our four packages are also names of other distributions on public indexes: installing one of those
overwrites ours without a word. So this counts the owners of each name.
"""

from __future__ import annotations

import importlib.util
import json
import sqlite3
import sys
from dataclasses import dataclass
from importlib import metadata
from typing import Annotated

import typer

from verifier import __version__
from verifier.edge.commands import OWN_PACKAGES

app = typer.Typer(add_completion=False)

DISTRIBUTION = "shirushi"
OLDEST_PYTHON = (3, 11)
# The first with RETURNING.
OLDEST_SQLITE = (3, 35)
OPTIONAL_PARTS = {"registry": ("fastapi", "granian", "sqlmodel"), "issuer": ("alembic", "sqlmodel")}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. ``passed`` is None where the answer is only information."""

    name: str
    passed: bool | None
    detail: str


def examine() -> list[Finding]:
    """Return what was found about this Python, SQLite, the owners of our package names and the optional parts."""
    return [_python(), _sqlite(), *map(_owner, OWN_PACKAGES), *map(_optional, OPTIONAL_PARTS)]


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Write the findings as JSON.")] = False,
) -> None:
    """Check this installation. Ends with 1 when something is wrong."""
    findings = examine()
    if as_json:
        print(json.dumps([vars(finding) for finding in findings], indent=2))
    else:
        print(f"shirushi {__version__}")
        for finding in findings:
            print(f"  {WORDS[finding.passed]:<5} {finding.name}: {finding.detail}")
    raise typer.Exit(int(any(finding.passed is False for finding in findings)))


WORDS = {True: "ok", False: "WRONG", None: "-"}


def _python() -> Finding:
    return Finding("python", sys.version_info[:2] >= OLDEST_PYTHON, sys.version.split()[0])


def _sqlite() -> Finding:
    return Finding("sqlite", sqlite3.sqlite_version_info[:2] >= OLDEST_SQLITE, sqlite3.sqlite_version)


def _owner(package: str) -> Finding:
    owners = set(metadata.packages_distributions().get(package, []))
    if _is_editable():
        # An editable install points at the sources and lists no files, so it owns nothing by that count.
        owners.add(DISTRIBUTION)
    if owners == {DISTRIBUTION}:
        return Finding(f"package {package}", True, "ours alone")
    named = ", ".join(sorted(owners)) or "no distribution"
    return Finding(f"package {package}", False, f"owned by {named}: install shirushi in an environment of its own")


def _is_editable() -> bool:
    origin = metadata.distribution(DISTRIBUTION).read_text("direct_url.json") or "{}"
    return bool(json.loads(origin).get("dir_info", {}).get("editable", False))


def _optional(extra: str) -> Finding:
    missing = [name for name in OPTIONAL_PARTS[extra] if importlib.util.find_spec(name) is None]
    detail = f"pip install 'shirushi[{extra}]' to add {', '.join(missing)}" if missing else "installed"
    return Finding(f"extra {extra}", None, detail)
