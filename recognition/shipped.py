"""The foreign schemes and mappings that come with the product, read from its package data."""

from __future__ import annotations

from functools import cache
from importlib import resources

from recognition.mapping import ControlMapping, parse_mapping, read_head
from recognition.scheme import ForeignScheme, parse_scheme
from verifier.errors import NotFoundError
from verifier.scheme.shipped import load_shipped

MAPPINGS = "mappings"


@cache
def shipped_schemes() -> tuple[ForeignScheme, ...]:
    """Return every shipped foreign scheme, sorted by id."""
    folders = [entry for entry in resources.files("recognition").joinpath("catalogue").iterdir() if entry.is_dir()]
    schemes = (
        parse_scheme({file.name: file.read_bytes() for file in folder.iterdir()})
        for folder in folders
        if folder.name != MAPPINGS
    )
    return tuple(sorted(schemes, key=lambda scheme: scheme.id))


def load_scheme(scheme: str) -> ForeignScheme:
    """Return the shipped foreign scheme of that id. Raises NotFoundError."""
    for found in shipped_schemes():
        if found.id == scheme:
            return found
    known = ", ".join(found.id for found in shipped_schemes())
    raise NotFoundError(f"the scheme {scheme!r} is not in the catalogue", hint=f"In the catalogue: {known}")


@cache
def load_mapping(name: str) -> ControlMapping:
    """Return the shipped mapping of that name. Raises NotFoundError."""
    folder = resources.files("recognition").joinpath("catalogue", MAPPINGS)
    wanted = {f"{name}.toml", f"{name}.csv"}
    files = {file.name: file.read_bytes() for file in folder.iterdir() if file.name in wanted}
    if files.keys() != wanted:
        raise NotFoundError(f"the mapping {name!r} is not in the catalogue")
    sources, targets = mapping_ids(files)
    return parse_mapping(files, sources=sources, targets=targets)


def mapping_ids(files: dict[str, bytes]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the ids that a mapping's sources and targets may name, from the shipped scheme and pack of its head.

    Raises MalformedError when the files are not a mapping, NotFoundError when its scheme or pack is not shipped.
    """
    head, _ = read_head(files)
    pack = load_shipped(head.target.scheme, head.target.version)
    return load_scheme(head.source.scheme).control_ids, frozenset(criterion.id for criterion in pack.criteria)
