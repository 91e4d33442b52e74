"""Mapping: which controls of a foreign scheme stand in which relation to which home criteria.

Two files of one name: ``NAME.toml`` says between which pinned versions, ``NAME.csv`` holds the rows. Several sources
in a row are a *joint* row: the relation holds for all of them together and for no part of them. A source and target
that no row names are simply not mapped; that is not the relation "no-relationship".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from recognition.relation import COVERING, RELATIONS, Relation, parse_relation
from verifier.errors import MalformedError
from verifier.schema import Closed, Label, Many
from verifier.scheme.rule import SchemeId, SchemeVersion, Words
from verifier.scheme.tables import Row, files_digest, read_rows, read_toml

COLUMNS = ("source_ids", "target_id", "relation", "note_en")


class MappingSource(Closed):
    """The foreign scheme and the versions on which the rows were drawn."""

    scheme: SchemeId
    versions: Annotated[Many[SchemeVersion], Field(min_length=1)]


class MappingTarget(Closed):
    """The home scheme and its version of criteria."""

    scheme: SchemeId
    version: SchemeVersion


class MappingHead(Closed):
    """The document ``NAME.toml``. A draft is watermarked wherever it is shown."""

    id: Label
    status: Literal["draft", "complete", "superseded"]
    notice: Words
    source: MappingSource
    target: MappingTarget


@dataclass(frozen=True)
class MappingRow:
    """All the sources together stand in the relation to the target. ``number`` is the row in the file."""

    number: int
    sources: frozenset[str]
    target: str
    relation: Relation
    note_en: str = ""


@dataclass(frozen=True)
class ControlMapping:
    """A checked mapping. ``digest`` pins its two files byte for byte."""

    head: MappingHead
    rows: tuple[MappingRow, ...]
    digest: str


@dataclass(frozen=True)
class Finding:
    """What the linter says about one row; row 1 is the heading and stands for the file."""

    severity: Literal["error", "warning"]
    file: str
    row: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}, row {self.row}: {self.severity}: {self.text}"


def parse_mapping(files: Mapping[str, bytes], *, sources: Collection[str], targets: Collection[str]) -> ControlMapping:
    """Return the mapping of these two files between those ids. Raises MalformedError with the first fault."""
    head, table = read_head(files)
    rows, faults = _read(files[table], file=table, sources=sources, targets=targets)
    if faults:
        raise MalformedError(f"{faults[0].file}, row {faults[0].row}: {faults[0].text}")
    return ControlMapping(head, rows, files_digest(files))


def lint_mapping(
    files: Mapping[str, bytes], *, sources: Collection[str], targets: Collection[str]
) -> tuple[Finding, ...]:
    """Return everything that is wrong or doubtful in the rows, in file order.

    Raises MalformedError when the files cannot be read as a mapping at all.
    """
    _, table = read_head(files)
    rows, faults = _read(files[table], file=table, sources=sources, targets=targets)
    return (*faults, *_doubts(rows, file=table, targets=targets))


def read_head(files: Mapping[str, bytes]) -> tuple[MappingHead, str]:
    """Return the head and the name of the file of rows. Raises MalformedError."""
    heads = [name for name in files if name.endswith(".toml")]
    if len(heads) != 1 or files.keys() != {heads[0], heads[0].removesuffix(".toml") + ".csv"}:
        raise MalformedError("a mapping is exactly two files, NAME.toml and NAME.csv")
    return read_toml(files[heads[0]], MappingHead, file=heads[0]), heads[0].removesuffix(".toml") + ".csv"


def _read(
    data: bytes, *, file: str, sources: Collection[str], targets: Collection[str]
) -> tuple[tuple[MappingRow, ...], list[Finding]]:
    rows: list[MappingRow] = []
    faults: list[Finding] = []
    for row in read_rows(data, file=file, columns=COLUMNS):
        read = _row(row)
        complaints = _vocabulary_faults(row) if read is None else _row_faults(read, rows)
        complaints = [*_dangling(row, sources, targets), *complaints]
        faults += [Finding("error", file, row.number, complaint) for complaint in complaints]
        if read is not None and not complaints:
            rows.append(read)
    return tuple(rows), faults


def _row(row: Row) -> MappingRow | None:
    relation, sources = parse_relation(row["relation"]), row["source_ids"].split()
    if relation is None or not sources or len(set(sources)) != len(sources):
        return None
    return MappingRow(row.number, frozenset(sources), row["target_id"], relation, row["note_en"])


def _vocabulary_faults(row: Row) -> list[str]:
    complaints = []
    if parse_relation(row["relation"]) is None:
        complaints.append(f"unknown relation {row['relation'][:40]!r}; known: {', '.join(RELATIONS)}")
    if not row["source_ids"].split():
        complaints.append("no source")
    elif len(set(row["source_ids"].split())) != len(row["source_ids"].split()):
        complaints.append("a source stands in the row twice")
    return complaints


def _dangling(row: Row, sources: Collection[str], targets: Collection[str]) -> list[str]:
    complaints = [f"unknown source {name[:60]!r}" for name in row["source_ids"].split() if name not in sources]
    if row["target_id"] not in targets:
        complaints.append(f"unknown target {row['target_id'][:60]!r}")
    return complaints


def _row_faults(row: MappingRow, earlier: Iterable[MappingRow]) -> list[str]:
    for other in earlier:
        if other.target != row.target:
            continue
        if other.sources == row.sources:
            return [f"the same sources and target as row {other.number}"]
        # Within one file a denied pair is a mistake of its author; between two files it is a conflict to be shown.
        if "no-relationship" in (other.relation, row.relation) and other.sources & row.sources:
            return [f"contradicts row {other.number} about {row.target}"]
    return []


def _doubts(rows: Collection[MappingRow], *, file: str, targets: Collection[str]) -> list[Finding]:
    doubts = []
    if not any(row.relation in COVERING for row in rows):
        doubts.append(Finding("warning", file, 1, "this mapping can never recognise anything: no relation covers"))
    silent = len(set(targets) - {row.target for row in rows})
    if silent:
        doubts.append(Finding("warning", file, 1, f"{silent} of {len(set(targets))} targets are not mapped"))
    return doubts
