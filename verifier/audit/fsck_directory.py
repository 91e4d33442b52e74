"""fsck of the kept directory epochs: index, shards and trust list are computed again and compared byte for byte.

A folder says itself which epochs it keeps. Over HTTP the newest ones are found by walking back from the pointer; a
registry keeps 48, older ones are rebuilt from the log and not published.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from verifier.audit.kinds import Code
from verifier.audit.listed_agreements import check_recognition_list
from verifier.audit.listed_bodies import check_trust_list
from verifier.audit.plane import DIRECTORY, SHARDS, optional, trust_list_path
from verifier.directory.copying import KEPT_EPOCHS
from verifier.directory.delta import Delta, in_order
from verifier.directory.files import IndexFile, open_shard, write_files
from verifier.directory.proven import delta_path, index_path
from verifier.encoding import b64u, digest, read_object
from verifier.errors import EvidenceError, MarkError, NotFoundError
from verifier.log.tile import TileReader
from verifier.statement import parse_statement
from verifier.statement.public import DirectoryPublished
from verifier.trust.recognition_list import recognition_list_path

if TYPE_CHECKING:
    from verifier.audit.directory_fold import DirectoryFold
    from verifier.audit.epochs import Changed
    from verifier.audit.plane import Listing
    from verifier.audit.replay_run import Sources, Taken
    from verifier.gather import Fetcher
    from verifier.replay.state import LogState


class DirectoryCheck:
    """The files of the kept epochs. ``files`` and ``shards`` are the paths and names that they account for."""

    def __init__(self, sources: Sources, state: LogState, fold: DirectoryFold, *, kept: set[int]) -> None:
        self._fetcher = sources.fetcher
        self._chain = sources.chain
        self._findings = sources.findings
        self._state = state
        self._fold = fold
        self._kept = kept
        self._lists: list[tuple[int, str]] = []
        self.files: set[str] = set()
        self.shards: set[str] = set()

    def take(self, taken: Taken) -> None:
        """Check the epoch that this entry logs, if its files are kept. Raises UnavailableError."""
        public = taken.statement.public if taken.statement else None
        if isinstance(public, DirectoryPublished) and taken.changed is not None and public.size in self._kept:
            self._check_built(public.size)
            self._check_delta(public, taken.changed)
            self._check_logged(taken.index, public)

    def close(self, names: dict[str, set[str]]) -> None:
        """Check the lists of the kept epochs, by the names that bodies disclosed. Raises UnavailableError."""
        for size, path in self._lists:
            data = optional(self._fetcher, path)
            try:
                if data is not None and path == trust_list_path(size):
                    check_trust_list(data, self._chain, self._state, names=names, size=size)
                elif data is not None:
                    check_recognition_list(data, self._chain, self._state, size=size)
            except MarkError as error:
                is_trust_list = path == trust_list_path(size)
                code = Code.TRUST_LIST_WRONG if is_trust_list else Code.RECOGNITION_LIST_WRONG
                self._findings.add(code, error.message, path=path)

    def _check_built(self, size: int) -> None:
        """Compare index and shards with what the entries give."""
        files = write_files(self._fold.tree, log=self._chain.newest.origin, size=size)
        self._compare(index_path(size), files.index)
        for name, data in files.shards.items():
            if name not in self.shards:
                self.shards.add(name)
                self._compare(f"{SHARDS}/{name}", data)

    def _check_delta(self, public: DirectoryPublished, changed: Changed) -> None:
        path, tree = delta_path(public.size), self._fold.tree
        if changed.since is not None and path in {file.uri for file in public.files}:
            lines = in_order(changed.lines)
            delta = Delta(self._chain.newest.origin, changed.since, public.size, tree.bits, tree.root, lines)
            self._compare(path, delta.serialize())

    def _compare(self, path: str, expected: bytes) -> None:
        data = optional(self._fetcher, path)
        if data is None:
            self._findings.add(Code.MISSING_FILE, path=path)
        elif data != expected:
            self._findings.add(Code.DIRECTORY_WRONG, path=path)

    def _check_logged(self, index: int, public: DirectoryPublished) -> None:
        for file in public.files:
            self.files.add(file.uri)
            data = optional(self._fetcher, file.uri)
            if data is None:
                self._findings.add(Code.MISSING_FILE, entry=index, path=file.uri)
            elif file.sha256 not in (digest(data), digest(data.rpartition(b".")[0])):
                # A token is logged by its signing input; its signature is checked where the token is read.
                self._findings.add(Code.TOKEN_DIFFERS, "not the logged file", entry=index, path=file.uri)
            if file.uri in (trust_list_path(public.size), recognition_list_path(public.size)):
                self._lists.append((public.size, file.uri))


def kept_epochs(fetcher: Fetcher, pointer: bytes | None, size: int, listing: Listing | None) -> set[int]:
    """Return the sizes of the epochs whose files are published. Raises UnavailableError."""
    if listing is not None:
        return {int(name) for name in listing.names(DIRECTORY) if name.isdecimal()}
    kept: set[int] = set()
    try:
        entry = read_object(pointer or b"").get("entry")
        reader = TileReader(fetcher.fetch, size)
        while isinstance(entry, int) and len(kept) < KEPT_EPOCHS:
            statement = parse_statement(reader.entry(entry))
            if not isinstance(statement.public, DirectoryPublished):
                break
            if optional(fetcher, index_path(statement.public.size)) is None:
                break
            kept.add(statement.public.size)
            entry = statement.prev
    except (EvidenceError, NotFoundError):
        # What cannot be read on the way is found where it is checked; the epochs behind it are not known to be kept.
        pass
    return kept


def is_whole_shard(name: str, data: bytes) -> bool:
    """Say whether a shard's bytes are those that its name stands for, whatever directory it belongs to."""
    root = b64u(bytes.fromhex(name))
    try:
        count = len(read_object(data.partition(b"\n")[0])["lengths"])
        # Its part of the tree, taken for a directory of its own.
        index = IndexFile(v=1, log="", size=0, bits=count.bit_length() - 1, root=root, shards=(root,))
        open_shard(index, 0, data)
    except (MarkError, ValidationError, KeyError, TypeError):
        return False
    return True
