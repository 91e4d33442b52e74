"""The foreign schemes and mappings that come with the product, read from its package data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

from recognition.mapping import ControlMapping, parse_mapping, read_head
from recognition.scheme import ForeignScheme, parse_scheme
from verifier.errors import NotFoundError
from verifier.scheme.shipped import load_shipped, shipped_packs

MAPPINGS = "mappings"


def scheme_files() -> dict[str, dict[str, bytes]]:
    """Return the files of every shipped foreign scheme, by the name of its folder."""
    folders = [entry for entry in resources.files("recognition").joinpath("catalogue").iterdir() if entry.is_dir()]
    return {
        folder.name: {file.name: file.read_bytes() for file in folder.iterdir()}
        for folder in sorted(folders, key=lambda folder: folder.name)
        if folder.name != MAPPINGS
    }


def mapping_files() -> dict[str, dict[str, bytes]]:
    """Return the two files of every shipped mapping, by its name."""
    found: dict[str, dict[str, bytes]] = {}
    folder = resources.files("recognition").joinpath("catalogue", MAPPINGS)
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        found.setdefault(file.name.rpartition(".")[0], {})[file.name] = file.read_bytes()
    return found


@cache
def shipped_schemes() -> tuple[ForeignScheme, ...]:
    """Return every shipped foreign scheme, sorted by id."""
    return tuple(sorted(map(parse_scheme, scheme_files().values()), key=lambda scheme: scheme.id))


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
    files = mapping_files().get(name)
    if files is None:
        known = ", ".join(mapping_files())
        raise NotFoundError(f"the mapping {name!r} is not in the catalogue", hint=f"In the catalogue: {known}")
    return read_between(files)


def read_between(files: Mapping[str, bytes]) -> ControlMapping:
    """Return the mapping of these two files between schemes that are shipped. Raises MalformedError, NotFoundError."""
    sources, targets = mapping_ids(files)
    return parse_mapping(files, sources=sources, targets=targets)


def mapping_ids(files: Mapping[str, bytes]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the ids that a mapping's sources and targets may name, from the shipped scheme or pack of its head.

    Raises MalformedError when the files are not a mapping, NotFoundError when its scheme or pack is not shipped.
    """
    head, _ = read_head(files)
    return ids_of(head.source.scheme, head.source.versions[0]), ids_of(head.target.scheme, head.target.version)


def ids_of(scheme: str, version: str) -> frozenset[str]:
    """Return the ids that a mapping may name of a scheme: controls of a foreign one, criteria of a pack.

    Raises NotFoundError.
    """
    if any(pack.scheme == scheme for pack in shipped_packs()):
        return frozenset(criterion.id for criterion in load_shipped(scheme, version).criteria)
    return load_scheme(scheme).control_ids


def names_at_hand() -> dict[str, dict[str, frozenset[str]]]:
    """Return by scheme and version the ids that a mapping may name: controls of foreign schemes, criteria of packs."""
    found = {
        scheme.id: {version.id: scheme.control_ids for version in scheme.head.versions} for scheme in shipped_schemes()
    }
    for pack in shipped_packs():
        found.setdefault(pack.scheme, {})[pack.version] = frozenset(criterion.id for criterion in pack.criteria)
    return found
