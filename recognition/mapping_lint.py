"""Everything that is wrong or doubtful in a mapping: more than a schema sees, and more than the parser refuses."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from recognition.finding import RecognitionFinding, fault, locate, own
from recognition.mapping import MappingHead, MappingRow, pair_names, read_mapping_rows
from recognition.relation import COVERING
from verifier.scheme.tables import scan_toml

Named = Mapping[str, Mapping[str, frozenset[str]]]
"""By scheme id and version: the ids that a mapping may name."""


def lint_mapping(files: Mapping[str, bytes], *, known: Named) -> tuple[RecognitionFinding, ...]:
    """Return everything that is wrong or doubtful: first in the head, then in the rows, in file order."""
    names = pair_names(files)
    if names is None:
        return (fault("mapping_files", next(iter(sorted(files)), "NAME.toml"), 1),)
    head, shape = scan_toml(files[names[0]], MappingHead, file=names[0])
    findings = [*own(shape, names[0], files[names[0]])]
    if head is not None:
        findings += head_findings(head, names[0], files[names[0]], known)
    sources = None if head is None else ids_at_hand(known, head.source.scheme, *head.source.versions)
    targets = None if head is None else ids_at_hand(known, head.target.scheme, head.target.version)
    rows, faults = read_mapping_rows(files[names[1]], file=names[1], sources=sources, targets=targets)
    return (*findings, *faults, *row_doubts(rows, file=names[1], targets=targets or ()))


def head_findings(head: MappingHead, file: str, data: bytes, known: Named) -> Iterator[RecognitionFinding]:
    """Yield what is wrong in the head: schemes and versions that are not at hand, a draft that does not say so."""
    at = locate(file, data)
    for side, scheme, versions in (
        ("source", head.source.scheme, head.source.versions),
        ("target", head.target.scheme, (head.target.version,)),
    ):
        if scheme not in known:
            yield at("scheme_not_at_hand", f"{side}.scheme", scheme=scheme)
            continue
        member = "versions" if side == "source" else "version"
        for version in versions:
            if version not in known[scheme]:
                yield at("source_version", f"{side}.{member}", scheme=scheme, version=version)
    for number, version in enumerate(head.source.versions):
        if version in head.source.versions[:number]:
            yield at("source_version_twice", "source.versions", version=version)
    if head.source.scheme == head.target.scheme:
        yield at("scheme_onto_itself", "target.scheme", scheme=head.target.scheme)
    if head.id != file.removesuffix(".toml"):
        yield at("name_differs", "id", id=head.id, name=file.removesuffix(".toml"))
    if head.status == "draft" and not is_marked(head.notice.ja, head.notice.en):
        yield at("draft_unmarked", "notice")


def is_marked(ja: str, en: str) -> bool:
    """Say whether both sentences say that this is a draft."""
    return "草案" in ja and "draft" in en.lower()


def row_doubts(rows: Collection[MappingRow], *, file: str, targets: Collection[str]) -> Iterator[RecognitionFinding]:
    """Yield what the author should look at again: nothing that makes the rows unreadable."""
    by_target: dict[str, list[MappingRow]] = {}
    equals: dict[frozenset[str], MappingRow] = {}
    for row in rows:
        by_target.setdefault(row.target, []).append(row)
    for row in rows:
        if row.qualifier in ("addressable", "restricted") and row.relation not in COVERING:
            relation, qualifier = row.relation, row.qualifier
            yield fault("qualifier_pointless", file, row.number, relation=relation, qualifier=qualifier)
        other = _with_fewer(row, by_target[row.target])
        if other is not None:
            yield fault("row_redundant", file, row.number, other=other.number, target=row.target)
        if row.relation == "equal-to":
            first = equals.setdefault(row.sources, row)
            if first is not row:
                yield fault("equal_to_two", file, row.number, source=" ".join(sorted(row.sources)), other=first.number)
    if not any(row.relation in COVERING and row.qualifier in ("", "addressable") for row in rows):
        yield fault("never_recognises", file, 1)
    silent = len(set(targets) - {row.target for row in rows})
    if silent:
        yield fault("targets_silent", file, 1, silent=silent, all=len(set(targets)))


def _with_fewer(row: MappingRow, others: Collection[MappingRow]) -> MappingRow | None:
    """Return a row that covers the same target unconditionally with fewer sources, where this one covers too."""
    covering = (other for other in others if other.relation in COVERING and not other.qualifier)
    return next((other for other in covering if row.relation in COVERING and other.sources < row.sources), None)


def ids_at_hand(known: Named, scheme: str, *versions: str) -> frozenset[str] | None:
    """Return the ids that every one of the versions has, None where one is not at hand."""
    found = [known.get(scheme, {}).get(version) for version in versions]
    present = [ids for ids in found if ids is not None]
    return frozenset.intersection(*present) if present and len(present) == len(found) else None
