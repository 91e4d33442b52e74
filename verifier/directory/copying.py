"""A copy of the directory, for checks without a network: taken once in full, then kept current by deltas.

The copy is a part of the read plane: the pointer, the index, all shards, the trust roots, and beside the index the
proof of the epoch's entry and the statements about what is recognised. Every part is checked before it is kept, what is
kept already is not fetched again, and the pointer moves last: a copy that was interrupted still answers as of its old
epoch.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from verifier.directory.delta import Delta, merged, parse_delta
from verifier.directory.files import IndexFile, open_shard, parse_index, shard_path
from verifier.directory.patch import patched_shards
from verifier.directory.proven import (
    POINTER,
    Pointer,
    ProvenEpoch,
    check_registry,
    delta_path,
    fetch_proof,
    fetch_roots,
    index_path,
    newest_root,
    prove_epoch,
    read_pointer,
)
from verifier.directory.recognitions import newest_recognitions, recognitions_path
from verifier.encoding import canonical
from verifier.errors import EvidenceError, NotFoundError, ProofError, UnavailableError, WrongUseError
from verifier.examine.log_evidence import policy_at
from verifier.log.merkle import verify_consistency
from verifier.log.tile import TileReader
from verifier.log.tlog_proof import TlogProof
from verifier.log.tree import consistency_path
from verifier.names import host_of_log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from verifier.gather import Fetcher
    from verifier.log.checkpoint import SignedCheckpoint
    from verifier.trust.root import TrustRoot

    _At = tuple[SignedCheckpoint, int]

KEPT_EPOCHS = 48
"""How many epochs a registry keeps: further back no chain of deltas leads."""

_ELSEWHERE = "Pull into an empty folder."


class CopyStore(Protocol):
    """Where the copy is kept: files by their paths in the read plane."""

    def fetch(self, path: str) -> bytes:
        """Return a file's bytes. Raises NotFoundError where there is none."""
        ...

    def put(self, path: str, data: bytes) -> None:
        """Keep a file, whole and durable or not at all."""
        ...

    def keep_only(self, paths: set[str]) -> None:
        """Forget every file of the directory but these."""
        ...


@dataclass(frozen=True)
class Pulled:
    """What a pull did: the epoch that the copy is at now, how it got there, and how many bytes were fetched for it."""

    epoch: ProvenEpoch
    way: str
    fetched: int
    shards: int


