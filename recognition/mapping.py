"""Mapping: which controls of a foreign scheme stand in which relation to which home criteria.

Two files of one name: ``NAME.toml`` says between which pinned versions, ``NAME.csv`` holds the rows. Several sources
in a row are a *joint* row: the relation holds for all of them together and for no part of them. A source and target
that no row names are simply not mapped; that is not the relation "no-relationship". A qualifier makes a row count for
less: in part only, in full under a condition, or against everything else that is said of its target.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from pydantic import Field

from recognition.finding import RecognitionFinding, fault, own, refuse_first
from recognition.relation import RELATIONS, Relation, parse_relation
from verifier.errors import MalformedError
from verifier.names import LABEL
from verifier.schema import Closed, Label, Many
from verifier.scheme.rule import SchemeId, SchemeVersion, Words
from verifier.scheme.tables import Row, files_digest, scan_rows, scan_toml

COLUMNS = ("source_ids", "target_id", "relation", "note_en")
QUALIFIED = ("source_ids", "target_id", "relation", "qualifier", "note_en")

MappingStatus = Literal["draft", "complete", "superseded"]
Qualifier = Literal["", "addressable", "restricted", "blocked"]
QUALIFIERS: tuple[Qualifier, ...] = get_args(Qualifier)


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
    status: MappingStatus
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
    qualifier: Qualifier = ""
    condition: str = ""
    """Id of what has to be met for the row to count in full; only with "addressable"."""


@dataclass(frozen=True)
class ControlMapping:
    """A checked mapping. ``digest`` pins its two files byte for byte."""

    head: MappingHead
    rows: tuple[MappingRow, ...]
    digest: str


def parse_mapping(files: Mapping[str, bytes], *, sources: Collection[str], targets: Collection[str]) -> ControlMapping:
    """Return the mapping of these two files between those ids. Raises MalformedError with the first fault."""
    head, table = read_head(files)
    rows, findings = read_mapping_rows(files[table], file=table, sources=sources, targets=targets)
    refuse_first(findings)
    return ControlMapping(head, rows, files_digest(files))


def read_head(files: Mapping[str, bytes]) -> tuple[MappingHead, str]:
    """Return the head and the name of the file of rows. Raises MalformedError."""
    names = pair_names(files)
    if names is None:
        raise MalformedError("a mapping is exactly two files, NAME.toml and NAME.csv")
    head, shape = scan_toml(files[names[0]], MappingHead, file=names[0])
    refuse_first(own(shape, names[0], files[names[0]]))
    if head is None:
        raise MalformedError(f"{names[0]} is not the head of a mapping")
    return head, names[1]


def pair_names(files: Collection[str]) -> tuple[str, str] | None:
    """Return the names of the head and of the table, or None where the files are not those two."""
    heads = [name for name in files if name.endswith(".toml")]
    if len(heads) != 1 or set(files) != {heads[0], heads[0].removesuffix(".toml") + ".csv"}:
        return None
    return heads[0], heads[0].removesuffix(".toml") + ".csv"


def read_mapping_rows(
    data: bytes, *, file: str, sources: Collection[str] | None, targets: Collection[str] | None
) -> tuple[tuple[MappingRow, ...], tuple[RecognitionFinding, ...]]:
    """Return the rows without a fault, and every fault in file order. None for ids that are not at hand."""
    # The first line decides: a table of the older form stays a table, and its digest stays what it is.
    columns = QUALIFIED if data.startswith(",".join(QUALIFIED).encode()) else COLUMNS
    table, shape = scan_rows(data, file=file, columns=columns)
    rows: list[MappingRow] = []
    by_target: dict[str, list[MappingRow]] = {}
    found = [*own(shape, file, data)]
    for row in table:
        read, faults = _row(row)
        named = row["source_ids"].split(), row["target_id"], row.number
        faults = [*dangling(named, sources, targets, file), *faults]
        if read is not None:
            faults += row_faults(read, by_target.get(read.target, ()), file)
        found += faults
        if read is not None and not faults:
            rows.append(read)
            by_target.setdefault(read.target, []).append(read)
    return tuple(rows), tuple(sorted(found, key=lambda finding: finding.row or 1))


def dangling(
    found: tuple[Collection[str], str, int], sources: Collection[str] | None, targets: Collection[str] | None, file: str
) -> Iterator[RecognitionFinding]:
    """Yield what a row (sources, target, number) names and nobody has."""
    named, target, number = found
    if sources is not None:
        for name in named:
            if name not in sources:
                yield fault("row_source_unknown", file, number, id=name)
    if targets is not None and target not in targets:
        yield fault("row_target_unknown", file, number, id=target)


def row_faults(row: MappingRow, earlier: Collection[MappingRow], file: str) -> list[RecognitionFinding]:
    """Return how a row and those before it of the same target exclude each other: only the first such fault."""
    for other in earlier:
        if other.sources == row.sources:
            return [fault("row_twice", file, row.number, other=other.number)]
        # Within one file a denied pair is a mistake of its author; between two files it is a conflict to be shown.
        if (denies(row) or denies(other)) and other.sources & row.sources:
            return [fault("row_contradicts", file, row.number, other=other.number, target=row.target)]
    return []


def denies(row: MappingRow) -> bool:
    """Say whether the row takes away what others give: no relationship, or blocked."""
    return row.relation == "no-relationship" or row.qualifier == "blocked"


def _row(row: Row) -> tuple[MappingRow | None, list[RecognitionFinding]]:
    relation, sources = parse_relation(row["relation"]), row["source_ids"].split()
    qualifier, condition, faults = _qualifier(row)
    if relation is None:
        known = ", ".join(RELATIONS)
        faults.append(fault("relation_unknown", row.file, row.number, relation=row["relation"][:40], known=known))
    if relation == "no-relationship" and qualifier:
        faults.append(fault("qualifier_denied", row.file, row.number))
    if not sources:
        faults.append(fault("row_sourceless", row.file, row.number))
    elif len(set(sources)) != len(sources):
        faults.append(fault("row_source_twice", row.file, row.number))
    if relation is None or faults:
        return None, faults
    read = MappingRow(row.number, frozenset(sources), row["target_id"], relation, row["note_en"], qualifier, condition)
    return read, []


def _qualifier(row: Row) -> tuple[Qualifier, str, list[RecognitionFinding]]:
    word, colon, condition = row.cells.get("qualifier", "").partition(":")
    for known in QUALIFIERS:
        if word == known:
            return known, condition, list(_condition_faults(row, known, condition, stated=bool(colon)))
    known_words = ", ".join(name for name in QUALIFIERS if name)
    return "", "", [fault("qualifier_unknown", row.file, row.number, qualifier=word[:40], known=known_words)]


def _condition_faults(row: Row, word: Qualifier, condition: str, *, stated: bool) -> Iterator[RecognitionFinding]:
    if word == "addressable" and not condition:
        yield fault("condition_missing", row.file, row.number)
    elif word == "addressable" and not LABEL.fullmatch(condition):
        yield fault("condition_form", row.file, row.number, id=condition)
    elif word != "addressable" and stated:
        yield fault("condition_surplus", row.file, row.number, qualifier=word or "no qualifier")
