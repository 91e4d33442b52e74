"""Simulations that were run: each pins its terms, its list and its question byte for byte, so it can be made again.

What is shown of a simulation is never kept but decided anew from these files: the same files give the same receipts.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from recognition.agreement_folder import read_folder
from recognition.console.certificates import read_certificates
from recognition.console.operator_folder import OperatorFolder, write_once
from recognition.console.simulation import (
    Simulated,
    Terms,
    compare_mapping,
    compare_suspended,
    in_force_since,
    questions,
    simulate,
)
from recognition.mapping import parse_mapping
from recognition.treaty import parse_treaty
from verifier.edge.packs import load_pack
from verifier.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from recognition.mapping import ControlMapping
    from recognition.preview import Affected
    from verifier.scheme.pack import SchemePack

KIND = "simulations"
ASKED, LIST, TERMS, OTHER = "asked.json", "certificates.csv", "terms", "other"
SUSPENDED = "suspended"


@dataclass(frozen=True)
class Asked:
    """What a simulation asks: under what, up to which tier, as of when, and what it is compared with.

    ``begins`` is since when the agreement is taken to be in force. ``compare`` is empty, ``suspended``, or names the
    mapping beside it.
    """

    name: str
    tier: int
    as_of: int
    begins: int
    compare: str
    by: str
    at: int


@dataclass(frozen=True)
class Run:
    """A simulation, decided anew."""

    asked: Asked
    pack: SchemePack
    sha256: str
    results: tuple[Simulated, ...]
    affected: tuple[Affected, ...]


class SimulationStore:
    """The simulations of one operator's folder."""

    def __init__(self, folder: OperatorFolder) -> None:
        self._folder = folder

    def keep(
        self, asked: Asked, terms: Mapping[str, bytes], certificates: bytes, other: Mapping[str, bytes] | None = None
    ) -> int:
        """Keep a simulation and return its number, once it can be run. Raises what running it raises."""
        with self._folder.alone():
            no = max(self.numbers(), default=0) + 1
            files = {ASKED: json.dumps(asdict(asked), ensure_ascii=False).encode(), LIST: certificates}
            files |= {f"{TERMS}/{name}": data for name, data in terms.items()}
            files |= {f"{OTHER}/{name}": data for name, data in (other or {}).items()}
            _run(asked, terms, certificates, other)
            write_once(self._folder.path / KIND / str(no), files)
        return no

    def numbers(self) -> list[int]:
        """Return the numbers of the simulations that are kept, in order."""
        return sorted(int(one) for one in self._folder.names(KIND) if one.isdecimal())

    def asked(self, no: int) -> Asked:
        """Return what a simulation asks. Raises NotFoundError."""
        file = self._place(no) / ASKED
        return Asked(**json.loads(file.read_text("utf-8")))

    def run(self, no: int) -> Run:
        """Decide a simulation anew. Raises NotFoundError."""
        place = self._place(no)
        other = read_folder(place / OTHER) if (place / OTHER).is_dir() else None
        return _run(self.asked(no), read_folder(place / TERMS), (place / LIST).read_bytes(), other)

    def _place(self, no: int) -> Path:
        place = self._folder.path / KIND / str(no)
        if not (place / ASKED).is_file():
            raise NotFoundError(f"there is no simulation {no}")
        return place


def _run(asked: Asked, terms: Mapping[str, bytes], certificates: bytes, other: Mapping[str, bytes] | None) -> Run:
    treaty = parse_treaty(terms, pack_of=load_pack)
    pack = load_pack(treaty.terms.home.scheme, treaty.terms.home.version)
    under = Terms(in_force_since(treaty.agreement, asked.begins), treaty.scheme, treaty.mappings, pack)
    listed = read_certificates(certificates, treaty.scheme, filename=LIST)
    cases = questions(under, listed, tier=asked.tier, as_of=asked.as_of)
    affected: list[Affected] = []
    if asked.compare == SUSPENDED:
        affected = compare_suspended(cases, asked.as_of)
    elif other is not None:
        affected = compare_mapping(cases, _other(other, treaty.scheme.control_ids, pack))
    return Run(asked, pack, treaty.sha256, tuple(simulate(cases)), tuple(affected))


def _other(files: Mapping[str, bytes], sources: frozenset[str], pack: SchemePack) -> ControlMapping:
    return parse_mapping(files, sources=sources, targets=[one.id for one in pack.criteria])
