"""`shirushi`: finds the sub-command, runs it and turns every error of ours into words and an exit code.

Exit codes: 0 done, 1 the evidence is bad, 2 could not find out, 64 wrong use, 130 interrupted.
A trace back is shown for our own mistakes only.
"""

from __future__ import annotations

import io
import os
import re
import sys
from typing import TYPE_CHECKING

from verifier import __version__
from verifier.edge.commands import SUMMARIES, installed_commands, load_command
from verifier.edge.whole_file import is_misplaced
from verifier.errors import MarkError, UnavailableError, WrongUseError

if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED = 130


def main() -> int:
    """Run the command line of this process. Returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        # Not every terminal can show every name; what it cannot is spelled out instead of ending the command.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        return run(sys.argv[1:])
    except MarkError as error:
        _explain(error)
        return exit_code(error)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away (`| head`); Python would complain again while it closes standard output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        told = _of_file(error)
        _explain(told)
        return exit_code(told)


def run(arguments: Sequence[str]) -> int:
    """Run one command. Returns the command's own exit code. Raises MarkError."""
    if not arguments or arguments[0] in ("--help", "-h", "help"):
        print(_overview())
        return 0 if arguments else 64
    if arguments[0] == "--version":
        print(f"shirushi {__version__}")
        return 0
    if arguments[0].startswith("-"):
        raise WrongUseError(f"there is no option {arguments[0]!r}", hint="shirushi --help")
    return _run_command(arguments[0], arguments[1:])


def exit_code(error: MarkError) -> int:
    """Return the exit code of an error: bad evidence 1, could not find out 2, wrong use 64."""
    match error:
        case WrongUseError():
            return 64
        case UnavailableError():
            return 2
        case _:
            return 1


def _of_file(error: OSError) -> MarkError:
    """Return what a file's error means: named wrongly, or something that may be better next time."""
    if error.filename is None or not is_misplaced(error):
        return UnavailableError(str(error))
    return WrongUseError(f"{error.filename}: {error.strerror}", hint="Name a file or a folder that is there.")


def _run_command(name: str, arguments: Sequence[str]) -> int:
    # Here, not above: typer takes 0.1 s to import, which `--help` and `--version` need not wait for.
    import typer  # noqa: PLC0415
    from typer.main import get_command  # noqa: PLC0415

    app = load_command(name)
    program = f"shirushi {name}"
    try:
        result = get_command(app).main(args=list(arguments), prog_name=program, standalone_mode=False)
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    except typer.TyperException as error:
        # A command that was called without its sub-command has shown its help and has nothing to add.
        message = error.format_message() or "which of these?"
        context = getattr(error, "ctx", None)
        place = context.command_path if context else program
        hint = f"Put -- before the key's id: {place} … -- -…" if any(map(_is_key_id, arguments)) else f"{place} --help"
        raise WrongUseError(message, hint=hint) from error
    return result if isinstance(result, int) else 0


def _is_key_id(argument: str) -> bool:
    """Whether an argument is a key's id that is taken for options: one id in 64 begins with a hyphen."""
    return re.fullmatch(r"-[A-Za-z0-9_-]{42}", argument) is not None


def _overview() -> str:
    names = installed_commands()
    width = max(map(len, names), default=0)
    return "\n".join(
        [
            "Usage: shirushi COMMAND [OPTIONS]",
            "",
            "Signed certification marks that nobody has to trust the registry for.",
            "",
            "Commands:",
            *(f"  {name:<{width}}  {SUMMARIES.get(name, '')}".rstrip() for name in names),
            "",
            "  shirushi COMMAND --help tells more, shirushi --version which version this is.",
        ]
    )


def _explain(error: MarkError) -> None:
    print(f"{error.code}: {_shown(error.message)}", file=sys.stderr)
    for more in (*getattr(error, "__notes__", ()), error.hint):
        if more:
            print(f"  {_shown(more)}", file=sys.stderr)


def _shown(text: str) -> str:
    """Return what is said about a file without what its texts could do to a terminal."""
    if text.isprintable():
        return text
    # Here, not above: it brings calendars and catalogues, which few errors need.
    from verifier.edge.i18n import plain  # noqa: PLC0415

    return "\n".join(map(plain, text.splitlines()))
