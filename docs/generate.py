"""Write docs/reference/command-line.md from the commands themselves, so that it cannot say anything else.

With --check, write nothing and end with 1 when the page differs from the commands.
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typer.main import get_command

from verifier.edge.commands import SUMMARIES, load_command

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parent / "reference/command-line.md"
TOP = """# Command line

Written by `make docs` from the commands themselves.

Every command ends with 0 when it did what was asked, 1 when the evidence is bad, 2 when it could not find out,
64 when it was called wrongly and 130 when it was interrupted. Errors go to standard error as `code: message`, with a
second line that says what to do; [errors.md](errors.md) lists the codes. `shirushi --version` tells the version.
"""


def page() -> str:
    """Return the whole page."""
    commands = {f"shirushi {name}": get_command(load_command(name)) for name in SUMMARIES}
    sections = (line for path, command in commands.items() for line in _sections(command, path, 2))
    return "\n".join([TOP, *sections]).rstrip() + "\n"


def main() -> int:
    """Write the page, or with --check compare it."""
    text = page()
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(text, "utf-8")
        return 0
    if PAGE.read_text("utf-8") == text:
        return 0
    print(f"{PAGE.name} is out of date: make docs")
    return 1


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
