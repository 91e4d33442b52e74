"""Reading an OSCAL mapping-collection into a mapping: strictly, with everything that is wrong told at once.

Only what a decision may rest on is kept: relations, qualifiers, ids, the notice and the pins. Scores and coverage
figures are named and dropped. A draft stays a draft and is marked as one.
"""

from __future__ import annotations

import json
from collections.abc import Collection as Sized
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from pydantic import ValidationError

from recognition.finding import RecognitionFinding, fault, has_error
from recognition.mapping import MappingHead, MappingRow, MappingStatus, Qualifier, dangling, row_faults
from recognition.mapping_lint import Named, head_findings, ids_at_hand, is_marked, row_doubts
from recognition.oscal_lint import FIRST_ROW, collection_findings, gap_findings, own_value, own_values
from recognition.oscal_model import Collection, Document, Map, Resource
from recognition.relation import RELATIONS, parse_relation
from verifier.faults import fault_text

STATES: dict[str, MappingStatus] = {
    "complete": "complete",
    "draft": "draft",
    "not-complete": "draft",
    "deprecated": "superseded",
    "superseded": "superseded",
}
Side = tuple[str, tuple[str, ...]]
"""A scheme and its versions."""

ROLES: dict[str, Qualifier] = {"addressable": "addressable", "restricted": "restricted", "blocked": "blocked"}


@dataclass(frozen=True)
class Stated:
    """What a document from elsewhere does not say and the reader of it does: SCHEME/VERSION of a side, its prefix."""

    id: str | None = None
    source: str | None = None
    target: str | None = None
    source_prefix: str | None = None
    target_prefix: str | None = None


@dataclass(frozen=True)
class Read:
    """The mapping that a document is."""

    head: MappingHead
    rows: tuple[MappingRow, ...]


def read_collection(
    data: bytes, *, file: str, known: Named, stated: Stated | None = None
) -> tuple[Read | None, tuple[RecognitionFinding, ...]]:
    """Return the mapping, and everything that is wrong or doubtful; with one error there is no mapping."""
    document, findings = _document(data, file)
    if document is None:
        return None, findings
    found = [*findings, *collection_findings(document, file)]
    given = stated or Stated()
    sides = _sides(document, given, file, found)
    if sides is None:
        return None, tuple(found)
    source, target, prefixes = sides
    ids = ids_at_hand(known, source[0], *source[1]), ids_at_hand(known, target[0], *target[1])
    rows = tuple(_rows(document, file, prefixes, ids, found))
    head = _head(document, given, (source, target), file, found)
    if head is not None:
        # Where a side is not at hand, what it names cannot be judged: said once, not for each row.
        elsewhere = (one for one in head_findings(head, f"{head.id}.toml", b"", known))
        found += [fault(one.code, file, 1, **one.values) for one in elsewhere]
    found += row_doubts(rows, file=file, targets=()) if rows else ()
    found += _gaps(document, file, prefixes, ids)
    if head is None or has_error(found):
        return None, tuple(found)
    return Read(head, rows), tuple(found)


def _document(data: bytes, file: str) -> tuple[Collection | None, tuple[RecognitionFinding, ...]]:
    try:
        value = json.loads(data, object_pairs_hook=_unique, parse_constant=_refuse, parse_float=str)
    except (ValueError, RecursionError) as error:
        return None, (fault("oscal_json", file, 1, problem=error),)
    try:
        return Document.model_validate(value, by_alias=True, by_name=False).mapping_collection, ()
    except ValidationError as error:
        return None, tuple(_shape(file, one) for one in error.errors(include_url=False, include_input=False))


def _shape(file: str, error: Any) -> RecognitionFinding:
    path = [str(part) for part in error["loc"]]
    row = 1
    if "maps" in path and path.index("maps") + 1 < len(path):
        row = int(path[path.index("maps") + 1]) + FIRST_ROW
    return fault("oscal_shape", file, row, where=".".join(path[1:]) or "document", problem=fault_text(error))


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("an object names a member twice")
    return members


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _sides(
    document: Collection, given: Stated, file: str, found: list[RecognitionFinding]
) -> tuple[Side, Side, tuple[str, str]] | None:
    mapping = document.mappings[0]
    sides = []
    told = (("source", mapping.source_resource, given.source), ("target", mapping.target_resource, given.target))
    for name, resource, said in told:
        side = _scheme(document, resource, said)
        if side is None:
            problem = f"does not say which scheme and version it is: state the {name}"
            found.append(fault("oscal_resource", file, 1, where=f"{name}-resource", problem=problem))
        else:
            sides.append(side)
    if len(sides) != 2:
        return None
    prefixes = (
        given.source_prefix if given.source_prefix is not None else _prefix(mapping.source_resource),
        given.target_prefix if given.target_prefix is not None else _prefix(mapping.target_resource),
    )
    return sides[0], sides[1], prefixes


