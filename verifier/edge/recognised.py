"""What is about a recognised foreign assessment, and so about no mark: its address, and the document that tells of it.

It is told apart wherever a mark can be asked about: it may well be genuine, and nobody shall be told that it is forged.
Nothing of it is looked up here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from verifier.bundle import MAX_BYTES
from verifier.encoding import read_object
from verifier.errors import MarkError, WrongUseError

if TYPE_CHECKING:
    from collections.abc import Iterable

_ADDRESS = re.compile(r"https?://[^/\s]+/r/[A-Za-z0-9][A-Za-z0-9._-]*/?(?:[?#].*)?", re.DOTALL)


def names_recognition(text: str) -> bool:
    """Say whether a text is an address of a recognised foreign assessment by its look, at whatever host."""
    return "/m/" not in text and _ADDRESS.fullmatch(text.strip()) is not None


def tells_recognition(files: Iterable[bytes]) -> bool:
    """Say whether one of the files that are attached to a document tells of a recognised foreign assessment."""
    return any("foreign_level" in members_of(one) for one in files)


def recognition_error() -> WrongUseError:
    """Return what is said to whoever asks about one as if it were a mark. The address is not repeated or opened."""
    return WrongUseError(
        "this names a recognised foreign assessment, not a mark, and was not checked",
        hint="Open the page that is printed beside its code (below /r/) at the registry that you trust to check it.",
    )


def members_of(data: bytes) -> dict[str, Any]:
    """Return the members of a file that holds a JSON object, none for any other file."""
    try:
        # What is larger than any evidence is not read to tell it apart: it costs seconds.
        return read_object(data) if len(data) <= MAX_BYTES else {}
    except MarkError:
        return {}
