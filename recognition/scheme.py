"""Foreign scheme: its levels, the assurance behind each, the versions alive on each day and its control ids.

One folder of two files, ``scheme.toml`` and ``statements.csv``, pinned by one digest. Only ids and our own labels: no
text of a scheme is copied. Whether a level counts as a tier is never said here: that is the agreement's to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from verifier.dates import local_date
from verifier.errors import MalformedError, RefusedError
from verifier.names import LABEL
from verifier.schema import Closed, Label, Many
from verifier.scheme.assurance import Assurance
from verifier.scheme.rule import Link, SchemeId, SchemeVersion, Text, Words, Zone
from verifier.scheme.tables import files_digest, read_rows, read_toml

HEAD, STATEMENTS = "scheme.toml", "statements.csv"
FILES = frozenset({HEAD, STATEMENTS})
COLUMNS = ("statement_id", "theme", "label_en")


class ForeignLevel(Closed):
    """A level of the foreign scheme, with who assesses it and how it is tested."""

    id: Label
    label: Words
    assurance: Assurance


class ForeignVersion(Closed):
    """A version of the scheme's requirements, and the days on which a certificate of it can be issued."""

    id: SchemeVersion
    name: Text
    first_day: date
    last_day: dict[Label, date] = Field(default_factory=dict)

    def issues_on(self, day: date, *, level: str) -> bool:
        """Tell whether a certificate of this version and level can bear that day."""
        last = self.last_day.get(level)
        return self.first_day <= day and (last is None or day <= last)


class Reference(Closed):
    """Where a fact about the scheme was read."""

    title: Text
    url: Link


class SchemeHead(Closed):
    """The document ``scheme.toml``."""

    id: SchemeId
    zone: Zone
    validity_months: Annotated[int, Field(ge=1, le=120)]
    operator: Label
    label: Words
    notice: Words
    levels: Annotated[Many[ForeignLevel], Field(min_length=1)]
    versions: Annotated[Many[ForeignVersion], Field(min_length=1)]
    sources: Many[Reference]

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        levels = {level.id for level in self.levels}
        if len(levels) != len(self.levels):
            raise ValueError("a level is named twice")
        if len({version.id for version in self.versions}) != len(self.versions):
            raise ValueError("a version is named twice")
        if any(version.last_day.keys() - levels for version in self.versions):
            raise ValueError("a version ends for a level that the scheme does not have")
        return self


@dataclass(frozen=True)
class Control:
    """One thing that every holder of the scheme's certificate does."""

    id: str
    theme: str
    label_en: str


@dataclass(frozen=True)
class ForeignScheme:
    """A checked scheme. ``digest`` pins its two files byte for byte."""

    head: SchemeHead
    controls: tuple[Control, ...]
    digest: str

    @property
    def id(self) -> str:
        """Return the scheme's id."""
        return self.head.id

    @property
    def control_ids(self) -> frozenset[str]:
        """Return the ids of all controls."""
        return frozenset(control.id for control in self.controls)

    def level(self, name: str) -> ForeignLevel:
        """Return a level. Raises RefusedError when the scheme has none of that name."""
        for level in self.head.levels:
            if level.id == name:
                return level
        known = ", ".join(level.id for level in self.head.levels)
        raise RefusedError(f"{self.id} has no level {name!r}", hint=f"Its levels: {known}")

    def issues(self, version: str, *, level: str, at: int) -> bool:
        """Tell whether a certificate of that version and level could be issued at that instant."""
        return any(alive.id == version for alive in self.alive(level=level, at=at))

    def alive(self, *, level: str, at: int) -> tuple[ForeignVersion, ...]:
        """Return the versions of which a certificate of that level could be issued at that instant, oldest first."""
        day = local_date(at, self.head.zone)
        found = (version for version in self.head.versions if version.issues_on(day, level=level))
        return tuple(sorted(found, key=lambda version: version.first_day))


def parse_scheme(files: Mapping[str, bytes]) -> ForeignScheme:
    """Return the scheme of these two files. Raises MalformedError naming the file and row at fault."""
    if files.keys() != FILES:
        raise MalformedError(f"a foreign scheme is exactly the files {', '.join(sorted(FILES))}")
    head = read_toml(files[HEAD], SchemeHead, file=HEAD)
    controls: dict[str, Control] = {}
    for row in read_rows(files[STATEMENTS], file=STATEMENTS, columns=COLUMNS):
        name = row["statement_id"]
        if not LABEL.fullmatch(name):
            raise row.fault(f"not an id: {name[:60]!r}")
        if name in controls:
            raise row.fault(f"{name} stands here a second time")
        if not row["theme"].strip() or not row["label_en"].strip():
            raise row.fault("theme or label is missing")
        controls[name] = Control(name, row["theme"], row["label_en"])
    return ForeignScheme(head, tuple(controls.values()), files_digest(files))
