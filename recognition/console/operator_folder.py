"""The foreign operator's folder: who it is, its schemes, its mappings and its agreements, as plain files.

    operator.toml                 who speaks, where the home registry answers, which trust root is pinned
    schemes/ID/                   a scheme as two files; a scheme of the catalogue need not stand here
    mappings/ID/                  a mapping at work, its history, and its releases, which never change
    agreements/ID/                an agreement at work, its history, what was signed and what came back
    keys/foreign-operator.pem             the operator's key; its passphrase is nowhere in the folder

Reading and writing only: what a mapping or an agreement is stands elsewhere in ``recognition``.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from recognition.scheme import parse_scheme
from recognition.scheme_head import HEAD
from recognition.shipped import load_scheme, names_at_hand, scheme_files
from verifier.edge.one_at_a_time import one_at_a_time
from verifier.edge.packs import installed_packs
from verifier.edge.root_store import read_root
from verifier.errors import NotFoundError, UnavailableError, WrongUseError
from verifier.names import LABEL
from verifier.schema import Closed, Count, Label, Many
from verifier.scheme.rule import SchemeId
from verifier.scheme.tables import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from recognition.scheme import ForeignScheme
    from verifier.trust.root import TrustRoot

OPERATOR = "operator.toml"
HISTORY = "history.jsonl"
_WRITTEN = """\
# The foreign operator: how the home registry lists it, and where that registry answers.
host = "{host}"
no = {no}
holder = "{holder}"
key_no = 1
schemes = [{schemes}]
root = "trust-root.json"
read = "{read}"
api = "{api}"
"""

_Address = Annotated[str, Field(pattern=r"^https?://[^\s\"<>]{1,200}$")]


class Operator(Closed):
    """The document ``operator.toml``."""

    host: Annotated[str, Field(max_length=200)]
    no: Count
    holder: Label
    key_no: Count = 1
    schemes: Annotated[Many[SchemeId], Field(min_length=1)]
    root: Annotated[str, Field(max_length=200)] = "trust-root.json"
    read: _Address
    api: _Address


@dataclass(frozen=True)
class Noted:
    """One line of a history: when, who (the account's id and name), what, and about what."""

    at: int
    person: str
    name: str
    what: str
    about: str = ""


class OperatorFolder:
    """One operator's folder on a disk."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def operator(self) -> Operator:
        """Return who speaks. Raises NotFoundError, MalformedError."""
        file = self.path / OPERATOR
        if not file.is_file():
            raise NotFoundError(f"{file} is missing", hint="`shirushi foreign init` makes a folder.")
        return read_toml(file.read_bytes(), Operator, file=OPERATOR)

    def root(self) -> TrustRoot:
        """Return the trust root that this folder pins. Raises NotFoundError, WrongUseError, TrustRootError."""
        return read_root(self.path / self.operator().root)

    @property
    def key(self) -> Path:
        """Where the operator's key is kept."""
        return self.path / "keys" / "foreign-operator.pem"

    def place(self, kind: str, name: str) -> Path:
        """Return the folder of a mapping or an agreement. Raises NotFoundError for what cannot be a name."""
        if not LABEL.fullmatch(name):
            raise NotFoundError("there is nothing of that name")
        return self.path / kind / name

    def names(self, kind: str) -> list[str]:
        """Return the names of what lies there, in order."""
        folder = self.path / kind
        return sorted(one.name for one in folder.iterdir() if LABEL.fullmatch(one.name)) if folder.is_dir() else []

    def own_scheme(self, scheme: str) -> dict[str, bytes] | None:
        """Return the files of a scheme of this folder, None where it is not here."""
        folder = self.place("schemes", scheme)
        if not (folder / HEAD).is_file():
            return None
        return {one.name: one.read_bytes() for one in sorted(folder.iterdir()) if one.is_file()}

    def scheme_files(self, scheme: str) -> dict[str, bytes]:
        """Return the files of a scheme of this folder or of the catalogue. Raises NotFoundError."""
        found = self.own_scheme(scheme) or scheme_files().get(scheme)
        if found is None:
            load_scheme(scheme)
            raise NotFoundError(f"the scheme {scheme} is not at hand")
        return found

    def scheme(self, scheme: str) -> ForeignScheme:
        """Return a scheme of this folder or of the catalogue. Raises NotFoundError, MalformedError."""
        return parse_scheme(self.scheme_files(scheme))

    def known(self) -> dict[str, dict[str, frozenset[str]]]:
        """Return by scheme and version the ids that a mapping may name; the folder stands before the rest."""
        found: dict[str, dict[str, frozenset[str]]] = names_at_hand()
        for pack in installed_packs():
            ids = frozenset(criterion.id for criterion in pack.criteria)
            found[pack.scheme] = {**found.get(pack.scheme, {}), pack.version: ids}
        for name in self.names("schemes"):
            scheme = self.scheme(name)
            found[scheme.id] = {version.id: scheme.control_ids for version in scheme.head.versions}
        return found

    def note(self, place: Path, line: Noted) -> None:
        """Add a line to the history of what lies there; nothing is ever taken out of it.

        What somebody draws is noted before it is written: who drew it is known also where it was not finished. Raises
        UnavailableError, then there is no line.
        """
        file = place / HISTORY
        size = len(_whole_lines(file))
        try:
            with file.open("ab") as opened:
                # What a power cut left of a last line would swallow this one.
                opened.truncate(size)
                opened.write(json.dumps(asdict(line), ensure_ascii=False).encode() + b"\n")
                opened.flush()
                os.fsync(opened.fileno())
        except OSError as error:
            with suppress(OSError):
                os.truncate(file, size)
            raise UnavailableError("the history cannot be written", hint="Make room on the disk.") from error

    def history(self, place: Path) -> list[Noted]:
        """Return the history of what lies there, oldest first. Raises UnavailableError for one that is damaged."""
        try:
            return [Noted(**json.loads(line)) for line in _whole_lines(place / HISTORY).splitlines()]
        except (ValueError, TypeError) as error:
            raise UnavailableError(f"{HISTORY} is damaged", hint="Mend the file, or restore it.") from error

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep everybody else from writing meanwhile: two people may have the same page open."""
        with one_at_a_time(self.path):
            yield


def _whole_lines(file: Path) -> bytes:
    """Return what ends with the end of a line: what a power cut left of a last one was answered to nobody."""
    data = file.read_bytes() if file.is_file() else b""
    return data[: data.rfind(b"\n") + 1]


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def write_once(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a folder that does not exist yet, whole or not at all. Raises WrongUseError when it is there."""
    if folder.exists():
        raise WrongUseError(f"{folder.name} exists already", hint="Choose another name.")
    unfinished = folder.with_name(f".{folder.name}.{os.getpid()}")
    for name, data in files.items():
        write_file(unfinished / name, data)
    unfinished.rename(folder)


def found_folder(path: Path, *, operator: Operator, root: bytes) -> OperatorFolder:
    """Make an operator's folder. Raises WrongUseError when there is one."""
    if (path / OPERATOR).exists():
        raise WrongUseError(f"{path / OPERATOR} exists", hint="Choose another folder.")
    written = _WRITTEN.format(
        host=operator.host,
        no=operator.no,
        holder=operator.holder,
        schemes=", ".join(f'"{one}"' for one in operator.schemes),
        read=operator.read,
        api=operator.api,
    )
    write_file(path / "trust-root.json", root)
    write_file(path / OPERATOR, written.encode())
    return OperatorFolder(path)
