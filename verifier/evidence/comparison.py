"""Comparison: what a folder holds now against what was sealed, file by file.

A file that was renamed is missing under its old name and added under its new one; both lines point at each other by
the content. Links are never followed: what a link leads to is not what was sealed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from verifier.evidence.row import FileRow

Problem = Literal["link", "special", "name", "clash", "unread"]
"""Why a thing in a folder is no file that can be compared.

A link; a pipe, socket or device; a name that no manifest can hold; a second name that is the same in form NFC; a file
that could not be read, or changed while it was.
"""


class FileState(Enum):
    """What became of a file since it was sealed."""

    UNALTERED = "unaltered"
    ALTERED = "altered"
    MISSING = "missing"
    ADDED = "added"
    UNREAD = "unread"


@dataclass(frozen=True)
class Present:
    """A thing that stands in the folder now; ``sha256`` is None where a problem kept it from being read."""

    path: str
    sha256: str | None
    problem: Problem | None = None


@dataclass(frozen=True)
class FileResult:
    """One file's line: its state, what was sealed, what is there now, and names that hold the same content."""

    path: str
    state: FileState
    row: FileRow | None = None
    now: Present | None = None
    same_as: tuple[str, ...] = ()


def compare(rows: Iterable[FileRow], present: Iterable[Present], *, is_part: bool = False) -> tuple[FileResult, ...]:
    """Return a line for every sealed and every present file, by name.

    Of a part of a manifest only what is shown can be compared: what stands beside it is then nobody's addition.
    """
    sealed = {row.path: row for row in rows}
    there: dict[str, Present] = {}
    doubled: list[Present] = []
    for one in present:
        if one.path in there:
            doubled.append(one)
        else:
            there[one.path] = one
    results = [_sealed(row, there.get(path)) for path, row in sealed.items()]
    if not is_part:
        added = [one for path, one in there.items() if path not in sealed]
        results += [FileResult(one.path, FileState.ADDED, now=one) for one in (*added, *doubled)]
    return tuple(sorted(_with_twins(results), key=lambda one: (one.path, one.state.value)))


def _sealed(row: FileRow, now: Present | None) -> FileResult:
    if now is None:
        return FileResult(row.path, FileState.MISSING, row)
    if now.problem == "unread":
        return FileResult(row.path, FileState.UNREAD, row, now)
    state = FileState.UNALTERED if now.sha256 == row.sha256 else FileState.ALTERED
    return FileResult(row.path, state, row, now)


def _with_twins(results: list[FileResult]) -> Iterable[FileResult]:
    """Point every missing file at added ones of the same content, and the other way round."""
    gone: dict[str, list[str]] = {}
    new: dict[str, list[str]] = {}
    for one in results:
        if one.state is FileState.MISSING and one.row:
            gone.setdefault(one.row.sha256, []).append(one.path)
        if one.state is FileState.ADDED and one.now and one.now.sha256:
            new.setdefault(one.now.sha256, []).append(one.path)
    for one in results:
        twins: list[str] = []
        if one.state is FileState.MISSING and one.row:
            twins = new.get(one.row.sha256, [])
        elif one.state is FileState.ADDED and one.now and one.now.sha256:
            twins = gone.get(one.now.sha256, [])
        yield FileResult(one.path, one.state, one.row, one.now, tuple(sorted(twins)))
