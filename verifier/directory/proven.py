"""A proven epoch: an index of the directory that the log holds under a witnessed checkpoint and the trust root.

The evidence is a proof file (C2SP tlog-proof@v1) of the ``directory.published`` entry, and the index that it names.
Everything that is looked up through a proven epoch is as of ``as_of``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.directory.files import IndexFile, parse_index
from verifier.directory.record import Record
from verifier.directory.tree import BucketProof, look_up
from verifier.encoding import digest, read_object, unb64u
from verifier.errors import MalformedError, NotFoundError, ProofError, RefusedError, UnavailableError
from verifier.examine.log_evidence import policy_at
from verifier.log.checkpoint import SignedCheckpoint
from verifier.log.merkle import leaf_hash
from verifier.log.tile import TileReader
from verifier.log.tlog_proof import TlogProof
from verifier.log.tree import inclusion_path
from verifier.names import host_of_log
from verifier.statement import Statement, parse_statement
from verifier.statement.public import DirectoryPublished
from verifier.trust.root import follow

if TYPE_CHECKING:
    from verifier.gather import Fetcher
    from verifier.trust.root import TrustRoot

POINTER = "directory/latest"
MOST_ROOTS = 100


@dataclass(frozen=True)
class Pointer:
    """Which epoch is the newest: the index of its entry and the number of entries that it is over. Unproven."""

    entry: int
    size: int


@dataclass(frozen=True)
class ProvenEpoch:
    """An epoch that may be trusted as far as the trust root is; it was the present at ``as_of``, in unix seconds."""

    entry: int
    public: DirectoryPublished
    index: IndexFile
    as_of: int

    @property
    def size(self) -> int:
        """The number of entries that the epoch is over."""
        return self.public.size

    def look_up(self, proof: BucketProof, subject: str) -> Record | None:
        """Return what the directory holds for a subject; None is proven absence. Raises ProofError."""
        return look_up(proof, subject, bits=self.index.bits, root=unb64u(self.index.root))


def read_pointer(data: bytes) -> Pointer:
    """Return the pointer of a file. Raises MalformedError."""
    value = read_object(data)
    entry, size = value.get("entry"), value.get("size")
    if type(entry) is not int or type(size) is not int or not 0 < size <= entry:
        raise MalformedError("directory/latest names no directory")
    return Pointer(entry, size)


def fetch_roots(fetcher: Fetcher, pinned: TrustRoot) -> dict[int, bytes]:
    """Return the files of the trust roots after the pinned one that are published, by version."""
    found = {}
    for version in range(pinned.content.version + 1, MOST_ROOTS):
        try:
            found[version] = fetcher.fetch(f"trust/{version}.json")
        except NotFoundError:
            break
    return found


def newest_root(pinned: TrustRoot, successors: dict[int, bytes], *, now: int) -> TrustRoot:
    """Return the newest trust root. Raises TrustRootError, or UnavailableError once it has expired."""
    root = follow(pinned, successors.values())
    if now >= root.content.expires:
        raise UnavailableError("the trust root has expired", hint="Fetch the newest one.")
    return root


def fetch_proof(fetcher: Fetcher, entry: int) -> TlogProof:
    """Return the proof of an entry under the newest checkpoint, unverified. Raises as fetching does."""
    signed = SignedCheckpoint.parse(fetcher.fetch("log/checkpoint"))
    size = signed.checkpoint.size
    if entry >= size:
        raise NotFoundError("the newest directory's entry is not published yet", hint="Ask again in a moment.")
    reader = TileReader(fetcher.fetch, size)
    return TlogProof(entry, tuple(inclusion_path(reader, entry, size)), signed, reader.entry(entry))


def check_registry(proof: TlogProof, root: TrustRoot) -> None:
    """Check that a proof is under the log of the root's own registry. Raises ProofError that names the other one."""
    origin = proof.checkpoint.checkpoint.origin
    if origin != root.origin:
        raise ProofError(
            f"this is the directory of another registry: {host_of_log(origin)}, and the trust root is of {root.host}",
            hint="Check the address and the trust root.",
        )


def prove_epoch(proof: TlogProof, index: bytes, root: TrustRoot) -> ProvenEpoch:
    """Return the epoch that the proof shows, with the index that it names.

    Raises ProofError, SignatureError or RefusedError when the log, its witnesses, the directory key or the index do not
    vouch for it.
    """
    check_registry(proof, root)
    statement, public = _published(proof)
    seen = proof.verify(leaf_hash(statement.entry), policy_at(root, proof.checkpoint.checkpoint.size))
    listed = root.keys.get(statement.token.kid)
    if statement.log != root.origin or listed is None or listed[0].role != "directory":
        raise RefusedError("the directory is not signed by a directory key of the trust root")
    if not listed[0].counts(proof.index) or public.size > proof.index:
        raise RefusedError("the directory was signed out of its turn, or claims to know later entries")
    listed[1].verify(statement.token.signature, statement.token.signing_input)
    return ProvenEpoch(proof.index, public, _index(index, public, root.origin), min(statement.iat, seen.time))


def fetch_epoch(fetcher: Fetcher, pinned: TrustRoot, *, now: int) -> ProvenEpoch:
    """Return the newest epoch that a registry publishes. Raises as ``prove_epoch`` and ``newest_root`` do."""
    pointer = read_pointer(fetcher.fetch(POINTER))
    proof = fetch_proof(fetcher, pointer.entry)
    check_registry(proof, pinned)
    root = newest_root(pinned, fetch_roots(fetcher, pinned), now=now)
    return prove_epoch(proof, fetcher.fetch(index_path(pointer.size)), root)


def index_path(size: int) -> str:
    """Return where an epoch's index stands in the read plane."""
    return f"directory/{size}/index"


def delta_path(size: int) -> str:
    """Return where an epoch's delta stands in the read plane."""
    return f"directory/{size}/delta"


def _published(proof: TlogProof) -> tuple[Statement, DirectoryPublished]:
    if proof.extra is None:
        raise MalformedError("the proof does not hold its entry")
    statement = parse_statement(proof.extra)
    if not isinstance(statement.public, DirectoryPublished):
        raise ProofError("the entry is not about the directory")
    return statement, statement.public


def _index(data: bytes, public: DirectoryPublished, log: str) -> IndexFile:
    logged = {file.uri: file.sha256 for file in public.files}
    if logged.get(index_path(public.size)) != digest(data):
        raise ProofError("the directory's index is not the one that was logged")
    index = parse_index(data)
    if (index.log, index.size, index.bits, index.root) != (log, public.size, public.bits, public.root):
        raise ProofError("the directory's index is for another directory than its entry")
    return index
