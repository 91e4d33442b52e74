"""Gathering: compose a mark's bundle from the published read plane.

The reader, the command line and libraries compose bundles alike. Whatever the place that is asked says is only put
together here; it is judged by verify.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, Protocol

from verifier.bundle import Bundle, DirectoryPart, EarlierCheckpoint, FirstCovering, LoggedStatement
from verifier.directory.files import IndexFile, parse_index, prove_from_shard, shard_of, shard_path
from verifier.directory.record import ObjectRecord
from verifier.directory.tree import BucketProof, look_up
from verifier.encoding import read_object, unb64u
from verifier.envelope import parse_token
from verifier.errors import MalformedError, NewerVersionError, NotFoundError
from verifier.log.checkpoint import SignedCheckpoint
from verifier.log.tile import TileReader
from verifier.log.tlog_proof import TlogProof
from verifier.log.tree import consistency_path, inclusion_path
from verifier.mark import parse_mark
from verifier.names import authority_uri, key_uri, mark_uri, root_uri
from verifier.replay.issuance import criteria_uri
from verifier.statement import Statement, parse_statement
from verifier.statement.approval import TYP as APPROVAL
from verifier.statement.attestation import parse_attestation
from verifier.statement.public import MarkCorrected

MOST_ROOTS = 100
MOST_ENTRIES = 1000
MOST_OBJECTS = 100


def corrected_path(mark_id: str, part: Literal["mark", "seal"], digest: str) -> str:
    """Return where a corrected mark or its seal is published; those first issued stay where they were."""
    return f"m/{mark_id}/{part}-{digest}.jwt"


class Fetcher(Protocol):
    """Reads the published read plane by path, such as ``log/checkpoint``."""

    def fetch(self, path: str) -> bytes:
        """Return the bytes. Raises NotFoundError where there is nothing, UnavailableError when it cannot tell."""
        ...


def gather(fetcher: Fetcher, mark_id: str) -> Bundle:
    """Return the bundle of a mark, with every part that the read plane holds.

    Raises NotFoundError when it holds no such mark, UnavailableError when it cannot be reached, MalformedError when
    what it serves cannot be read.
    """
    return _Gathering(fetcher, mark_id).bundle()


def gather_mark(fetcher: Fetcher, mark_id: str, host: str) -> Bundle:
    """Return the bundle of a mark or, where there is no such mark, one that proves that. Raises as ``gather`` does."""
    try:
        return gather(fetcher, mark_id)
    except NotFoundError:
        # "None" is an answer with a proof, not a missing file.
        return gather_absence(fetcher, mark_uri(host, mark_id))


def gather_absence(fetcher: Fetcher, uri: str) -> Bundle:
    """Return a bundle without a mark, whose directory part shows what the directory holds under a URI.

    It proves a "not found" when the directory has no such record. Raises as ``gather`` does.
    """
    return gather_object(fetcher, uri)


def gather_object(fetcher: Fetcher, uri: str) -> Bundle:
    """Return a bundle about an object that is no mark: its history and that of who signed it, as the directory has it.

    Where the directory holds no such object the bundle proves that. Raises as ``gather`` does.
    """
    return _Plane(fetcher).about([uri])


def gather_subjects(fetcher: Fetcher, subjects: Iterable[str]) -> Bundle:
    """Return a bundle that shows what the directory holds under each of these: identifiers and URIs of objects.

    The histories of the objects are in it. Raises as ``gather`` does.
    """
    return _Plane(fetcher).about(subjects)


class _Plane:
    """The published read plane as one checkpoint sees it.

    What points into the log is read before the checkpoint, so that a publication in between cannot outrun it.
    """

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._pointer = self._optional("directory/latest")
        self._latest = SignedCheckpoint.parse(fetcher.fetch("log/checkpoint"))
        self._size = self._latest.checkpoint.size
        self._reader = TileReader(fetcher.fetch, self._size)

    def about(self, subjects: Iterable[str]) -> Bundle:
        found = self._directory()
        if found is None:
            raise NotFoundError("the registry publishes no directory yet")
        buckets: dict[int, BucketProof] = {}
        host = self._latest.checkpoint.origin.partition("/")[0]
        entries = self._histories([root_uri(host), *subjects], found, buckets)
        entries[found[0]] = self._statement(found[0])
        return Bundle(
            log=self._latest.checkpoint.origin,
            approvals=self._approvals(entries),
            statements=tuple(self._logged(index, one) for index, one in sorted(entries.items())),
            latest=self._latest.serialize(),
            directory=self._directory_part(found[0], buckets),
            trust_list=self._optional("trust/list.jwt"),
            trust_roots=tuple(self._trust_roots()),
        )

    def _histories(
        self, pending: list[str], found: tuple[int, IndexFile] | None, buckets: dict[int, BucketProof]
    ) -> dict[int, Statement]:
        """Return the histories of these objects and of every body's key that signed in one."""
        entries: dict[int, Statement] = {}
        seen = set[str]()
        while pending:
            uri = pending.pop()
            if uri in seen:
                continue
            seen.add(uri)
            if len(seen) > MOST_OBJECTS:
                raise MalformedError(f"the history refers to more than {MOST_OBJECTS} objects")
            history = self._history(uri, found, buckets)
            entries.update(history)
            pending += [key for statement in history.values() for key in self._keys_of(statement)]
        return entries

    def _approvals(self, entries: dict[int, Statement]) -> tuple[str, ...]:
        return tuple(sorted({token for token in map(self._approval, entries.values()) if token}))

    def _directory(self) -> tuple[int, IndexFile] | None:
        if self._pointer is None:
            return None
        latest = read_object(self._pointer.encode())
        entry, size = latest.get("entry"), latest.get("size")
        if not isinstance(entry, int) or not isinstance(size, int) or not 0 <= entry < self._size:
            return None
        return entry, parse_index(self._fetcher.fetch(f"directory/{size}/index"))

    def _directory_part(self, entry: int, buckets: dict[int, BucketProof]) -> DirectoryPart | None:
        anchor = self._anchor(self._statement(entry))
        return DirectoryPart(entry, anchor, tuple(one for _, one in sorted(buckets.items()))) if anchor else None

    def _history(
        self, uri: str, found: tuple[int, IndexFile] | None, buckets: dict[int, BucketProof]
    ) -> dict[int, Statement]:
        if found is None:
            return {}
        index = found[1]
        shard = self._fetcher.fetch(shard_path(index, shard_of(uri, index.bits)))
        proof = prove_from_shard(index, shard, uri)
        buckets[proof.bucket] = proof
        record = look_up(proof, uri, bits=index.bits, root=unb64u(index.root))
        if not isinstance(record, ObjectRecord):
            return {}
        return dict(self._chain(record.head))

    def _chain(self, head: int) -> Iterator[tuple[int, Statement]]:
        at: int | None = head
        for _ in range(MOST_ENTRIES):
            if at is None:
                return
            try:
                statement = self._statement(at)
            except NewerVersionError:
                # The directory names the entry, so the verdict says that it is not at hand.
                return
            yield at, statement
            if statement.prev is not None and statement.prev >= at:
                raise MalformedError("an entry names a later one as its previous one")
            at = statement.prev

    def _statement(self, index: int) -> Statement:
        return parse_statement(self._reader.entry(index))

    def _logged(self, index: int, statement: Statement) -> LoggedStatement:
        path = inclusion_path(self._reader, index, self._size)
        return LoggedStatement(index, statement.token.compact, tuple(path))

    def _anchor(self, statement: Statement) -> EarlierCheckpoint | None:
        if statement.anchor is None:
            return None
        note = self._optional(f"log/checkpoints/{statement.anchor.size}")
        return self._earlier(SignedCheckpoint.parse(note.encode())) if note else None

    def _earlier(self, signed: SignedCheckpoint) -> EarlierCheckpoint:
        size = signed.checkpoint.size
        if size > self._size:
            raise MalformedError("the read plane shows an earlier checkpoint that is larger than the latest one")
        return EarlierCheckpoint(signed.serialize(), tuple(consistency_path(self._reader, size, self._size)))

    def _approval(self, statement: Statement) -> str | None:
        if statement.second is None or statement.type == "mark.issued":
            return None
        return self._optional(f"log/approvals/{statement.second}.jwt")

    def _keys_of(self, statement: Statement) -> list[str]:
        """Return the keys of bodies that signed the statement or its approval; operators' keys are in the root."""
        tokens = [statement.token]
        approval = self._approval(statement)
        if approval is not None:
            tokens.append(parse_token(approval, APPROVAL))
        host = self._latest.checkpoint.origin.partition("/")[0]
        return [key_uri(host, one.kid) for one in tokens if one.payload.get("iss") != authority_uri(host)]

    def _trust_roots(self) -> Iterator[bytes]:
        for version in range(1, MOST_ROOTS):
            try:
                yield self._fetcher.fetch(f"trust/{version}.json")
            except NotFoundError:
                return

    def _optional(self, path: str) -> str | None:
        try:
            return _text(self._fetcher.fetch(path))
        except NotFoundError:
            return None


