"""OSCAL: a mapping as a mapping-collection of OSCAL 1.2.1 (NIST), JSON form.

OSCAL is a form for sending, never the truth here: it has no validity, no scope, no signature and no pin. What the model
has no place for stands in properties of our namespace, so that the way back gives the same mapping. Every UUID is
version 5 over the mapping's digest, so the same mapping always gives the same document. A draft says so in its title,
in the remarks and in a property. Confidence scores and coverage figures are not written: nothing is decided on one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from recognition.mapping import ControlMapping, MappingRow

VERSION = "1.2.1"
NAMESPACE = "urn:shirushi:recognition"
WATERMARK = "draft, demonstration"
KIND = "control"

ADDRESSABLE = {"predicate": "has-requirement", "category": "addressable"}
RESTRICTED = {"predicate": "has-incompatibility", "category": "restricted"}
BLOCKED = {"predicate": "has-incompatibility", "category": "blocked"}
QUALIFIERS = {"addressable": ADDRESSABLE, "restricted": RESTRICTED, "blocked": BLOCKED}
IN_WORDS = {
    "addressable": "Counts in full only where the condition named in the property is met.",
    "restricted": "Counts in part at most.",
    "blocked": "Counts for nothing, whatever else is said of the target.",
}


def export_collection(
    mapping: ControlMapping, *, sources: Collection[str], targets: Collection[str], at: int
) -> dict[str, Any]:
    """Return the document. ``sources`` and ``targets`` are all ids of both schemes, for the summaries of gaps.

    ``at`` is the instant of its last modification, in UTC seconds.
    """
    names = _Names(mapping)
    head = mapping.head
    resources = {
        "source": names.resource("source", head.source.scheme, head.source.versions),
        "target": names.resource("target", head.target.scheme, (head.target.version,)),
    }
    return {
        "mapping-collection": {
            "uuid": names.uuid("collection"),
            "metadata": _metadata(mapping, at),
            "provenance": {
                "method": "human",
                "matching-rationale": "functional",
                "status": head.status,
                "mapping-description": head.notice.en,
                "remarks": head.notice.ja,
            },
            "mappings": [_mapping(mapping, names, sources, targets)],
            "back-matter": {"resources": list(resources.values())},
        }
    }


def id_prefix(scheme: str, ids: Iterable[str]) -> str:
    """Return what stands before a scheme's ids in OSCAL, whose tokens begin with a letter: empty if all ours do."""
    return "" if all(name[:1].isalpha() for name in ids) else f"{scheme.rpartition('.')[2]}-"


class _Names:
    """Everything whose name is derived from the mapping's digest."""

    def __init__(self, mapping: ControlMapping) -> None:
        self.space: UUID = uuid5(NAMESPACE_URL, f"{NAMESPACE}:{mapping.digest}")

    def uuid(self, path: str) -> str:
        return str(uuid5(self.space, path))

    def resource(self, side: str, scheme: str, versions: tuple[str, ...]) -> dict[str, Any]:
        props = [_prop("scheme", scheme), *(_prop("version", version) for version in versions)]
        return {"uuid": self.uuid(side), "title": f"{scheme} {', '.join(versions)}", "props": props}


def _prop(name: str, value: str) -> dict[str, str]:
    return {"name": name, "ns": NAMESPACE, "value": value}


def _metadata(mapping: ControlMapping, at: int) -> dict[str, Any]:
    head, draft = mapping.head, mapping.head.status == "draft"
    props = [
        _prop("mapping-id", head.id),
        _prop("mapping-status", head.status),
        _prop("mapping-digest", mapping.digest),
    ]
    remarks = f"{WATERMARK}. {head.notice.en}" if draft else head.notice.en
    return {
        "title": f"{head.id} ({WATERMARK})" if draft else head.id,
        "last-modified": datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z"),
        "version": mapping.digest[:16],
        "oscal-version": VERSION,
        "props": [*props, *([_prop("watermark", WATERMARK)] if draft else [])],
        "remarks": remarks,
    }


def _mapping(
    mapping: ControlMapping, names: _Names, sources: Collection[str], targets: Collection[str]
) -> dict[str, Any]:
    before = id_prefix(mapping.head.source.scheme, sources), id_prefix(mapping.head.target.scheme, targets)
    found: dict[str, Any] = {
        "uuid": names.uuid("mapping"),
        "source-resource": _reference(names.uuid("source"), before[0]),
        "target-resource": _reference(names.uuid("target"), before[1]),
        "maps": [_map(row, names, before) for row in mapping.rows],
    }
    used = {source for row in mapping.rows for source in row.sources}, {row.target for row in mapping.rows}
    for side, ids, named, prefix in zip(("source", "target"), (sources, targets), used, before, strict=True):
        silent = [f"{prefix}{name}" for name in sorted(set(ids) - named)]
        if silent:
            gap = {"uuid": names.uuid(f"{side}-gap"), "unmapped-controls": [{"with-ids": silent}]}
            found[f"{side}-gap-summary"] = gap
    return found


def _reference(uuid: str, prefix: str) -> dict[str, Any]:
    reference: dict[str, Any] = {"type": "catalog", "href": f"#{uuid}"}
    return {**reference, "props": [_prop("id-prefix", prefix)]} if prefix else reference


def _map(row: MappingRow, names: _Names, prefixes: tuple[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "uuid": names.uuid(f"row:{'+'.join(sorted(row.sources))}:{row.target}"),
        "relationship": row.relation,
        "sources": [{"type": KIND, "id-ref": f"{prefixes[0]}{name}"} for name in sorted(row.sources)],
        "targets": [{"type": KIND, "id-ref": f"{prefixes[1]}{row.target}"}],
    }
    if row.qualifier:
        words = {"subject": "target", **QUALIFIERS[row.qualifier], "description": IN_WORDS[row.qualifier]}
        found["qualifiers"] = [words]
    if row.condition:
        found["props"] = [_prop("condition", row.condition)]
    if row.note_en:
        found["remarks"] = row.note_en
    return found
