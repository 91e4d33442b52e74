"""The bundle: everything that a verifier without a network needs to judge one mark.

One JSON file. Statements stand in it as compact tokens with their inclusion in the latest checkpoint. Nothing in a
bundle is trusted because it stands there: verify.py checks all of it against the trust root that the asker pinned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from verifier.directory.tree import BucketProof
from verifier.encoding import b64u, canonical, read_object, unb64u
from verifier.errors import MalformedError
from verifier.schema import Closed, Digest, Index, Many, One, read_model

MAX_BYTES = 4_194_304

_Compact = Annotated[str, Field(max_length=16_384)]
_Note = Annotated[str, Field(max_length=131_072)]


class _Statement(Closed):
    index: Index
    statement: _Compact
    path: Many[Digest]


class _Checkpoint(Closed):
    checkpoint: _Note
    consistency: Many[Digest]


class _First(Closed):
    checkpoint: _Note
    consistency: Many[Digest]
    path: Many[Digest]


class _Bucket(Closed):
    bucket: Index
    lines: Many[Annotated[str, Field(max_length=65_536)]]
    path: Many[Digest]


class _Directory(Closed):
    entry: Index
    anchor: _Checkpoint
    buckets: Many[_Bucket]


class _Bundle(Closed):
    v: One
    log: Annotated[str, Field(max_length=120)]
    mark: _Compact | None = None
    seal: _Compact | None = None
    attestation: _Compact | None = None
    approvals: Many[_Compact]
    statements: Many[_Statement]
    anchor: _Checkpoint | None = None
    first: _First | None = None
    latest: _Note | None = None
    directory: _Directory | None = None
    trust_list: Annotated[str, Field(max_length=4_194_304)] | None = None
    trust_roots: Many[dict[str, Any]]


@dataclass(frozen=True)
class LoggedStatement:
    """A statement's token, its index and its inclusion path in the latest checkpoint."""

    index: int
    compact: str
    path: tuple[bytes, ...]


@dataclass(frozen=True)
class EarlierCheckpoint:
    """An earlier checkpoint and the consistency proof from it to the latest one."""

    note: bytes
    consistency: tuple[bytes, ...]


@dataclass(frozen=True)
class FirstCovering:
    """The first published checkpoint that covers the issuance, with the issuance's inclusion path in it."""

    checkpoint: EarlierCheckpoint
    path: tuple[bytes, ...]


@dataclass(frozen=True)
class DirectoryPart:
    """The directory.published entry's index, its anchor, and the buckets of every object that the verdict asks about.

    The anchor dates the directory, which is over every entry that the anchor covers.
    """

    entry: int
    anchor: EarlierCheckpoint
    buckets: tuple[BucketProof, ...]


@dataclass(frozen=True)
class Bundle:
    """The parts of a bundle; each may be missing, and what is missing cannot be confirmed."""

    log: str
    mark: str | None = None
    seal: str | None = None
    attestation: str | None = None
    approvals: tuple[str, ...] = ()
    statements: tuple[LoggedStatement, ...] = ()
    anchor: EarlierCheckpoint | None = None
    first: FirstCovering | None = None
    latest: bytes | None = None
    directory: DirectoryPart | None = None
    trust_list: str | None = None
    trust_roots: tuple[bytes, ...] = ()

    def serialize(self) -> bytes:
        """Return the bundle's file: canonical JSON and a line feed. Raises StatementError for one that is too long."""
        members = {
            "v": 1,
            "log": self.log,
            "mark": self.mark,
            "seal": self.seal,
            "attestation": self.attestation,
            "approvals": self.approvals,
            "statements": [
                {"index": one.index, "statement": one.compact, "path": _texts(one.path)} for one in self.statements
            ],
            "anchor": _earlier_members(self.anchor) if self.anchor else None,
            "first": _first_members(self.first) if self.first else None,
            "latest": self.latest.decode() if self.latest is not None else None,
            "directory": _directory_members(self.directory) if self.directory else None,
            "trust_list": self.trust_list,
            "trust_roots": [read_object(root) for root in self.trust_roots],
        }
        return canonical(read_model(_Bundle, members, what="bundle").members()) + b"\n"


def parse_bundle(data: bytes) -> Bundle:
    """Return the bundle of a file. Raises MalformedError, StatementError or NewerVersionError."""
    if len(data) > MAX_BYTES:
        raise MalformedError("the bundle is larger than 4 MiB")
    model = read_model(_Bundle, read_object(data), what="bundle")
    return Bundle(
        log=model.log,
        mark=model.mark,
        seal=model.seal,
        attestation=model.attestation,
        approvals=model.approvals,
        statements=tuple(LoggedStatement(one.index, one.statement, _hashes(one.path)) for one in model.statements),
        anchor=_earlier(model.anchor) if model.anchor else None,
        first=_first(model.first) if model.first else None,
        latest=model.latest.encode() if model.latest is not None else None,
        directory=_directory(model.directory) if model.directory else None,
        trust_list=model.trust_list,
        trust_roots=tuple(canonical(root) + b"\n" for root in model.trust_roots),
    )


def _earlier_members(part: EarlierCheckpoint) -> dict[str, Any]:
    return {"checkpoint": part.note.decode(), "consistency": _texts(part.consistency)}


def _first_members(part: FirstCovering) -> dict[str, Any]:
    return {**_earlier_members(part.checkpoint), "path": _texts(part.path)}


def _directory_members(part: DirectoryPart) -> dict[str, Any]:
    buckets = [
        {"bucket": one.bucket, "lines": [line.decode() for line in one.lines], "path": _texts(one.path)}
        for one in part.buckets
    ]
    return {"entry": part.entry, "anchor": _earlier_members(part.anchor), "buckets": buckets}


def _earlier(model: _Checkpoint | _First) -> EarlierCheckpoint:
    return EarlierCheckpoint(model.checkpoint.encode(), _hashes(model.consistency))


def _first(model: _First) -> FirstCovering:
    return FirstCovering(_earlier(model), _hashes(model.path))


def _directory(model: _Directory) -> DirectoryPart:
    buckets = tuple(
        BucketProof(one.bucket, tuple(line.encode() for line in one.lines), _hashes(one.path)) for one in model.buckets
    )
    return DirectoryPart(model.entry, _earlier(model.anchor), buckets)


def _texts(hashes: tuple[bytes, ...]) -> tuple[str, ...]:
    return tuple(b64u(one) for one in hashes)


def _hashes(texts: tuple[str, ...]) -> tuple[bytes, ...]:
    return tuple(unb64u(one) for one in texts)