class _Gathering(_Plane):
    """Everything about one mark."""

    def __init__(self, fetcher: Fetcher, mark_id: str) -> None:
        self._id = mark_id
        self._compact = _text(fetcher.fetch(f"m/{mark_id}.jwt"))
        self._mark = parse_mark(self._compact)
        self._proof = TlogProof.parse(fetcher.fetch(f"m/{mark_id}.tlog-proof"))
        super().__init__(fetcher)

    def bundle(self) -> Bundle:
        proof = self._proof
        issuance = self._statement(proof.index)
        attestation = self._optional(f"m/{self._id}/attestation.jwt")
        found = self._directory()
        buckets: dict[int, BucketProof] = {}
        entries = self._histories(self._objects(issuance, attestation), found, buckets)
        entries[proof.index] = issuance
        if found:
            entries[found[0]] = self._statement(found[0])
        mark, seal = self._newest_version(entries)
        return Bundle(
            log=self._latest.checkpoint.origin,
            mark=mark,
            seal=seal,
            attestation=attestation,
            approvals=self._approvals(entries),
            statements=tuple(self._logged(index, one) for index, one in sorted(entries.items())),
            anchor=self._anchor(issuance),
            first=FirstCovering(self._earlier(proof.checkpoint), proof.path),
            latest=self._latest.serialize(),
            directory=self._directory_part(found[0], buckets) if found else None,
            trust_list=self._optional("trust/list.jwt"),
            trust_roots=tuple(self._trust_roots()),
        )

    def _newest_version(self, entries: dict[int, Statement]) -> tuple[str, str | None]:
        """Return the mark and its seal as they were issued, or as the newest correction made them."""
        uri = mark_uri(self._mark.host, self._id)
        corrections = [one for _, one in sorted(entries.items()) if one.object == uri and one.type == "mark.corrected"]
        if corrections and isinstance(public := corrections[-1].public, MarkCorrected):
            mark = self._optional(corrected_path(self._id, "mark", public.mark_sha256))
            if mark is not None:
                return mark, self._optional(corrected_path(self._id, "seal", public.seal_sha256))
        return self._compact, self._optional(f"m/{self._id}/seal.jwt")

    def _objects(self, issuance: Statement, attestation: str | None) -> list[str]:
        host = self._mark.host
        objects = [root_uri(host), mark_uri(host, self._id), issuance.iss]
        objects += [key_uri(host, issuance.token.kid), criteria_uri(self._mark)]
        if attestation is not None:
            read = parse_attestation(attestation, log=issuance.log)
            objects.append(key_uri(host, read.token.kid))
            if read.says.tv:
                objects.append(read.says.tv.body)
            if read.says.confirmed:
                objects.append(read.says.confirmed.expert)
        return objects


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise MalformedError("the read plane serves text that is not UTF-8") from error
