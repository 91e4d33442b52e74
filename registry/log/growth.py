"""The growth of the log: its new tiles and entry bundles, proven before anything is signed.

The proofs are made from the very bytes that will be served, so a checkpoint never covers tiles that say otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.errors import PublishRefusedError
from registry.rows import queries
from verifier.errors import EvidenceError, NotFoundError
from verifier.log.merkle import HASH_BYTES, leaf_hash, verify_consistency
from verifier.log.tile import TILE_WIDTH, TileReader, encode_entries, entries_path, tiles_between
from verifier.log.tree import consistency_path, root_at

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from registry.publishing.files import PublicFolder
    from registry.publishing.signer_store import SignedHead
    from registry.rows.queries import LogSize


class Growth:
    """The files that growth from ``start`` entries to the committed size adds, and the proofs over them."""

    def __init__(self, connection: Connection, public: PublicFolder, *, start: int, head: LogSize) -> None:
        """Read what is new. Raises PublishRefusedError when the rows contradict each other."""
        self.head = head
        self.files: dict[str, bytes] = {}
        self._public = public
        for tile in tiles_between(start, head.size):
            data = queries.tile(connection, tile.level, tile.index)[: tile.width * HASH_BYTES]
            self.files[tile.path] = data
            if tile.level == 0:
                self._add_bundle(connection, tile.index, tile.width, data)
        self.reader = TileReader(self._fetch, head.size)

    def check(self, signed: SignedHead | None) -> None:
        """Prove that the tiles lead to the committed root and extend what was signed last.

        Raises PublishRefusedError.
        """
        try:
            if root_at(self.reader, self.head.size) != self.head.root:
                raise PublishRefusedError("the tiles of the log do not lead to its root")
            if signed is not None:
                path = self.consistency_from(signed.size)
                verify_consistency(
                    old_size=signed.size,
                    new_size=self.head.size,
                    old_root=signed.root,
                    new_root=self.head.root,
                    path=path,
                )
        except EvidenceError as error:
            raise PublishRefusedError(f"the log does not extend what was signed: {error.message}") from error

    def consistency_from(self, size: int) -> list[bytes]:
        """Return the consistency proof from an older size."""
        return consistency_path(self.reader, size, self.head.size)

    def write(self) -> None:
        """Publish the files. Raises PublishRefusedError when one was published with other bytes."""
        for path, data in self.files.items():
            self._public.write_once(path, data)

    def _add_bundle(self, connection: Connection, index: int, width: int, hashes: bytes) -> None:
        start = index * TILE_WIDTH
        stored = [entry.statement for entry in queries.entries(connection, start, start + width)]
        if b"".join(map(leaf_hash, stored)) != hashes:
            raise PublishRefusedError(f"the entries from {start} on are not those that the tiles were made from")
        self.files[entries_path(index, width)] = encode_entries(stored)

    def _fetch(self, path: str) -> bytes:
        data = self.files.get(path) or self._public.read(path)
        if data is None:
            raise NotFoundError(f"nothing is published at {path}")
        return data