def _scheme(document: Collection, resource: Resource, said: str | None) -> Side | None:
    if said is not None:
        scheme, _, version = said.partition("/")
        return (scheme, tuple(version.split(","))) if scheme and version else None
    for one in document.back_matter.resources:
        if resource.href == f"#{one.uuid}":
            found, versions = own_value(one.props, "scheme"), own_values(one.props, "version")
            return (found, versions) if found and versions else None
    return None


def _prefix(resource: Resource) -> str:
    return own_value(resource.props, "id-prefix") or ""


def _rows(
    document: Collection,
    file: str,
    prefixes: tuple[str, str],
    ids: tuple[Sized[str] | None, Sized[str] | None],
    found: list[RecognitionFinding],
) -> Iterator[MappingRow]:
    by_target: dict[str, list[MappingRow]] = {}
    for number, one in enumerate(document.mappings[0].maps, FIRST_ROW):
        faults: list[RecognitionFinding] = []
        named = [_bare(item.id_ref, prefixes[0], file, number, faults) for item in one.sources]
        targets = [_bare(item.id_ref, prefixes[1], file, number, faults) for item in one.targets]
        row = _row(one, number, named, targets[0])
        if row is None:
            known = ", ".join(RELATIONS)
            faults.append(fault("relation_unknown", file, number, relation=one.relationship[:40], known=known))
        if len(set(named)) != len(named):
            faults.append(fault("row_source_twice", file, number))
        if not faults:
            faults += dangling((named, targets[0], number), *ids, file)
        if row is not None and row.relation == "no-relationship" and row.qualifier:
            faults.append(fault("qualifier_denied", file, number))
        if row is not None and not faults:
            faults += row_faults(row, by_target.get(row.target, ()), file)
        found += faults
        if row is not None and not faults:
            by_target.setdefault(row.target, []).append(row)
            yield row


def _bare(name: str, prefix: str, file: str, number: int, faults: list[RecognitionFinding]) -> str:
    if not name.startswith(prefix):
        faults.append(fault("oscal_prefix", file, number, where="map", id=name, prefix=prefix))
    return name.removeprefix(prefix)


def _row(one: Map, number: int, sources: list[str], target: str) -> MappingRow | None:
    relation = parse_relation(one.relationship)
    if relation is None:
        return None
    qualifier = ROLES.get(one.qualifiers[0].category, "") if one.qualifiers else ""
    condition = own_value(one.props, "condition") or ""
    return MappingRow(number, frozenset(sources), target, relation, one.remarks or "", qualifier, condition)


def _head(
    document: Collection,
    given: Stated,
    sides: tuple[Side, Side],
    file: str,
    found: list[RecognitionFinding],
) -> MappingHead | None:
    status = STATES.get(document.provenance.status, "draft")
    en = document.provenance.mapping_description
    ja = document.provenance.remarks or en
    if status == "draft" and not is_marked(ja, en):
        ja, en = f"草案：{ja}", f"Draft: {en}"
    name = given.id or own_value(document.metadata.props, "mapping-id") or file.partition(".")[0]
    members = {
        "id": name,
        "status": status,
        "notice": {"ja": ja[:400], "en": en[:400]},
        "source": {"scheme": sides[0][0], "versions": sides[0][1]},
        "target": {"scheme": sides[1][0], "version": sides[1][1][0]},
    }
    try:
        return MappingHead.model_validate(members)
    except ValidationError as error:
        for one in error.errors(include_url=False, include_input=False):
            where = ".".join(map(str, one["loc"]))
            found.append(fault("oscal_shape", file, 1, where=where, problem=fault_text(one)))
        return None


def _gaps(
    document: Collection,
    file: str,
    prefixes: tuple[str, str],
    ids: tuple[Sized[str] | None, Sized[str] | None],
) -> Iterator[RecognitionFinding]:
    if ids[0] is None or ids[1] is None:
        return
    maps = document.mappings[0].maps
    used = {item.id_ref for one in maps for item in one.sources}, {item.id_ref for one in maps for item in one.targets}
    known = {prefixes[0] + name for name in ids[0]}, {prefixes[1] + name for name in ids[1]}
    yield from gap_findings(document.mappings[0], file, used=used, known=known)
