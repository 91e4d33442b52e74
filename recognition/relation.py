"""The relations of OSCAL 1.2's control mapping. The subject of the verb is the source.

Only three of them say that holding the source means meeting the target. OSCAL's own JSON schema lets any word through.
"""

from __future__ import annotations

from typing import Literal, get_args

Relation = Literal["equal-to", "equivalent-to", "superset-of", "subset-of", "intersects-with", "no-relationship"]

RELATIONS: tuple[Relation, ...] = get_args(Relation)
COVERING: frozenset[Relation] = frozenset({"equal-to", "equivalent-to", "superset-of"})
"""The source contains the target, so meeting all of the source means meeting all of the target."""


def parse_relation(text: str) -> Relation | None:
    """Return the relation, or None for a word outside the vocabulary."""
    for relation in RELATIONS:
        if text == relation:
            return relation
    return None
