"""Rows of a manifest: a sealed file or an item of a plan, each behind a salted commitment of its own.

A row's commitment is SHA-256(JCS(["shirushi-evidence-1", log, object, salt, row without its salt])). Whoever is shown a
commitment alone learns neither the name nor the content, and without the 128-bit salt nobody can test a guess. Names
are relative, in Unicode form NFC, with ``/`` between their parts: a name that two disks would read differently is none.
"""

from __future__ import annotations

import unicodedata
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from verifier.encoding import canonical, sha256
from verifier.schema import Closed, Count, Digest, Instant, Label, Nonce

CONTEXT = "shirushi-evidence-1"
LONGEST_NAME = 1000
LONGEST_PART = 255
MOST_PARTS = 64
_REFUSED = frozenset({"Cc", "Cs", "Zl", "Zp"})


def name_problem(name: str) -> str:
    """Return what is wrong with a file's name in a manifest, empty when nothing is."""
    if not 0 < len(name) <= LONGEST_NAME:
        return f"a name is 1 to {LONGEST_NAME} characters long"
    if not unicodedata.is_normalized("NFC", name):
        return "a name is in Unicode form NFC"
    if "\\" in name or any(unicodedata.category(one) in _REFUSED for one in name):
        return "a name holds neither backslashes nor control characters"
    parts = name.split("/")
    if len(parts) > MOST_PARTS or any(len(part.encode()) > LONGEST_PART for part in parts):
        return f"a name has at most {MOST_PARTS} parts of at most {LONGEST_PART} bytes"
    if any(part in ("", ".", "..") for part in parts):
        return "a name is relative and leads nowhere but down"
    return ""


def _checked(name: str) -> str:
    problem = name_problem(name)
    if problem:
        raise ValueError(problem)
    return name


def _plain(text: str) -> str:
    if not unicodedata.is_normalized("NFC", text) or any(unicodedata.category(one) in _REFUSED for one in text):
        raise ValueError("text is in Unicode form NFC, without control characters")
    return text


FileName = Annotated[str, AfterValidator(_checked)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=400), AfterValidator(_plain)]
Size = Annotated[int, Field(ge=0, lt=2**53)]


class FileRow(Closed):
    """A sealed file.

    ``run`` is its number among the runs of the plan's ``item``. ``measured_at`` is what the evaluator says, in UTC
    seconds: by its sheet of runs, or by the time that the file system kept.
    """

    path: FileName
    sha256: Digest
    size: Size
    item: Label | None = None
    run: Count | None = None
    measured_at: Instant | None = None
    measured_by: Literal["sheet", "file"] | None = None
    salt: Nonce

    @property
    def key(self) -> str:
        """What a manifest names once."""
        return self.path


class PlanRow(Closed):
    """An item of a plan: what is measured and how, with runs numbered from ``first`` to ``last`` without a gap.

    ``files`` says which files hold its runs, see plan.py; ``criterion`` names a criterion of the plan's pack.
    """

    item: Label
    label: Text
    method: Text
    unit: Text | None = None
    first: Count
    last: Count
    files: Text | None = None
    criterion: Label | None = None
    salt: Nonce

    @property
    def key(self) -> str:
        """What a manifest names once."""
        return self.item


Row = FileRow | PlanRow


def commitment(row: Row, *, log: str, object: str) -> bytes:
    """Return the 32-byte commitment to a row of the manifest of one object in one log."""
    members = row.members()
    salt = members.pop("salt")
    return sha256(canonical([CONTEXT, log, object, salt, members]))
