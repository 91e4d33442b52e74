"""What OSCAL's published JSON schema lets through and this product does not: words outside a vocabulary, dangling ids,
UUIDs twice, gaps that are mapped, claims of coverage that no relation bears.

A map is named as the row that it becomes: the first one is row 2. Everything else stands at row 1.
"""

from __future__ import annotations

import re
from collections.abc import Collection as Sized
from collections.abc import Iterable, Iterator
from typing import Any

from recognition.finding import RecognitionFinding, fault
from recognition.mapping_lint import is_marked
from recognition.oscal import NAMESPACE, QUALIFIERS
from recognition.oscal_model import OSCAL_VERSIONS, Collection, GapSummary, Map, Mapping, Prop, Qualifier
from recognition.relation import COVERING

UUID = re.compile(r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[45][0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}")
METHODS = ("human", "automation", "hybrid")
RATIONALES = ("syntactic", "semantic", "functional")
STATUSES = ("complete", "not-complete", "draft", "deprecated", "superseded")
ITEM_TYPES = ("control", "statement")
RESOURCE_TYPES = ("catalog", "profile", "other")
SUBJECTS = ("source", "target", "both")
OSCAL_NAMESPACE = "http://csrc.nist.gov/ns/oscal"
FIRST_ROW = 2


def collection_findings(document: Collection, file: str) -> Iterator[RecognitionFinding]:
    """Yield what is wrong in the words, UUIDs and references of the document."""
    at = _At(file)
    if document.metadata.oscal_version not in OSCAL_VERSIONS:
        yield at("oscal_version", version=document.metadata.oscal_version)
    if len(document.mappings) != 1:
        yield at("oscal_mappings", found=len(document.mappings))
    yield from _words(document, at)
    yield from _uuids(document, at)
    for where, resource in _resources(document.mappings[0]):
        if resource.type not in RESOURCE_TYPES:
            yield at("oscal_resource", where=where, problem=f"invalid type {resource.type!r}")
        inside = {f"#{one.uuid}" for one in document.back_matter.resources}
        if resource.href.startswith("#") and resource.href not in inside:
            yield at("oscal_href", where=where, href=resource.href)
    said = f"{document.metadata.remarks or ''} {document.provenance.remarks or ''}"
    if document.provenance.status == "draft" and not is_marked("草案", said + document.provenance.mapping_description):
        yield at("oscal_unmarked")
    for number, one in enumerate(document.mappings[0].maps, FIRST_ROW):
        yield from _map(one, _At(file, number))


def gap_findings(
    mapping: Mapping, file: str, *, used: tuple[Sized[str], Sized[str]], known: tuple[Sized[str], Sized[str]]
) -> Iterator[RecognitionFinding]:
    """Yield what the summaries of gaps say wrongly, and what they are silent about; ids with their prefixes."""
    at = _At(file)
    summaries = (mapping.source_gap_summary, mapping.target_gap_summary)
    for side, summary, mapped, ids in zip(("source", "target"), summaries, used, known, strict=True):
        listed = set(_listed(summary))
        for name in sorted(listed):
            if name in mapped:
                yield at("oscal_gap_mapped", where=f"{side}-gap-summary", id=name)
            if name not in ids:
                yield at("oscal_gap_unknown", where=f"{side}-gap-summary", id=name)
        if side == "target":
            for name in sorted(set(ids) - set(mapped) - listed):
                yield at("oscal_gap_silent", id=name)


class _At:
    """Makes findings of one row of one file."""

    def __init__(self, file: str, row: int = 1) -> None:
        self.file, self.row = file, row

    def __call__(self, code: str, **values: object) -> RecognitionFinding:
        return fault(code, self.file, self.row, **values)


def _words(document: Collection, at: _At) -> Iterator[RecognitionFinding]:
    mapping, provenance = document.mappings[0], document.provenance
    told: tuple[tuple[str, str, str | None, tuple[str, ...]], ...] = (
        ("oscal_method", "provenance", provenance.method, METHODS),
        ("oscal_rationale", "provenance", provenance.matching_rationale, RATIONALES),
        ("oscal_status", "provenance", provenance.status, STATUSES),
        ("oscal_method", "mapping", mapping.method, METHODS),
        ("oscal_rationale", "mapping", mapping.matching_rationale, RATIONALES),
        ("oscal_status", "mapping", mapping.status, STATUSES),
    )
    for code, where, word, vocabulary in told:
        if word is not None and word not in vocabulary:
            yield at(code, where=where, word=word)
    for where, holder in (("provenance", provenance), ("mapping", mapping)):
        for member in ("confidence_score", "coverage"):
            if getattr(holder, member) is not None:
                yield at("oscal_ignored", where=where, member=member.replace("_", "-"))


def _uuids(document: Collection, at: _At) -> Iterator[RecognitionFinding]:
    mapping = document.mappings[0]
    told = [("mapping-collection", document.uuid, 1), ("mapping", mapping.uuid, 1)]
    told += [("back-matter", one.uuid, 1) for one in document.back_matter.resources]
    for side in ("source", "target"):
        summary: GapSummary | None = getattr(mapping, f"{side}_gap_summary")
        if summary is not None:
            told.append((f"{side}-gap-summary", summary.uuid, 1))
    told += [("map", one.uuid, number) for number, one in enumerate(mapping.maps, FIRST_ROW)]
    seen: set[str] = set()
    for where, uuid, row in told:
        here = _At(at.file, row)
        if not UUID.fullmatch(uuid):
            yield here("oscal_uuid", where=where)
        elif uuid.lower() in seen:
            yield here("oscal_uuid_twice", where=where)
        seen.add(uuid.lower())


def _map(one: Map, at: _At) -> Iterator[RecognitionFinding]:
    if one.ns is not None and one.ns != OSCAL_NAMESPACE:
        yield at("oscal_custom_relation", where="map")
    if one.matching_rationale is not None and one.matching_rationale not in RATIONALES:
        yield at("oscal_rationale", where="map", word=one.matching_rationale)
    for item in (*one.sources, *one.targets):
        if item.type not in ITEM_TYPES:
            yield at("oscal_item_type", where="map", word=item.type)
    if len(one.targets) != 1:
        yield at("oscal_joint_target", where="map", found=len(one.targets))
    if one.coverage is not None and one.relationship not in COVERING and _is_full(one.coverage):
        yield at("oscal_coverage", where="map")
    for member in ("confidence_score", "coverage"):
        if getattr(one, member) is not None:
            yield at("oscal_ignored", where="map", member=member.replace("_", "-"))
    yield from _qualifiers(one, at)


def _qualifiers(one: Map, at: _At) -> Iterator[RecognitionFinding]:
    if len(one.qualifiers) > 1:
        yield at("oscal_qualifier", where="map", problem=f"{len(one.qualifiers)} qualifiers, at most one is read")
    for qualifier in one.qualifiers:
        known = QUALIFIERS.get(qualifier.category)
        if qualifier.subject not in SUBJECTS:
            yield at("oscal_qualifier", where="map", problem=f"invalid subject {qualifier.subject!r}")
        if known is None:
            yield at("oscal_qualifier", where="map", problem=f"invalid category {qualifier.category!r}")
        elif qualifier.predicate != known["predicate"]:
            problem = f"{qualifier.category} does not go with {qualifier.predicate!r}"
            yield at("oscal_qualifier", where="map", problem=problem)
    stated = own_value(one.props, "condition")
    if stated is not None and not any(_needs(qualifier) for qualifier in one.qualifiers):
        yield at("condition_surplus", qualifier="no qualifier")
    if stated is None and any(_needs(qualifier) for qualifier in one.qualifiers):
        yield at("condition_missing")


def own_value(props: Iterable[Prop], name: str) -> str | None:
    """Return the value of a property of our namespace, None without one."""
    return next((prop.value for prop in props if (prop.ns, prop.name) == (NAMESPACE, name)), None)


def own_values(props: Iterable[Prop], name: str) -> tuple[str, ...]:
    """Return all values of a property of our namespace, in order."""
    return tuple(prop.value for prop in props if (prop.ns, prop.name) == (NAMESPACE, name))


def _needs(qualifier: Qualifier) -> bool:
    return qualifier.category == "addressable"


def _is_full(coverage: Any) -> bool:
    stated = coverage.get("target-coverage") if isinstance(coverage, dict) else None
    try:
        return float(str(stated)) >= 1.0
    except ValueError:
        return False


def _listed(summary: GapSummary | None) -> Iterator[str]:
    for unmapped in summary.unmapped_controls if summary else ():
        yield from unmapped.with_ids


def _resources(mapping: Mapping) -> tuple[tuple[str, Any], ...]:
    return (("source-resource", mapping.source_resource), ("target-resource", mapping.target_resource))
