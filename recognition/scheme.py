"""Foreign scheme: its levels, the assurance behind each, the versions alive on each day and its control ids.

One folder of two files, ``scheme.toml`` and ``statements.csv``, pinned by one digest. Only ids and our own labels: no
text of a scheme is copied. What is not known here is said under ``omitted`` and never made up. Whether a level counts
as a tier is never said here: that is the agreement's to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from recognition.finding import RecognitionFinding, fault, has_error, own, refuse_first
from recognition.scheme_head import HEAD, ForeignLevel, ForeignVersion, SchemeHead
from recognition.scheme_lint import head_findings
from verifier.dates import local_date
from verifier.errors import MalformedError, RefusedError
from verifier.names import LABEL
from verifier.scheme.tables import files_digest, scan_rows, scan_toml

__all__ = ["Control", "ForeignLevel", "ForeignScheme", "ForeignVersion", "SchemeHead", "parse_scheme", "read_scheme"]

STATEMENTS = "statements.csv"
FILES = frozenset({HEAD, STATEMENTS})
COLUMNS = ("statement_id", "theme", "label_en")
LEVELLED = ("statement_id", "theme", "lowest_level", "label_en")


@dataclass(frozen=True)
class Control:
    """One thing that every holder of the scheme's certificate does, from its lowest level upwards ("": from all)."""

    id: str
    theme: str
    label_en: str
    lowest_level: str = ""


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
        """Return the ids of all controls of all levels."""
        return frozenset(control.id for control in self.controls)

    def controls_of(self, level: str) -> frozenset[str]:
        """Return the ids of the controls that a holder of that level has. Raises RefusedError for no such level."""
        self.level(level)
        return self._controls_by_level[level]

    @cached_property
    def _controls_by_level(self) -> dict[str, frozenset[str]]:
        reached, found = {""}, {}
        for level in self.head.level_ids:
            reached.add(level)
            found[level] = frozenset(control.id for control in self.controls if control.lowest_level in reached)
        return found

    def level(self, name: str) -> ForeignLevel:
        """Return a level. Raises RefusedError when the scheme has none of that name."""
        for level in self.head.levels:
            if level.id == name:
                return level
        known = ", ".join(self.head.level_ids) or "none: it certifies nobody"
        raise RefusedError(f"{self.id} has no level {name!r}", hint=f"Its levels: {known}")

    def months(self, level: str) -> int:
        """Return for how many months a certificate of that level is valid. Raises RefusedError where none is known."""
        found = self.level(level).validity_months or self.head.validity_months
        if found is None:
            raise RefusedError(f"how long {level} of {self.id} is valid is not known here")
        return found

    def issues(self, version: str, *, level: str, at: int) -> bool:
        """Tell whether a certificate of that version and level could be issued at that instant."""
        day = local_date(at, self.head.zone)
        return any(one.id == version and one.issues_on(day, level=level) for one in self.head.versions)

    def alive(self, *, level: str, at: int) -> tuple[ForeignVersion, ...]:
        """Return the versions of which a certificate of that level could be issued at that instant, oldest first."""
        day = local_date(at, self.head.zone)
        found = (version for version in self.head.versions if version.issues_on(day, level=level))
        return tuple(sorted(found, key=lambda version: version.first_day or date.min))


def parse_scheme(files: Mapping[str, bytes]) -> ForeignScheme:
    """Return the scheme of these two files. Raises MalformedError naming the file and row at fault."""
    scheme, findings = read_scheme(files)
    refuse_first(findings)
    if scheme is None:
        raise MalformedError("not a foreign scheme")
    return scheme


def read_scheme(files: Mapping[str, bytes]) -> tuple[ForeignScheme | None, tuple[RecognitionFinding, ...]]:
    """Return the scheme, and everything that is wrong or doubtful in it; with one error there is no scheme."""
    if files.keys() != FILES:
        return None, (fault("scheme_files", HEAD, 1, files=", ".join(sorted(FILES))),)
    head, shape = scan_toml(files[HEAD], SchemeHead, file=HEAD)
    findings = [*own(shape, HEAD, files[HEAD])]
    levels = set(head.level_ids) if head else None
    controls = tuple(_controls(files[STATEMENTS], levels, findings))
    if head is not None:
        findings += head_findings(head, files[HEAD], has_controls=bool(controls))
    if head is None or has_error(findings):
        return None, tuple(findings)
    return ForeignScheme(head, controls, files_digest(files)), tuple(findings)


def _controls(data: bytes, levels: set[str] | None, findings: list[RecognitionFinding]) -> Iterator[Control]:
    columns = LEVELLED if data.startswith(",".join(LEVELLED).encode()) else COLUMNS
    rows, shape = scan_rows(data, file=STATEMENTS, columns=columns)
    findings += own(shape, STATEMENTS, data)
    seen: set[str] = set()
    for row in rows:
        name, level = row["statement_id"], row.cells.get("lowest_level", "")
        faults = []
        if not LABEL.fullmatch(name):
            faults.append(fault("statement_id_form", STATEMENTS, row.number, id=name))
        if name in seen:
            faults.append(fault("statement_twice", STATEMENTS, row.number, id=name))
        if not row["theme"].strip() or not row["label_en"].strip():
            faults.append(fault("statement_bare", STATEMENTS, row.number))
        if level and levels is not None and level not in levels:
            faults.append(fault("statement_level", STATEMENTS, row.number, level=level))
        seen.add(name)
        findings += faults
        if not faults:
            yield Control(name, row["theme"], row["label_en"], level)
