"""The receipt of a check: what was asked of which list, under which directory, and the answer about every row.

The rows are the leaves of an RFC 6962 tree, each with a salt of its own, so that one row can be shown with its path
while the others stay hidden: not even a guess at another row can be tested. A receipt that is made on the asker's own
machine is not signed; whoever holds the list, the policy and that epoch of the directory makes the same answers again.
Specification: docs/specification/check-receipt.md.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from verifier.encoding import b64u, canonical, digest, read_object, sha256, unb64u
from verifier.envelope import parse_token, sign_bytes
from verifier.errors import MalformedError, NotFoundError, ProofError, SignatureError, StatementError
from verifier.keys import import_jwk
from verifier.log.merkle import MAX_PATH, leaf_hash, verify_inclusion
from verifier.log.tree import MemoryTree, inclusion_path
from verifier.receipt_signer import SaidBy, verify_signer
from verifier.requirement import recorded_requirement
from verifier.schema import Closed, Count, Digest, Index, Instant, Many, One, read_model
from verifier.signer import Signer

if TYPE_CHECKING:
    from verifier.trust.root import TrustRoot

TYP = "verification-receipt+jwt"
MAX_BYTES = 134_217_728
MOST_ROWS = 100_000
SEED_BYTES = 32


class DirectoryAnchor(Closed):
    """The epoch that was asked: its entry in the log, the entries that it is over, its root."""

    entry: Index
    size: Count
    root: Digest
    as_of: Instant


class CheckpointAnchor(Closed):
    """The checkpoint under which the epoch's entry was proven."""

    size: Count
    root: Digest


class ReceiptHead(Closed):
    """What holds for all rows. ``at`` is the instant that was asked about; ``made_at`` the asker's own clock."""

    v: One
    kind: Annotated[str, Field(pattern="^supplier_check$")]
    log: Annotated[str, Field(max_length=120)]
    at: Instant
    made_at: Instant
    directory: DirectoryAnchor
    checkpoint: CheckpointAnchor
    policy: Annotated[dict[str, Any], Field(max_length=32)]
    policy_sha256: Digest
    input_sha256: Digest
    count: Count
    root: Digest


class _Receipt(Closed):
    head: dict[str, Any]
    rows: Annotated[Many[dict[str, Any]], Field(min_length=1, max_length=MOST_ROWS)]
    signature: str | None = None
    jwk: dict[str, str] | None = None


class _Part(Closed):
    head: dict[str, Any]
    row: dict[str, Any]
    index: Index
    path: Annotated[Many[Digest], Field(max_length=MAX_PATH)]
    signature: str | None = None
    jwk: dict[str, str] | None = None


@dataclass(frozen=True)
class Receipt:
    """Rows under the root that the head names: all of them, or with ``index`` the one that is shown."""

    head: ReceiptHead
    rows: tuple[dict[str, Any], ...]
    index: int | None = None
    path: tuple[bytes, ...] = ()
    signature: str | None = None
    jwk: Mapping[str, str] | None = None

    @property
    def kid(self) -> str | None:
        """The thumbprint of the key that signed, None where nobody did."""
        return parse_token(self.signature, TYP).kid if self.signature else None

    def row(self, number: int) -> dict[str, Any]:
        """Return what is said about a row of the list, counted from 1 as spreadsheets do. Raises NotFoundError."""
        for row in self.rows:
            if row["row"] == number:
                return row
        first, last = (pick(one["row"] for one in self.rows) for pick in (min, max))
        hint = f"Rows are counted as spreadsheets do, headings too: here from {first} to {last}."
        raise NotFoundError(f"the receipt says nothing about row {number}", hint=hint)

    def show(self, number: int) -> Receipt:
        """Return the part that shows this row alone. Raises NotFoundError."""
        row = self.row(number)
        if self.index is not None:
            return self
        tree, index = _tree(self.rows), self.rows.index(row)
        path = tuple(inclusion_path(tree, index, tree.size))
        return Receipt(self.head, (row,), index, path, self.signature, self.jwk)

    def serialize(self) -> bytes:
        """Return the file: canonical JSON and a line feed."""
        members: dict[str, Any] = {"head": self.head.members()}
        if self.index is None:
            members["rows"] = list(self.rows)
        else:
            members |= {"row": self.rows[0], "index": self.index, "path": [b64u(one) for one in self.path]}
        if self.signature is not None and self.jwk is not None:
            members |= {"signature": self.signature, "jwk": dict(self.jwk)}
        return canonical(members) + b"\n"


@dataclass(frozen=True)
class Asked:
    """What a receipt is about beside its rows."""

    log: str
    at: int
    made_at: int
    directory: DirectoryAnchor
    checkpoint: CheckpointAnchor
    policy: Mapping[str, Any]
    policy_sha256: str
    input_sha256: str


