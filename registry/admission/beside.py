"""What is published beside the log: marks, seals, attestations, approvals, names of bodies, documents, proof files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.rows import queries
from verifier.encoding import canonical
from verifier.gather import corrected_path
from verifier.log.tlog_proof import TlogProof
from verifier.log.tree import inclusion_path
from verifier.names import parse_name
from verifier.statement.document import document_path

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from registry.publishing.files import PublicFolder
    from registry.publishing.published import PublishedCheckpoint
    from verifier.log.tree import NodeReader


def write_companions(connection: Connection, public: PublicFolder, *, start: int, end: int) -> None:
    """Publish the tokens and names beside the entries from ``start`` up to ``end``.

    They come before the checkpoint, so that whoever sees an entry finds what it refers to.
    """
    for companion in queries.companions(connection, start, end):
        path = companion_path(companion.kind, companion.digest, mark=companion.mark)
        public.write_once(path, companion.token.encode())
    for uri in queries.objects_disclosed(connection, start, end):
        name = parse_name(uri)
        if name.kind == "e":
            facts = [one.members() for one in queries.disclosures(connection, uri, end)]
            public.replace(f"e/{name.value}.json", canonical({"object": uri, "disclosures": facts}) + b"\n")


def write_proofs(
    connection: Connection, public: PublicFolder, reader: NodeReader, covering: PublishedCheckpoint, *, start: int
) -> None:
    """Publish the proof of each mark issued from ``start`` on, with the first checkpoint that covers it."""
    for companion in queries.companions(connection, start, covering.size):
        if companion.kind == "mark":
            (entry,) = queries.entries(connection, companion.index, companion.index + 1)
            path = inclusion_path(reader, entry.index, covering.size)
            proof = TlogProof(entry.index, tuple(path), covering.signed, entry.statement)
            public.write_once(f"m/{companion.mark}.tlog-proof", proof.serialize())


def companion_path(kind: str, digest: str, *, mark: str | None) -> str:
    """Return where a token stands in the read plane; ``mark`` is the id of the mark that it comes with."""
    match kind, mark:
        case ("mark", str()):
            return f"m/{mark}.jwt"
        case ("seal", str()):
            return f"m/{mark}/seal.jwt"
        case ("corrected_mark", str()):
            return corrected_path(mark, "mark", digest)
        case ("corrected_seal", str()):
            return corrected_path(mark, "seal", digest)
        case ("second", str()):
            return f"m/{mark}/attestation.jwt"
        case ("document", _):
            return document_path(digest)
        case _:
            return f"log/approvals/{digest}.jwt"
