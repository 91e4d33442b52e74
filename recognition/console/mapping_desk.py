"""The mapping desk: mappings at work, row by row, and their releases, which never change.

A mapping at work is the two files of mapping.py. Every change is one row; a row that somebody else changed meanwhile is
not overwritten. A release pins the bytes; who drew any row since the last one does not release it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recognition.console.operator_folder import HISTORY, Noted, OperatorFolder, write_file, write_once
from recognition.finding import has_error
from recognition.mapping import ControlMapping, MappingHead, MappingRow, parse_mapping, read_head
from recognition.mapping_lint import lint_mapping
from recognition.mapping_writing import qualifier_cell, write_mapping
from verifier.errors import ConflictError, MalformedError, NotFoundError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from recognition.finding import RecognitionFinding
    from recognition.scheme import ForeignScheme
    from verifier.scheme.rule import Words

KIND = "mappings"
RELEASE = "release.json"
_DREW = frozenset({"created", "imported", "row", "row removed", "head"})


@dataclass(frozen=True)
class Release:
    """A released version of a mapping: its number, its digest, who drew it and who released it."""

    no: int
    sha256: str
    at: int
    drawn_by: tuple[str, ...]
    released_by: str


@dataclass(frozen=True)
class AtWork:
    """A mapping at work as it lies there, with everything that the linter says of it."""

    mapping: ControlMapping
    findings: tuple[RecognitionFinding, ...]

    def rows_of(self, target: str) -> tuple[MappingRow, ...]:
        """Return the rows of one home criterion, in file order."""
        return tuple(row for row in self.mapping.rows if row.target == target)

    def findings_of(self, target: str) -> tuple[RecognitionFinding, ...]:
        """Return what the linter says of the rows of one home criterion."""
        numbers = {row.number for row in self.rows_of(target)}
        file = f"{self.mapping.head.id}.csv"
        return tuple(one for one in self.findings if one.file == file and one.row in numbers)


@dataclass(frozen=True)
class Change:
    """One row as somebody wants it, or its removal; ``was`` is what the page showed, empty for a new row."""

    was: str
    row: MappingRow | None


def row_mark(row: MappingRow | None) -> str:
    """Return what tells whether a row is still the one that a page showed."""
    if row is None:
        return ""
    cells = (" ".join(sorted(row.sources)), row.target, row.relation, qualifier_cell(row), row.note_en)
    return json.dumps(cells, ensure_ascii=False)


class MappingDesk:
    """The mappings of one operator's folder."""

    def __init__(self, folder: OperatorFolder) -> None:
        self._folder = folder

    def names(self) -> list[str]:
        """Return the ids of the mappings, in order."""
        return self._folder.names(KIND)

    def take_in(self, files: Mapping[str, bytes], by: Noted) -> str:
        """Begin with these two files. Raises MalformedError with the first fault, WrongUseError for an id in use."""
        head, _ = read_head(files)
        findings = lint_mapping(files, known=self._folder.known())
        for one in findings:
            if one.severity == "error":
                raise MalformedError(f"{one.place}: {one.text('en')}")
        rows = self._parsed(files).rows
        place = self._folder.place(KIND, head.id)
        with self._folder.alone():
            write_once(place, write_mapping(head, rows))
            self._folder.note(place, by)
        return head.id

    def begin(self, head: MappingHead, by: Noted) -> str:
        """Begin an empty mapping. Raises WrongUseError for an id in use."""
        place = self._folder.place(KIND, head.id)
        with self._folder.alone():
            write_once(place, write_mapping(head, ()))
            self._folder.note(place, by)
        return head.id

    def at_work(self, name: str) -> AtWork:
        """Return the mapping at work. Raises NotFoundError, MalformedError."""
        files = self.files(name)
        return AtWork(self._parsed(files), lint_mapping(files, known=self._folder.known()))

    def files(self, name: str, release: int | None = None) -> dict[str, bytes]:
        """Return the two files of a mapping at work or of a release. Raises NotFoundError."""
        place = self._place(name)
        if release is not None:
            place = place / "releases" / str(release)
        paths = [place / f"{name}.toml", place / f"{name}.csv"]
        if not all(path.is_file() for path in paths):
            raise NotFoundError(f"{name} has no release {release}")
        return {path.name: path.read_bytes() for path in paths}

    def change(self, name: str, change: Change, by: Noted) -> AtWork:
        """Write, add or remove one row, and return the mapping as it is then.

        Raises ConflictError when somebody changed that row meanwhile, MalformedError with what the row breaks.
        """
        with self._folder.alone():
            before = self._parsed(self.files(name))
            rows = list(before.rows)
            found = next((number for number, one in enumerate(rows) if row_mark(one) == change.was), None)
            if change.was and found is None:
                hint = "Look at the row as it is now, and change it again."
                raise ConflictError("somebody else changed this row meanwhile", hint=hint)
            if found is not None:
                del rows[found]
            if change.row is not None:
                rows.insert(_after(rows, change.row.target) if found is None else found, change.row)
            self._write(name, before.head, rows, by)
        return self.at_work(name)

    def reword(self, name: str, *, status: str, notice: Words, by: Noted) -> None:
        """Change the head: its status and its notice. Raises MalformedError with what it breaks."""
        with self._folder.alone():
            before = self._parsed(self.files(name))
            head = before.head.model_copy(update={"status": status, "notice": notice})
            self._write(name, head, before.rows, by)

    def drawn_by(self, name: str) -> dict[str, str]:
        """Return who drew anything since the last release: names by the ids of their accounts."""
        found: dict[str, str] = {}
        for line in self._folder.history(self._place(name)):
            if line.what == "released":
                found = {}
            elif line.what in _DREW:
                found[line.person] = line.name
        return found

    def check_releasable(self, name: str) -> AtWork:
        """Return the mapping at work if it may be released. Raises RefusedError with the reason that it may not."""
        found = self.at_work(name)
        if found.mapping.head.status != "complete":
            raise RefusedError("a draft is not released", hint="Set its status to complete first.")
        if has_error(found.findings):
            raise RefusedError("the linter finds errors", hint="Mend them first.")
        last = self.releases(name)
        if last and last[-1].sha256 == found.mapping.digest:
            raise RefusedError(f"nothing has changed since release {last[-1].no}")
        return found

    def release(self, name: str, *, sha256: str, by: Noted) -> Release:
        """Release the mapping as it is at work, if it still has that digest.

        Raises RefusedError when whoever releases drew a part of it, ConflictError when it was changed meanwhile.
        """
        with self._folder.alone():
            found, drew = self.check_releasable(name), self.drawn_by(name)
            if by.person in drew:
                raise RefusedError("who drew a mapping does not release it", hint="Another person has to.")
            if found.mapping.digest != sha256:
                raise ConflictError("the mapping was changed after it was proposed", hint="Propose it again.")
            no = len(self.releases(name)) + 1
            release = Release(no, sha256, by.at, tuple(sorted(drew.values())), by.name)
            pinned = json.dumps(vars(release), ensure_ascii=False).encode()
            place = self._place(name)
            (place / "releases").mkdir(exist_ok=True)
            write_once(place / "releases" / str(no), {**self.files(name), RELEASE: pinned})
            self._folder.note(place, by)
        return release

    def releases(self, name: str) -> list[Release]:
        """Return every release, oldest first."""
        place = self._place(name) / "releases"
        found = sorted(place.glob(f"*/{RELEASE}"), key=lambda file: int(file.parent.name)) if place.is_dir() else []
        read = [json.loads(file.read_text("utf-8")) for file in found]
        return [Release(**{**one, "drawn_by": tuple(one["drawn_by"])}) for one in read]

    def version(self, name: str, which: str) -> ControlMapping:
        """Return a release by its number, or the mapping at work for "work". Raises NotFoundError."""
        if which != "work" and not (which.isascii() and which.isdecimal() and len(which) < 6):
            raise NotFoundError(f"{name} has no release of that number")
        return self._parsed(self.files(name, None if which == "work" else int(which)))

    def history(self, name: str) -> list[Noted]:
        """Return what was done to the mapping, oldest first."""
        return self._folder.history(self._place(name))

    def scheme_of(self, mapping: ControlMapping) -> ForeignScheme:
        """Return the foreign scheme of a mapping. Raises NotFoundError."""
        return self._folder.scheme(mapping.head.source.scheme)

    def _place(self, name: str) -> Path:
        place = self._folder.place(KIND, name)
        if not (place / HISTORY).is_file():
            raise NotFoundError(f"there is no mapping {name}")
        return place

    def _parsed(self, files: Mapping[str, bytes]) -> ControlMapping:
        head, _ = read_head(files)
        known = self._folder.known()
        sources = [known.get(head.source.scheme, {}).get(version) for version in head.source.versions]
        targets = known.get(head.target.scheme, {}).get(head.target.version)
        if targets is None or None in sources:
            raise NotFoundError(f"a scheme or a version of the mapping {head.id} is not at hand")
        common = frozenset.intersection(*(one for one in sources if one is not None))
        return parse_mapping(files, sources=common, targets=targets)

    def _write(self, name: str, head: MappingHead, rows: Iterable[MappingRow], by: Noted) -> None:
        files = write_mapping(head, rows)
        # Read before it is written: what the reader refuses never lies in the folder.
        self._parsed(files)
        place = self._place(name)
        self._folder.note(place, by)
        for file, data in files.items():
            write_file(place / file, data)


def _after(rows: list[MappingRow], target: str) -> int:
    """Return where a new row of that criterion goes: behind its others, else at the end."""
    return max((number + 1 for number, one in enumerate(rows) if one.target == target), default=len(rows))
