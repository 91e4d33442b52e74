"""The receipt of a batch: which marks were issued and where they stand in the log, under one signature of the decider.

The signature is over the Merkle root (RFC 6962) of the rows, each row being the canonical JSON of mark, index and the
statement's digest. So the file of all rows is checked as a whole, and one row can be shown without the others. What
the receipt alone cannot show, that the log holds these entries, ``check_logged`` asks of the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from issuer.batch.record import Batch, Member
from issuer.identity import Identity
from verifier.encoding import b64u, canonical, read_object, unb64u
from verifier.envelope import Token, parse_token, sign_token, verify_token
from verifier.errors import NotFoundError, ProofError, RefusedError, StatementError
from verifier.injected import Entropy
from verifier.keys import import_jwk
from verifier.log.merkle import leaf_hash, verify_inclusion
from verifier.log.tree import MemoryTree, inclusion_path
from verifier.names import log_origin, parse_name
from verifier.schema import Closed, Count, Digest, Index, Instant, Label, Many, One, TokenId, Uri, read_model
from verifier.signer import Signer
from verifier.statement import parse_statement
from verifier.statement.public import MarkId

TYP = "batch-receipt+jwt"


class ReceiptRow(Closed):
    """One mark: its id, the index of its entry and the digest of the statement that issues it."""

    mark: MarkId
    index: Index
    statement_sha256: Digest

    @property
    def leaf(self) -> bytes:
        """The row's hash in the tree."""
        return leaf_hash(canonical(self.members()))


class _Claims(Closed):
    v: One
    iss: Uri
    log: Annotated[str, Field(max_length=120)]
    iat: Instant
    jti: TokenId
    batch: Label
    sheet_sha256: Digest
    count: Count
    root: Digest


class _Jwk(Closed):
    kty: str
    crv: str
    x: str
    y: str


class _Whole(Closed):
    v: One
    jwk: _Jwk
    token: Annotated[str, Field(max_length=4096)]
    rows: Annotated[Many[ReceiptRow], Field(min_length=1, max_length=10_000)]


class _OneRow(Closed):
    v: One
    jwk: _Jwk
    token: Annotated[str, Field(max_length=4096)]
    row: ReceiptRow
    position: Index
    path: Annotated[Many[Digest], Field(max_length=63)]


@dataclass(frozen=True)
class BatchReceipt:
    """A receipt whose signature and rows hold together. Whose key it is and what the log holds is another question."""

    token: Token
    iss: str
    log: str
    batch: str
    iat: int
    count: int
    rows: tuple[ReceiptRow, ...]


def row_of(member: Member) -> ReceiptRow:
    """Return the row of an admitted case. Raises RefusedError for one that is not admitted."""
    if member.statement is None or member.index is None:
        raise RefusedError(f"case {member.case_id} is not admitted", hint="Issue the batch to its end.")
    statement = parse_statement(member.statement)
    mark = parse_name(statement.object).value
    return ReceiptRow(mark=mark, index=member.index, statement_sha256=statement.token.digest)


def sign_batch_receipt(
    rows: Sequence[ReceiptRow], *, batch: Batch, identity: Identity, at: int, signer: Signer, entropy: Entropy
) -> str:
    """Return the head of the receipt, canonical JSON: the decider's signature over the rows and its public key."""
    payload = {
        "v": 1,
        "iss": identity.uri,
        "log": identity.log,
        "iat": at,
        "jti": b64u(entropy(16)),
        "batch": batch.id,
        "sheet_sha256": batch.sheet_sha256,
        "count": len(rows),
        "root": b64u(_tree(rows).root()),
    }
    return canonical({"v": 1, "jwk": signer.jwk, "token": sign_token(payload, typ=TYP, signer=signer)}).decode()


def receipt_file(head: str, rows: Sequence[ReceiptRow]) -> bytes:
    """Return the file of the whole receipt."""
    return canonical({**read_object(head.encode()), "rows": [one.members() for one in rows]}) + b"\n"


def row_file(head: str, rows: Sequence[ReceiptRow], *, mark: str) -> bytes:
    """Return the file that shows one row and nothing of the others. Raises NotFoundError."""
    place = next((at for at, one in enumerate(rows) if one.mark == mark), None)
    if place is None:
        raise NotFoundError(f"the batch holds no mark {mark[:40]!r}")
    path = [b64u(one) for one in inclusion_path(_tree(rows), place, len(rows))]
    row = {"row": rows[place].members(), "position": place, "path": path}
    return canonical({**read_object(head.encode()), **row}) + b"\n"


def read_receipt(data: bytes) -> BatchReceipt:
    """Return the receipt of a file, all rows or one, once its signature and its rows hold together.

    Raises MalformedError, StatementError, SignatureError or ProofError.
    """
    value = read_object(data)
    shown = read_model(_OneRow if "row" in value else _Whole, value, what="batch receipt")
    assert isinstance(shown, _OneRow | _Whole)  # one of the two models was read
    token = parse_token(shown.token, TYP)
    verify_token(token, import_jwk(shown.jwk.members()))
    claims = read_model(_Claims, token.payload, what="batch receipt")
    name = parse_name(claims.iss)
    if name.kind != "e" or log_origin(name.host) != claims.log:
        raise StatementError("a batch receipt is given by a body of the authority whose log it names")
    if isinstance(shown, _OneRow):
        path = [unb64u(one) for one in shown.path]
        root = unb64u(claims.root)
        verify_inclusion(leaf=shown.row.leaf, index=shown.position, size=claims.count, path=path, root=root)
        rows: tuple[ReceiptRow, ...] = (shown.row,)
    else:
        rows = shown.rows
        if len(rows) != claims.count or b64u(_tree(rows).root()) != claims.root:
            raise ProofError("the rows are not those that were signed")
    if len({one.mark for one in rows}) != len(rows) or len({one.index for one in rows}) != len(rows):
        raise ProofError("the receipt names a mark or a log entry twice")
    return BatchReceipt(token, claims.iss, claims.log, claims.batch, claims.iat, claims.count, rows)


def _tree(rows: Sequence[ReceiptRow]) -> MemoryTree:
    tree = MemoryTree()
    for row in rows:
        tree.append(row.leaf)
    return tree
