"""What a holder has of its own: the package of a mark, out of which a share is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.encoding import read_object
from verifier.errors import MalformedError, WrongUseError
from verifier.mark import parse_mark
from verifier.statement.commitment import read_disclosure

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.mark import Mark
    from verifier.statement.commitment import Disclosure

MARK, NAME = "mark.jwt", "name.json"
_ABOUT = ("log", "object")
_MOST = 65_536


def mark_of_package(folder: Path) -> Mark:
    """Return the mark of a package, the folder that the evaluator handed over. Raises WrongUseError, MarkError."""
    return parse_mark(
        _bytes(folder / MARK, hint="Give the folder of the mark's package.").decode("ascii", "replace").strip()
    )


def name_of_package(folder: Path) -> Disclosure:
    """Return what opens the name in the mark. Raises WrongUseError where the package has none, MarkError."""
    return opening_of(_bytes(folder / NAME, hint="It opens the name in the mark: ask who handed the package over."))


def opening_of(data: bytes) -> Disclosure:
    """Return what the bytes of a name.json open. Raises MalformedError, StatementError."""
    if len(data) > _MOST:
        raise MalformedError("this is no name.json", hint="Give the file out of the mark's package.")
    members = read_object(data)
    return read_disclosure({name: value for name, value in members.items() if name not in _ABOUT})


def _bytes(path: Path, *, hint: str) -> bytes:
    try:
        return path.read_bytes()[: _MOST + 1]
    except OSError as error:
        raise WrongUseError(f"{path} cannot be read", hint=hint) from error