class _Counting:
    """A fetcher that counts bytes."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self.bytes = 0

    def fetch(self, path: str) -> bytes:
        data = self._fetcher.fetch(path)
        self.bytes += len(data)
        return data


class DirectoryCopy:
    """One copy, judged by the trust root that its owner pinned and by the clock that its owner names."""

    def __init__(self, store: CopyStore, pinned: TrustRoot, *, now: int) -> None:
        self._store = store
        self._pinned = pinned
        self._now = now

    def epoch(self) -> ProvenEpoch:
        """Return the epoch that the copy holds.

        Raises NotFoundError for none, WrongUseError for one of another registry, EvidenceError for a bad one.
        """
        pointer = self._pointer()
        if pointer is None:
            raise NotFoundError("there is no copy of a directory here", hint="Make one: shirushi directory pull.")
        proof = TlogProof.parse(self._store.fetch(_proof_path(pointer.size)))
        self._check_own(proof.checkpoint)
        root = newest_root(self._pinned, fetch_roots(self._store, self._pinned), now=self._now)
        return prove_epoch(proof, self._store.fetch(index_path(pointer.size)), root)

    def pull(self, source: Fetcher, *, since: int | None = None) -> Pulled:
        """Bring the copy to the newest epoch of the source; nothing is fetched twice.

        With ``since`` the copy has to be at that epoch, and is brought on by deltas or not at all. Raises EvidenceError
        when the source does not prove what it serves, UnavailableError when it is older than the copy or incomplete,
        WrongUseError for a copy of another registry.
        """
        counting = _Counting(source)
        seen, held = self._seen(), self._held()
        if since is not None and (held is None or held.size != since):
            at = "there is none" if held is None else f"it is at epoch {held.size}"
            raise WrongUseError(f"the copy is not at epoch {since}: {at}", hint="Leave --since out.")
        pointer = read_pointer(counting.fetch(POINTER))
        proof = fetch_proof(counting, pointer.entry)
        check_registry(proof, self._pinned)
        successors = {**fetch_roots(self._store, self._pinned), **fetch_roots(counting, self._pinned)}
        root = newest_root(self._pinned, successors, now=self._now)
        index = counting.fetch(index_path(pointer.size))
        epoch = prove_epoch(proof, index, root)
        if seen is not None:
            _check_follows(counting, seen, (proof.checkpoint, epoch.size), root)
        way, shards = self._bring(counting, held, epoch, is_strict=since is not None)
        log = TileReader(counting.fetch, proof.checkpoint.checkpoint.size)
        recognitions = self._recognitions(log, held, epoch, root.host)
        for version, data in successors.items():
            self._store.put(f"trust/{version}.json", data)
        self._store.put(index_path(epoch.size), index)
        self._store.put(_proof_path(epoch.size), proof.serialize())
        self._store.put(recognitions_path(epoch.size), recognitions)
        self._store.put(POINTER, canonical({"entry": epoch.entry, "size": epoch.size}) + b"\n")
        beside = {index_path(epoch.size), _proof_path(epoch.size), recognitions_path(epoch.size)}
        self._store.keep_only({POINTER, *beside, *_shard_paths(epoch.index)})
        return Pulled(epoch, way, counting.bytes, shards)

    def _pointer(self) -> Pointer | None:
        try:
            return read_pointer(self._store.fetch(POINTER))
        except NotFoundError:
            return None

    def _held(self) -> IndexFile | None:
        pointer = self._pointer()
        try:
            return parse_index(self._store.fetch(index_path(pointer.size))) if pointer else None
        except (EvidenceError, NotFoundError):
            # A damaged index leads to no delta; the shards are fetched where they are missing.
            return None

    def _seen(self) -> _At | None:
        """Return the checkpoint that the copy's proof is under and the copy's epoch, None without a copy."""
        pointer = self._pointer()
        if pointer is None:
            return None
        try:
            seen = TlogProof.parse(self._store.fetch(_proof_path(pointer.size))).checkpoint
        except (EvidenceError, NotFoundError) as error:
            # Without it nobody could tell whether the log that is served goes on from what was seen.
            raise UnavailableError(f"the copy's own proof is lost: {error.message}", hint=_ELSEWHERE) from error
        self._check_own(seen)
        return seen, pointer.size

    def _check_own(self, seen: SignedCheckpoint) -> None:
        origin, own = seen.checkpoint.origin, self._pinned
        if origin != own.origin:
            raise WrongUseError(
                f"this copy is of another registry: {host_of_log(origin)}, and the trust root is of {own.host}",
                hint="Use another folder, or that registry's trust root.",
            )

    def _bring(
        self, source: Fetcher, held: IndexFile | None, epoch: ProvenEpoch, *, is_strict: bool
    ) -> tuple[str, int]:
        """Put all shards of the epoch into the store; return how, and how many were fetched."""
        if held is not None and held.size == epoch.size:
            return "current", self._fetch_missing(source, epoch.index)
        try:
            if held is not None:
                lines = merged(_chain(source, held.size, epoch.size))
                for path, data in patched_shards(held, epoch.index, lines, self._store):
                    self._store.put(path, data)
                return "deltas", self._fetch_missing(source, epoch.index)
        except (EvidenceError, NotFoundError):
            # A damaged copy, or deltas that are gone or wrong: every shard can be fetched and proven by itself.
            if is_strict:
                raise
        return "shards", self._fetch_missing(source, epoch.index)

    def _recognitions(self, log: TileReader, held: IndexFile | None, epoch: ProvenEpoch, host: str) -> bytes:
        """Return the file of what is recognised in an epoch whose shards are in the store."""
        kept = b""
        with suppress(NotFoundError):
            kept = self._store.fetch(recognitions_path(held.size)) if held is not None else b""
        found = newest_recognitions(self._store, epoch.index, host=host, log=log, held=kept.split())
        return b"".join(entry + b"\n" for entry in found)

    def _fetch_missing(self, source: Fetcher, index: IndexFile) -> int:
        count = 0
        for number, path in enumerate(_shard_paths(index)):
            if not _holds(self._store.fetch, path, index, number):
                data = source.fetch(path)
                open_shard(index, number, data)
                self._store.put(path, data)
                count += 1
        return count


def _check_follows(source: Fetcher, seen: _At, served: _At, root: TrustRoot) -> None:
    """Refuse a log that is older than, or another one than, what the copy has seen."""
    old, new = seen[0].checkpoint, served[0].checkpoint
    try:
        policy_at(root, old.size).check_log(seen[0])
    except ProofError as error:
        # The log of a namesake tells nothing about this one, and neither does what anybody wrote into the folder.
        message = "this copy was not made under this trust root, or was changed since"
        raise WrongUseError(message, hint=_ELSEWHERE) from error
    if new.size < old.size or served[1] < seen[1]:
        raise UnavailableError("what is served is older than the copy", hint="Ask another address.")
    path = consistency_path(TileReader(source.fetch, new.size), old.size, new.size)
    verify_consistency(old_size=old.size, new_size=new.size, old_root=old.root, new_root=new.root, path=path)


def _chain(source: Fetcher, held: int, newest: int) -> Iterator[Delta]:
    """Yield the deltas that lead back from the newest epoch to the one that is held. Raises NotFoundError."""
    at = newest
    for _ in range(KEPT_EPOCHS):
        delta = parse_delta(source.fetch(delta_path(at)))
        if delta.size != at:
            raise ProofError("the delta is of another epoch")
        yield delta
        at = delta.since
        if at <= held:
            break
    if at != held:
        raise NotFoundError("no chain of deltas leads to the epoch that the copy is at", hint="Leave --since out.")


def _holds(fetch: Callable[[str], bytes], path: str, index: IndexFile, number: int) -> bool:
    try:
        open_shard(index, number, fetch(path))
    except (NotFoundError, EvidenceError):
        return False
    return True


def _shard_paths(index: IndexFile) -> list[str]:
    return [shard_path(index, number) for number in range(len(index.shards))]


def _proof_path(size: int) -> str:
    return f"directory/{size}/entry.tlog-proof"
