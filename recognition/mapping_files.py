"""Scheme and mapping files on a disk: a folder with a scheme, a pair NAME.toml and NAME.csv, an OSCAL document.

The only part of recognition's data side that touches files. Where nothing is named it is the shipped catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from recognition.finding import RecognitionFinding
from recognition.mapping import ControlMapping, parse_mapping, read_head
from recognition.mapping_lint import lint_mapping
from recognition.oscal_reading import read_collection
from recognition.scheme import FILES, read_scheme
from recognition.scheme_head import HEAD
from recognition.shipped import mapping_files, names_at_hand, scheme_files
from verifier.errors import NotFoundError, WrongUseError

Pair = Mapping[str, bytes]


@dataclass
class Found:
    """What lies at the places that were named, each under the name by which it is spoken of."""

    schemes: dict[str, Pair] = field(default_factory=dict)
    mappings: dict[str, Pair] = field(default_factory=dict)
    documents: dict[str, bytes] = field(default_factory=dict)


def find(places: Iterable[Path]) -> Found:
    """Return what lies there; without a place the shipped catalogue. Raises WrongUseError for what is not there."""
    named = tuple(places)
    if not named:
        return Found({name: dict(one) for name, one in scheme_files().items()}, dict(mapping_files()))
    found = Found()
    for place in named:
        _add(place, found)
    return found


def findings(found: Found) -> Iterator[tuple[str, tuple[RecognitionFinding, ...]]]:
    """Yield for each thing its name and what the linter says. Schemes found here count beside the shipped ones."""
    known: dict[str, dict[str, frozenset[str]]] = names_at_hand()
    for name, files in found.schemes.items():
        scheme, told = read_scheme(files)
        if scheme is not None:
            known[scheme.id] = {version.id: scheme.control_ids for version in scheme.head.versions}
        yield name, told
    for name, files in found.mappings.items():
        yield name, lint_mapping(files, known=known)
    for name, data in found.documents.items():
        yield name, read_collection(data, file=name, known=known)[1]


def named_mapping(place: str) -> tuple[ControlMapping, frozenset[str], frozenset[str]]:
    """Return a mapping by path or by the name of a shipped one, with the ids of both its schemes.

    Raises MalformedError, NotFoundError where it or one of its schemes is not at hand, WrongUseError for half a pair.
    """
    files: Pair | None = mapping_files().get(place)
    if files is None:
        path = Path(place)
        if path.suffix not in (".toml", ".csv") or not path.exists():
            hint = f"Write NAME.toml or NAME.csv, or one of: {', '.join(mapping_files())}."
            raise NotFoundError(f"there is no mapping {place!r}", hint=hint)
        files = _pair(path)
    head, _ = read_head(files)
    known = names_at_hand()
    sources = [_ids(known, head.source.scheme, version) for version in head.source.versions]
    targets = _ids(known, head.target.scheme, head.target.version)
    common = frozenset.intersection(*sources)
    return parse_mapping(files, sources=common, targets=targets), common, targets


def _ids(known: Mapping[str, Mapping[str, frozenset[str]]], scheme: str, version: str) -> frozenset[str]:
    found = known.get(scheme, {}).get(version)
    if found is None:
        raise NotFoundError(f"the scheme {scheme} {version} is not at hand")
    return found


def _add(place: Path, found: Found) -> None:
    if (place / HEAD).is_file():
        names = (one for one in place.iterdir() if one.is_file())
        # A stray file is for the linter to name, but not one that an editor or system hides beside it.
        found.schemes[place.name] = {one.name: one.read_bytes() for one in names if not one.name.startswith(".")}
    elif place.is_dir():
        for inside in sorted(place.iterdir()):
            if inside.is_dir() or inside.suffix in (".toml", ".csv"):
                _add(inside, found)
    elif place.name in FILES and place.is_file():
        _add(place.parent, found)
    elif place.suffix == ".json" and place.is_file():
        found.documents[place.name] = place.read_bytes()
    elif place.suffix in (".toml", ".csv"):
        found.mappings[place.stem] = _pair(place)
    else:
        raise WrongUseError(f"{place} is missing, or neither a folder, TOML, CSV nor JSON")


def _pair(place: Path) -> Pair:
    paths = (place.with_suffix(".toml"), place.with_suffix(".csv"))
    for path in paths:
        if not path.is_file():
            raise WrongUseError(
                f"{path} is missing", hint="A mapping is two files of one name: NAME.toml and NAME.csv."
            )
    return {path.name: path.read_bytes() for path in paths}
