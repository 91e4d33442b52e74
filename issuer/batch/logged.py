"""Whether the log holds what the receipt of a batch says, under a witnessed checkpoint and the trust root."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.errors import ProofError, UnavailableError
from verifier.examine.log_evidence import policy_at
from verifier.log.checkpoint import SignedCheckpoint
from verifier.log.merkle import leaf_hash, verify_inclusion
from verifier.log.tile import TileReader
from verifier.log.tree import inclusion_path
from verifier.names import mark_uri, parse_name
from verifier.statement import parse_statement

if TYPE_CHECKING:
    from issuer.batch.receipt import BatchReceipt
    from issuer.batch.standing import Progress
    from verifier.gather import Fetcher
    from verifier.trust.root import TrustRoot


def check_logged(receipt: BatchReceipt, fetcher: Fetcher, root: TrustRoot, *, progress: Progress) -> int:
    """Check that every row is an entry of the log, issued by the receipt's body; return when witnesses saw it.

    Raises ProofError for a row that the log contradicts; UnavailableError when it cannot be reached, does not hold an
    entry yet, or when none of the marks was signed with the receipt's key.
    """
    signed = SignedCheckpoint.parse(fetcher.fetch("log/checkpoint"))
    head = signed.checkpoint
    if head.origin != receipt.log:
        raise ProofError(f"the read plane is of the log {head.origin}, not of {receipt.log}")
    seen = policy_at(root, head.size).check_checkpoint(signed)
    reader, host = TileReader(fetcher.fetch, head.size), parse_name(receipt.iss).host
    kids = set()
    for done, row in enumerate(sorted(receipt.rows, key=lambda one: one.index), 1):
        if row.index >= head.size:
            raise UnavailableError(f"entry {row.index} is not published yet", hint="Ask again in a minute.")
        entry = reader.entry(row.index)
        path = inclusion_path(reader, row.index, head.size)
        verify_inclusion(leaf=leaf_hash(entry), index=row.index, size=head.size, path=path, root=head.root)
        statement = parse_statement(entry)
        told = (statement.type, statement.object, statement.iss, statement.token.digest)
        if told != ("mark.issued", mark_uri(host, row.mark), receipt.iss, row.statement_sha256):
            raise ProofError(f"entry {row.index} does not issue the mark {row.mark} as the receipt says")
        kids.add(statement.token.kid)
        progress(done, len(receipt.rows))
    if receipt.token.kid not in kids:
        raise UnavailableError("none of these marks was signed with the key of the receipt: whose it is, is not shown")
    return seen.time
