"""Histories of single objects without a replay: from the directory's proven record back along ``prev``.

It is a ``KeyBook`` too: a body's key is found by the history of the key itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verifier.audit.plane import optional
from verifier.directory.files import parse_index, prove_from_shard, shard_of, shard_path
from verifier.directory.proven import POINTER, index_path
from verifier.directory.record import ObjectRecord
from verifier.directory.tree import look_up
from verifier.encoding import read_object, unb64u
from verifier.errors import EvidenceError, MalformedError, NotFoundError, RefusedError
from verifier.log.merkle import leaf_hash, verify_inclusion
from verifier.log.tree import inclusion_path
from verifier.names import key_uri, parse_name
from verifier.replay.machines import next_state
from verifier.replay.records import Entry, KeyRecord, fold_key
from verifier.statement import parse_statement
from verifier.statement.public import DirectoryPublished

if TYPE_CHECKING:
    from verifier.audit.heads import Head
    from verifier.gather import Fetcher
    from verifier.log.tile import TileReader
    from verifier.statement import Statement

MOST_ENTRIES = 1000


@dataclass(frozen=True)
class Step:
    """One entry about an object and the state that it led to."""

    index: int
    type: str
    dated: int
    state: str
    is_explained: bool

    def members(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {
            "entry": self.index,
            "type": self.type,
            "dated": self.dated,
            "state": self.state,
            "this": self.is_explained,
        }


@dataclass(frozen=True)
class History:
    """The entries about an object in order. ``is_whole``: the directory proves that the last one is the last."""

    steps: tuple[Step, ...]
    is_whole: bool


class Histories:
    """Finds histories in what one checkpoint covers."""

    def __init__(self, fetcher: Fetcher, reader: TileReader, head: Head) -> None:
        self._fetcher = fetcher
        self._reader = reader
        self._head = head
        self._directory = self._published()
        self._keys: dict[str, KeyRecord | None] = {}

    def of(self, uri: str, index: int) -> History:
        """Return the history of an object about which the entry at ``index`` is. Raises UnavailableError."""
        newest = self._newest(uri)
        chain = self._chain(newest if newest is not None and newest >= index else index)
        is_whole = newest is not None and newest >= index and index in dict(chain)
        if not is_whole:
            chain = self._chain(index)
        steps, state = [], None
        for at, one in chain:
            try:
                state = next_state(parse_name(uri).kind, state, one.type)
            except RefusedError:
                state = one.type.partition(".")[2]
            steps.append(Step(at, one.type, one.iat, state, at == index))
        return History(tuple(steps), is_whole)

    def body_key(self, kid: str) -> KeyRecord | None:
        """Return the record of a body's key, by the history of the key. Raises UnavailableError."""
        if kid not in self._keys:
            self._keys[kid] = self._key(kid)
        return self._keys[kid]

    def _key(self, kid: str) -> KeyRecord | None:
        if self._directory is None:
            return None
        host = parse_name(self._directory[1].object).host
        newest = self._newest(key_uri(host, kid))
        record: KeyRecord | None = None
        for index, statement in self._chain(newest) if newest is not None else []:
            record = fold_key(record, Entry(index, leaf_hash(statement.entry), statement))
        return record

    def _published(self) -> tuple[int, Statement] | None:
        data = optional(self._fetcher, POINTER)
        try:
            entry = read_object(data or b"").get("entry")
            if not isinstance(entry, int) or not 0 <= entry < self._head.size:
                return None
            return entry, self._statement(entry)
        except (EvidenceError, NotFoundError):
            return None

    def _newest(self, uri: str) -> int | None:
        """Return the index of the object's newest entry as the directory proves it, None where it proves none."""
        if self._directory is None or not isinstance(public := self._directory[1].public, DirectoryPublished):
            return None
        if uri == self._directory[1].object:
            return self._directory[0]
        try:
            index = parse_index(self._fetcher.fetch(index_path(public.size)))
            shard = self._fetcher.fetch(shard_path(index, shard_of(uri, index.bits)))
            proof = prove_from_shard(index, shard, uri)
            record = look_up(proof, uri, bits=public.bits, root=unb64u(public.root))
        except (EvidenceError, NotFoundError):
            return None
        return record.head if isinstance(record, ObjectRecord) else None

    def _chain(self, newest: int) -> list[tuple[int, Statement]]:
        """Return the entries from an object's first one to the newest, in order. Raises EvidenceError."""
        chain: list[tuple[int, Statement]] = []
        at: int | None = newest
        while at is not None and len(chain) < MOST_ENTRIES:
            statement = self._statement(at)
            chain.append((at, statement))
            if statement.prev is not None and statement.prev >= at:
                raise MalformedError("an entry names a later one as its previous one")
            at = statement.prev
        return chain[::-1]

    def _statement(self, index: int) -> Statement:
        data = self._reader.entry(index)
        path = inclusion_path(self._reader, index, self._head.size)
        verify_inclusion(leaf=leaf_hash(data), index=index, size=self._head.size, path=path, root=self._head.root)
        return parse_statement(data)
