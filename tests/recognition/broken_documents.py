"""The OSCAL half of the corpus of broken files: the good mapping as a document, broken in one way each."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from recognition.mapping import parse_mapping
from recognition.oscal import export_collection
from tests.recognition.broken import GOOD_MAPPING, KNOWN, Fault


def good_document() -> dict[str, Any]:
    """Return the good mapping as OSCAL."""
    sources, targets = KNOWN["foreign"]["1"], KNOWN["home"]["1"]
    mapping = parse_mapping(GOOD_MAPPING, sources=sources, targets=targets)
    return export_collection(mapping, sources=sources, targets=targets, at=1_795_700_000)


Change = Callable[[dict[str, Any]], Any]


def document_fault(change: Change, row: int, code: str) -> Fault:
    """Return the good document after a change to its mapping-collection."""
    document = copy.deepcopy(good_document())
    change(document["mapping-collection"])
    return Fault({"m.json": json.dumps(document).encode()}, "m.json", row, code)


def maps(collection: dict[str, Any], number: int = 0) -> dict[str, Any]:
    """Return one map of the collection."""
    found: dict[str, Any] = collection["mappings"][0]["maps"][number]
    return found


def _set(*path: str | int, to: Any) -> Change:
    def change(collection: dict[str, Any]) -> None:
        inner: Any = collection
        for part in path[:-1]:
            inner = inner[part]
        inner[path[-1]] = to

    return change


MAP = ("mappings", 0, "maps")
GAP = {"uuid": "18bc302e-de47-40b2-9571-ced16d17bd54", "unmapped-controls": [{"with-ids": ["home-1-1"]}]}
DOCUMENTS = {
    "not JSON": Fault({"m.json": b"{"}, "m.json", 1, "oscal_json"),
    "a member twice": Fault({"m.json": b'{"a": 1, "a": 2}'}, "m.json", 1, "oscal_json"),
    "another document": Fault({"m.json": b'{"catalog": {}}'}, "m.json", 1, "oscal_shape"),
    "a map without sources": document_fault(_set(*MAP, 1, "sources", to=[]), 3, "oscal_shape"),
    "a member of no schema": document_fault(_set(*MAP, 1, "strength", to=5), 3, "oscal_shape"),
    "OSCAL of the past": document_fault(_set("metadata", "oscal-version", to="1.1.3"), 1, "oscal_version"),
    "a method of its own": document_fault(_set("provenance", "method", to="manual"), 1, "oscal_method"),
    "a rationale of its own": document_fault(_set(*MAP, 0, "matching-rationale", to="gut"), 2, "oscal_rationale"),
    "a status of its own": document_fault(_set("provenance", "status", to="official"), 1, "oscal_status"),
    "two mappings": document_fault(
        lambda one: one["mappings"].append({**one["mappings"][0], "maps": []}), 1, "oscal_shape"
    ),
    "two whole mappings": document_fault(lambda one: one["mappings"].append(one["mappings"][0]), 1, "oscal_mappings"),
    "a UUID of version 1": document_fault(
        _set(*MAP, 0, "uuid", to="0028b407-fd56-1230-af33-fbc09b8c2a85"), 2, "oscal_uuid"
    ),
    "a UUID twice": document_fault(lambda one: maps(one, 1).update(uuid=maps(one)["uuid"]), 3, "oscal_uuid_twice"),
    "a resource of no type": document_fault(
        _set("mappings", 0, "source-resource", "type", to="sheet"), 1, "oscal_resource"
    ),
    "a resource that is not there": document_fault(
        _set("mappings", 0, "source-resource", "href", to="#nothing"), 1, "oscal_href"
    ),
    "a resource of no scheme": document_fault(
        lambda one: one["back-matter"]["resources"][0].pop("props"), 1, "oscal_resource"
    ),
    "banana": document_fault(_set(*MAP, 0, "relationship", to="banana"), 2, "relation_unknown"),
    "a relation of another namespace": document_fault(
        _set(*MAP, 0, "ns", to="https://elsewhere.example"), 2, "oscal_custom_relation"
    ),
    "an item of no type": document_fault(_set(*MAP, 0, "sources", 0, "type", to="page"), 2, "oscal_item_type"),
    "an id that dangles": document_fault(_set(*MAP, 0, "sources", 0, "id-ref", to="S9"), 2, "row_source_unknown"),
    "a target without its prefix": document_fault(_set(*MAP, 0, "targets", 0, "id-ref", to="1-1"), 2, "oscal_prefix"),
    "two targets in one map": document_fault(
        lambda one: maps(one)["targets"].append({"type": "control", "id-ref": "home-1-2"}), 2, "oscal_joint_target"
    ),
    "a source twice in a map": document_fault(
        lambda one: maps(one)["sources"].append(maps(one)["sources"][0]), 2, "row_source_twice"
    ),
    "a map twice": document_fault(
        lambda one: one["mappings"][0]["maps"].append(
            {**maps(one), "uuid": "18bc302e-de47-40b2-9571-ced16d17bd54", "relationship": "subset-of"}
        ),
        5,
        "row_twice",
    ),
    "a qualifier of no category": document_fault(
        _set(*MAP, 1, "qualifiers", 0, "category", to="maybe"), 3, "oscal_qualifier"
    ),
    "a qualifier of the wrong predicate": document_fault(
        _set(*MAP, 1, "qualifiers", 0, "predicate", to="has-incompatibility"), 3, "oscal_qualifier"
    ),
    "a condition without a name": document_fault(lambda one: maps(one, 1).pop("props"), 3, "condition_missing"),
    "a condition without a qualifier": document_fault(
        lambda one: maps(one, 1).pop("qualifiers"), 3, "condition_surplus"
    ),
    "a gap that is mapped": document_fault(_set("mappings", 0, "target-gap-summary", to=GAP), 1, "oscal_gap_mapped"),
    "a gap of nothing": document_fault(
        _set("mappings", 0, "target-gap-summary", to={**GAP, "unmapped-controls": [{"with-ids": ["home-9"]}]}),
        1,
        "oscal_gap_unknown",
    ),
    "full coverage by an intersection": document_fault(
        _set(*MAP, 2, "coverage", to={"generation-method": "arbitrary", "target-coverage": 1.0}), 4, "oscal_coverage"
    ),
    "a doubt: a gap that nobody speaks of": document_fault(
        lambda one: one["mappings"][0]["maps"].pop(0), 1, "oscal_gap_silent"
    ),
    "a doubt: a score": document_fault(_set(*MAP, 0, "confidence-score", to={"category": "high"}), 2, "oscal_ignored"),
}


def _unmarked(collection: dict[str, Any]) -> None:
    collection["metadata"]["remarks"] = "Final."
    collection["provenance"].update({"mapping-description": "Final.", "remarks": "公式"})


DOCUMENTS["a doubt: a draft that does not say so"] = document_fault(_unmarked, 1, "oscal_unmarked")
