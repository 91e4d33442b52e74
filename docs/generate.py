"""Write command-line.md and case-machine.md in docs/reference from the code itself, so that they say nothing else.

With --check, write nothing and end with 1 when a page differs from the code.
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typer.main import get_command

from issuer.machine import table_rows
from verifier.edge.commands import SUMMARIES, load_command

if TYPE_CHECKING:
    from collections.abc import Iterator

REFERENCE = Path(__file__).parent / "reference"
TOP = """# Command line

Written by `make docs` from the commands themselves.

Every command ends with 0 when it did what was asked, 1 when the evidence is bad, 2 when it could not find out,
64 when it was called wrongly and 130 when it was interrupted. Errors go to standard error as `code: message`, with a
second line that says what to do; [errors.md](errors.md) lists the codes. `shirushi --version` tells the version.
"""

CASE_TOP = """# Case machine

Written by `make docs` from the closed table in `issuer/machine.py`. A step that is not listed is refused; a step whose
conditions are not all met is refused with every one that is missing. [Run the desk](../how-to/run-the-desk.md).

"""


def commands_page() -> str:
    """Return the page of the command line."""
    commands = {f"shirushi {name}": get_command(load_command(name)) for name in SUMMARIES}
    sections = (line for path, command in commands.items() for line in _sections(command, path, 2))
    return "\n".join([TOP, *sections]).rstrip() + "\n"


def case_page() -> str:
    """Return the page of the case machine: a drawing and the table."""
    rows = list(table_rows())
    onward = [row for row in rows if row[1] not in ("withdraw", "lapse")]
    drawn = [f"  {state} --> {target}: {event}" for state, event, target, _ in onward]
    lines = [f"| {state} | {event} | {target} | {'<br>'.join(told)} |" for state, event, target, told in rows]
    head = ["| from | event | to | conditions |", "| --- | --- | --- | --- |"]
    chart = ["```mermaid", "stateDiagram-v2", "  [*] --> draft", *drawn, "```", ""]
    return CASE_TOP + "\n".join([*chart, *head, *lines]) + "\n"


PAGES = {"command-line.md": commands_page, "case-machine.md": case_page}


def main() -> int:
    """Write the pages, or with --check compare them."""
    stale = []
    for name, page in PAGES.items():
        path, text = REFERENCE / name, page()
        if "--check" not in sys.argv[1:]:
            path.write_text(text, "utf-8")
        elif not path.exists() or path.read_text("utf-8") != text:
            stale.append(name)
    for name in stale:
        print(f"{name} is out of date: make docs")
    return 1 if stale else 0


def _sections(command: Any, path: str, depth: int) -> Iterator[str]:
    yield f"{'#' * depth} `{path}`\n"
    if command.help:
        yield inspect.cleandoc(command.help).replace("\f", "") + "\n"
    rows = list(_rows(command))
    if rows:
        yield "| argument or option | meaning |\n| --- | --- |\n" + "\n".join(rows) + "\n"
    for name, below in sorted(getattr(command, "commands", {}).items()):
        yield from _sections(below, f"{path} {name}", min(depth + 1, 4))


def _rows(command: Any) -> Iterator[str]:
    for parameter in command.params:
        if parameter.hidden or parameter.name in ("install_completion", "show_completion"):
            continue
        names = ", ".join([*parameter.opts, *parameter.secondary_opts])
        required = ""
        if parameter.param_type_name == "argument":
            names = parameter.metavar or names.upper()
        elif parameter.required:
            required = "Required."
        variable = f"From `{parameter.envvar}` when absent." if parameter.envvar else ""
        meaning = " ".join(filter(None, [parameter.help, required, variable, _default(parameter)])).replace("|", "\\|")
        yield f"| `{names}` | {meaning} |".replace("\n", " ")


def _default(parameter: Any) -> str:
    value = parameter.default
    if value is None or value is False or callable(value) or value in ("", (), []) or parameter.required:
        return ""
    return f"Default: `{value.value if hasattr(value, 'value') else value}`."


if __name__ == "__main__":
    raise SystemExit(main())