def make_receipt(
    asked: Asked, rows: Sequence[Mapping[str, Any]], *, seed: bytes, signer: Signer | None = None
) -> Receipt:
    """Return the receipt over rows; ``seed`` is 32 random bytes, of which the salts are made. ``signer`` may be None.

    Each row has a member ``row``, its number in the list from 1.
    """
    salted = tuple({**row, "salt": b64u(_salt(seed, int(row["row"])))} for row in rows)
    root = b64u(_tree(salted).root())
    value = {"v": 1, "kind": "supplier_check", **vars(asked), "count": len(salted), "root": root}
    head = ReceiptHead.model_validate(value)
    if signer is None:
        return Receipt(head, salted)
    payload = {**head.members(), "iat": asked.made_at}
    return Receipt(head, salted, None, (), sign_bytes(canonical(payload), typ=TYP, signer=signer), signer.jwk)


def parse_receipt(data: bytes) -> Receipt:
    """Return a receipt, or a part of one, whose rows lead to the root in its head and whose signature, if any, fits.

    Afterwards the rows are what the head was made over. Raises MalformedError, StatementError, NewerVersionError,
    ProofError or SignatureError.
    """
    if len(data) > MAX_BYTES:
        raise MalformedError(f"a receipt has at most {MAX_BYTES} bytes")
    value = read_object(data)
    receipt = _part(value) if "row" in value else _whole(value)
    _check_signature(receipt)
    return receipt


def verify_receipt(receipt: Receipt, root: TrustRoot) -> None:
    """Check that a receipt key of this trust root, which counted at that checkpoint, signed a receipt that was parsed.

    ``parse_receipt`` checks a signature by the key beside it, which may be anybody's. Raises SignatureError, or
    UnavailableError where the root had expired when the receipt was made.
    """
    if receipt.signature is None:
        raise SignatureError("the receipt is not signed")
    token, head = parse_token(receipt.signature, TYP), receipt.head
    said = SaidBy(
        log=head.log,
        size=head.checkpoint.size,
        at=head.made_at,
        what="the receipt",
        hint=f"It is signed by {token.kid}. If you know whose key that is, name it: --signed-by. "
        "If the root was renewed since, give its newer version.",
    )
    verify_signer(token, said, root)


def _whole(value: dict[str, Any]) -> Receipt:
    read = read_model(_Receipt, value, what="receipt")
    head = _head(read.head)
    _check_rows(read.rows)
    if len(read.rows) != head.count or _tree(read.rows).root() != unb64u(head.root):
        raise ProofError("the rows of the receipt do not lead to the root in its head")
    return Receipt(head, read.rows, None, (), read.signature, read.jwk)


def _part(value: dict[str, Any]) -> Receipt:
    read = read_model(_Part, value, what="part of a receipt")
    head = _head(read.head)
    _check_rows((read.row,))
    path = tuple(map(unb64u, read.path))
    leaf = leaf_hash(canonical(read.row))
    verify_inclusion(leaf=leaf, index=read.index, size=head.count, path=path, root=unb64u(head.root))
    return Receipt(head, (read.row,), read.index, path, read.signature, read.jwk)


def _head(value: dict[str, Any]) -> ReceiptHead:
    head = read_model(ReceiptHead, value, what="head of the receipt")
    if digest(canonical(head.policy)) != head.policy_sha256:
        raise StatementError("the digest of the policy is another one's")
    # What the receipt shows as its policy is read by people: it has to be one, not any text.
    recorded_requirement(head.policy)
    return head


def _check_rows(rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        number, salt = row.get("row"), row.get("salt")
        if type(number) is not int or not isinstance(salt, str) or len(unb64u(salt)) != SEED_BYTES:
            raise MalformedError("a row of the receipt has no number or no salt")


def _check_signature(receipt: Receipt) -> None:
    if receipt.signature is None and receipt.jwk is None:
        return
    if receipt.signature is None or receipt.jwk is None:
        raise MalformedError("a signature and the key that made it stand together")
    token, key = parse_token(receipt.signature, TYP), import_jwk(dict(receipt.jwk))
    if key.kid != token.kid:
        raise SignatureError("the receipt is signed by another key than the one beside it")
    key.verify(token.signature, token.signing_input)
    payload = dict(token.payload)
    if payload.pop("iat", None) != receipt.head.made_at or payload != receipt.head.members():
        raise SignatureError("the signature is over another receipt")


def _salt(seed: bytes, number: int) -> bytes:
    return hmac.digest(seed, number.to_bytes(8), "sha256")


def _tree(rows: Iterable[Mapping[str, Any]]) -> MemoryTree:
    tree = MemoryTree()
    for row in rows:
        tree.append(leaf_hash(canonical(row)))
    return tree


def input_digest(data: bytes) -> str:
    """Return the digest of a list's bytes."""
    return b64u(sha256(data))
