"""Write the generated pages of docs/reference (commands, case machine, state machines) from the code itself.

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
from verifier.replay.machines import MACHINES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.replay.machines import Table

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


MACHINES_TOP = """# State machines

Written by `make docs` from the closed tables in `verifier/replay/machines.py`. An entry that is no step of its object's
table is refused by admission, and found by every audit. What time does by itself (a term ends, a suspension's deadline
passes, a report is overdue) is in no table: every answer applies it, and `shirushi upcoming` lists it.
"""

MACHINE_NAMES = {
    "e": "Body, and foreign operator",
    "x": "Expert",
    "k": "Key",
    "m": "Mark",
    "o": "Declaration of an organisation",
    "v": "Evidence",
    "n": "Notice",
    "s": "Criteria of a scheme",
    "p": "Mapping",
    "a": "Recognition agreement",
    "r": "Recognition",
    "policy": "Policy",
    "trust": "Trust root",
    "directory": "Directory",
    "log": "Log",
}


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


def machines_page() -> str:
    """Return the page of the state machines of what the log holds: a drawing and the table of each."""
    return MACHINES_TOP + "\n".join(line for kind, table in MACHINES.items() for line in _machine(kind, table))


def _machine(kind: str, table: Table) -> Iterator[str]:
    steps = [(state or "-", event, target) for (state, event), target in table.items()]
    ends = sorted(set(table.values()) - {state for state, _, _ in steps})
    yield f"\n## {MACHINE_NAMES[kind]}\n"
    yield from ["```mermaid", "stateDiagram-v2"]
    for state, event, target in steps:
        yield f"  {'[*]' if state == '-' else state} --> {target}: {event.partition('.')[2]}"
    yield from ["```", "", "| from | event | to |", "| --- | --- | --- |"]
    yield from (f"| {state} | `{event}` | {target} |" for state, event, target in steps)
    if ends:
        yield f"\nNothing leads out of: {', '.join(ends)}."


PAGES = {"command-line.md": commands_page, "case-machine.md": case_page, "state-machines.md": machines_page}


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
