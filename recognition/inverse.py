"""Inverse: the draft of a mapping read the other way round, as a start for people who have to draw up the reverse.

The reverse direction is another document with other signatures, so this is never more than a draft. A relation between
one control and one criterion turns round by itself (a subset becomes a superset); what several sources do together says
nothing of any one of them, and neither a qualifier nor a gap says anything of the other direction: those rows are left
out and counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from recognition.mapping import ControlMapping, MappingHead, MappingRow, MappingSource, MappingTarget
from recognition.relation import Relation
from verifier.errors import RefusedError
from verifier.scheme.rule import Words

INVERSES: dict[Relation, Relation] = {
    "equal-to": "equal-to",
    "equivalent-to": "equivalent-to",
    "superset-of": "subset-of",
    "subset-of": "superset-of",
    "intersects-with": "intersects-with",
    "no-relationship": "no-relationship",
}
WATERMARK = Words(
    ja="草案：逆方向の対応付けを機械的に作成したものです。誰も確認していません。何の根拠にもなりません。",
    en="Draft: turned round by machine from the mapping of the other direction. Unchecked: it decides nothing.",
)


@dataclass(frozen=True)
class Inverse:
    """The draft, and the rows of the mapping that have no inverse."""

    head: MappingHead
    rows: tuple[MappingRow, ...]
    joint: tuple[MappingRow, ...]
    qualified: tuple[MappingRow, ...]


def inverse(mapping: ControlMapping, *, version: str | None = None) -> Inverse:
    """Return the draft of the reverse onto one version of the source scheme: the last one named unless told.

    Raises RefusedError for a version on which the mapping was not drawn.
    """
    source = mapping.head.source
    wanted = version or source.versions[-1]
    if wanted not in source.versions:
        known = ", ".join(source.versions)
        raise RefusedError(f"{mapping.head.id} was not drawn on version {wanted!r}", hint=f"It was drawn on: {known}")
    head = MappingHead(
        id=f"{mapping.head.id}-inverse"[:64],
        status="draft",
        notice=WATERMARK,
        source=MappingSource(scheme=mapping.head.target.scheme, versions=(mapping.head.target.version,)),
        target=MappingTarget(scheme=source.scheme, version=wanted),
    )
    joint = tuple(row for row in mapping.rows if len(row.sources) > 1)
    qualified = tuple(row for row in mapping.rows if row.qualifier and len(row.sources) == 1)
    plain = (row for row in mapping.rows if not row.qualifier and len(row.sources) == 1)
    return Inverse(head, tuple(_turned(plain)), joint, qualified)


def _turned(rows: Iterable[MappingRow]) -> Iterable[MappingRow]:
    ordered = sorted(rows, key=lambda row: (min(row.sources), row.number))
    for number, row in enumerate(ordered, 2):
        yield MappingRow(number, frozenset({row.target}), min(row.sources), INVERSES[row.relation], row.note_en)
