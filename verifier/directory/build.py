"""The directory of a log's state: a pure function of its entries, which every monitor computes again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.directory.changes import changes_since
from verifier.directory.growing import Epoch, GrowingDirectory
from verifier.replay.state import LogState, replay

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.directory.tree import DirectoryTree
    from verifier.statement import Statement


@dataclass(frozen=True)
class BuiltDirectory(Epoch):
    """One epoch with all its shards, and its tree."""

    tree: DirectoryTree


def build_directory(state: LogState, *, bits: int | None = None) -> BuiltDirectory:
    """Return the directory over all entries of the state."""
    growing = GrowingDirectory(bits=bits)
    epoch = growing.advance(changes_since(state, 0))
    return BuiltDirectory(**vars(epoch), tree=growing.tree)


def rebuild_directory(host: str, entries: Sequence[tuple[Statement, bytes]], *, size: int) -> BuiltDirectory:
    """Return an epoch again, byte for byte, out of the statements and leaf hashes of the log.

    Raises RefusedError for entries that no log of this host can hold in this order.
    """
    return build_directory(replay(host, list(entries[:size])))
