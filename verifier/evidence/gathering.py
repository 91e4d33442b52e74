"""Gathering the evidence of seals from the published read plane: nothing in it is judged here, see sealing.py.

A checkpoint is kept for ever under its size. The smallest size above an entry's index dates it best: in a folder it is
found by its name, over HTTP by asking for the next sizes one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from verifier.errors import NotFoundError
from verifier.evidence.sealing import SealEvidence, SealProof
from verifier.gather import gather_object
from verifier.log.checkpoint import SignedCheckpoint
from verifier.log.tile import TileReader
from verifier.log.tlog_proof import TlogProof
from verifier.log.tree import inclusion_path
from verifier.statement import parse_statement

if TYPE_CHECKING:
    from verifier.gather import Fetcher
    from verifier.log.tree import NodeReader

MOST_LOOKS = 64
"""How many sizes are asked for over HTTP; beyond them the newest checkpoint dates the entry, later than it was."""

CHECKPOINTS = "log/checkpoints"


class Names(Protocol):
    """Names what a published folder holds."""

    def names(self, folder: str) -> list[str]:
        """Return the names directly below a folder of the plane."""
        ...


def gather_seals(fetcher: Fetcher, object: str, *, listing: Names | None = None) -> SealEvidence:
    """Return the evidence about every seal of an object that the directory knows of.

    Raises NotFoundError when there is no directory, UnavailableError when the plane cannot be reached, MalformedError
    when what it serves cannot be read.
    """
    bundle = gather_object(fetcher, object)
    latest = SignedCheckpoint.parse(bundle.latest or b"")
    reader = TileReader(fetcher.fetch, latest.checkpoint.size)
    proofs = []
    for logged in bundle.statements:
        statement = parse_statement(logged.compact)
        if statement.object == object:
            covering = _covering(fetcher, listing, logged.index, latest)
            anchor = _optional(fetcher, f"{CHECKPOINTS}/{statement.anchor.size}") if statement.anchor else None
            proofs.append(SealProof(_proof(reader, logged.index, statement.entry, covering), anchor))
    return SealEvidence(bundle, tuple(proofs))


def _covering(fetcher: Fetcher, listing: Names | None, index: int, latest: SignedCheckpoint) -> SignedCheckpoint:
    newest = latest.checkpoint.size
    for size in _sizes(listing, index, newest):
        data = _optional(fetcher, f"{CHECKPOINTS}/{size}")
        if data is not None:
            return SignedCheckpoint.parse(data)
    return latest


def _sizes(listing: Names | None, index: int, newest: int) -> Iterable[int]:
    if listing is None:
        return range(index + 1, min(index + 1 + MOST_LOOKS, newest))
    kept = (int(name) for name in listing.names(CHECKPOINTS) if name.isascii() and name.isdigit() and len(name) < 19)
    return sorted(size for size in kept if index < size < newest)[:1]


def _proof(reader: NodeReader, index: int, entry: bytes, covering: SignedCheckpoint) -> bytes:
    path = inclusion_path(reader, index, covering.checkpoint.size)
    return TlogProof(index, tuple(path), covering, entry).serialize()


def _optional(fetcher: Fetcher, path: str) -> bytes | None:
    try:
        return fetcher.fetch(path)
    except NotFoundError:
        return None
