"""Crosswalk: a mapping file as it is used to draft answers, read out of CSV or out of an OSCAL 1.2 mapping collection.

The two file forms and the relations are those of recognition; here a row only ever proposes. A row may be read in
either direction: what is answered about the source says something about the target, or the other way round.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from verifier.errors import MalformedError, RefusedError
from verifier.scheme.tables import read_rows

Relation = Literal["equal-to", "equivalent-to", "superset-of", "subset-of", "intersects-with", "no-relationship"]
RELATIONS: tuple[Relation, ...] = get_args(Relation)
INVERSE: dict[Relation, Relation] = {"superset-of": "subset-of", "subset-of": "superset-of"}
COLUMNS = ("source_ids", "target_id", "relation", "note_en")
QUALIFIED = ("source_ids", "target_id", "relation", "qualifier", "note_en")
QUALIFIERS = ("", "addressable", "restricted", "blocked")
_HINT = f"Relations: {', '.join(RELATIONS)}"


@dataclass(frozen=True)
class Link:
    """All of ``known`` together stand in the relation to all of ``wanted``; one of the two is a single id."""

    known: frozenset[str]
    wanted: frozenset[str]
    relation: Relation

    @property
    def inverse(self) -> Link:
        """The same row read from its target."""
        return Link(self.wanted, self.known, INVERSE.get(self.relation, self.relation))


@dataclass(frozen=True)
class Crosswalk:
    """The rows of a mapping from its sources to its targets, and the state that its author gives it."""

    links: tuple[Link, ...]
    status: str = "unknown"


@dataclass(frozen=True)
class Directed:
    """The rows from what is answered to what is asked; ``left_aside`` is how many name ids of neither sheet."""

    links: tuple[Link, ...]
    left_aside: int


def read_crosswalk(data: bytes, *, filename: str, head: bytes | None = None) -> Crosswalk:
    """Return the mapping of a file; ``head`` is the NAME.toml beside a CSV. Raises MalformedError with the place."""
    if data.lstrip()[:1] == b"{":
        return _oscal(data, filename)
    links = []
    columns = QUALIFIED if data.startswith(",".join(QUALIFIED).encode()) else COLUMNS
    for row in read_rows(data, file=filename, columns=columns):
        sources, relation = frozenset(row["source_ids"].split()), _relation(row["relation"])
        qualifier = row.cells.get("qualifier", "").partition(":")[0]
        if not sources or not row["target_id"] or relation is None or qualifier not in QUALIFIERS:
            raise row.fault(f"needs sources, a target, a relation and at most a known qualifier; {_HINT}")
        links.append(Link(sources, frozenset({row["target_id"]}), _limited(relation, qualifier)))
    return Crosswalk(tuple(links), _status(head))


def between(crosswalk: Crosswalk, *, known: Collection[str], wanted: Collection[str]) -> Directed:
    """Return the rows from what is answered to what is asked, turned round where the mapping runs the other way.

    Raises RefusedError when the mapping speaks of other ids.
    """
    forward = [named for link in crosswalk.links if (named := _named(link, known, wanted))]
    backward = [named for link in crosswalk.links if (named := _named(link.inverse, known, wanted))]
    found = forward if len(forward) >= len(backward) else backward
    if not found:
        raise RefusedError(
            "the mapping names no item of the one sheet together with one of the other",
            hint="Is it a mapping between these two questionnaires, at this level?",
        )
    return Directed(tuple(found), len(crosswalk.links) - len(found))


def _named(link: Link, known: Collection[str], wanted: Collection[str]) -> Link | None:
    mine, asked = _ids(link.known, known), _ids(link.wanted, wanted)
    return replace(link, known=mine, wanted=asked) if mine and asked else None


def _ids(ids: frozenset[str], among: Collection[str]) -> frozenset[str] | None:
    found = {name if name in among else _without_prefix(name) for name in ids}
    return frozenset(found) if all(name in among for name in found) else None


def _without_prefix(name: str) -> str:
    """An OSCAL token must not begin with a digit, so ids that do carry a prefix such as ``scs-``."""
    return re.sub(r"^[A-Za-z_][A-Za-z_.]*-(?=[0-9])", "", name)


def _oscal(data: bytes, filename: str) -> Crosswalk:
    try:
        collection = json.loads(data)["mapping-collection"]
        maps = [one for mapping in collection["mappings"] for one in mapping["maps"]]
        status = str(collection.get("provenance", {}).get("status", "unknown"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise MalformedError(f"{filename}: not an OSCAL mapping collection") from error
    return Crosswalk(tuple(_oscal_links(maps, filename)), status)


def _oscal_links(maps: list[Mapping[str, Any]], filename: str) -> Iterator[Link]:
    for number, one in enumerate(maps, 1):
        try:
            relation = _relation(str(one["relationship"]))
            sources, targets = (frozenset(str(ref["id-ref"]) for ref in one[side]) for side in ("sources", "targets"))
        except (KeyError, TypeError) as error:
            raise MalformedError(f"{filename}, map {number}: a relationship, sources and targets are needed") from error
        if relation is None or not sources or not targets or min(len(sources), len(targets)) > 1:
            complaint = "needs a known relation, and one of the two sides is a single id"
            raise MalformedError(f"{filename}, map {number}: {complaint}", hint=_HINT)
        yield Link(sources, targets, _limited(relation, *_categories(one)))


def _categories(one: Mapping[str, Any]) -> tuple[str, ...]:
    qualifiers = one.get("qualifiers", [])
    found = qualifiers if isinstance(qualifiers, list) else []
    return tuple(str(qualifier.get("category", "")) for qualifier in found if isinstance(qualifier, dict))


def _limited(relation: Relation, *qualifiers: str) -> Relation:
    """Return the relation that a qualified row proposes by: never more than a part, and nothing where it is blocked."""
    if "blocked" in qualifiers:
        return "no-relationship"
    return "intersects-with" if any(qualifiers) and relation != "no-relationship" else relation


def _status(head: bytes | None) -> str:
    if head is None:
        return "unknown"
    try:
        return str(tomllib.loads(head.decode("utf-8")).get("status", "unknown"))
    except ValueError as error:
        raise MalformedError("the .toml beside the mapping is not TOML") from error


def _relation(word: str) -> Relation | None:
    return next((relation for relation in RELATIONS if relation == word), None)
