"""Who signed a statement, and whether they might: the table of kinds.py applied with keys and log indices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from verifier.envelope import Token, parse_token, verify_token
from verifier.errors import NotFoundError, RefusedError, SignatureError
from verifier.keys import VerifyingKey
from verifier.names import authority_uri
from verifier.replay.records import KeyRecord
from verifier.statement import Statement
from verifier.statement import approval as approvals
from verifier.statement.attestation import TYP as ATTESTATION
from verifier.statement.kinds import Role, Signing
from verifier.trust.root import TrustRoot

Read = Callable[[str, str], Token]
"""Reads a compact token of a type, as ``parse_token`` does."""


class KeyBook(Protocol):
    """Where keys of bodies are found: the registry's state, or the entries of a bundle."""

    def body_key(self, kid: str) -> KeyRecord | None:
        """Return the record of a body's key."""
        ...


@dataclass(frozen=True)
class SignedBy:
    """One signer of a statement: its key, its lasting pseudonym and the entity it acts for."""

    key: VerifyingKey
    holder: str
    entity: str
    role: str

    def may_be(self, role: Role) -> bool:
        """Say whether this signer's key may act in that role."""
        match role:
            case Role.OPERATOR:
                return self.role == "operator"
            case Role.DIRECTORY:
                return self.role == "directory"
            case Role.DECIDER:
                return self.role == "decider"
            case Role.ASSESSOR:
                return self.role == "assessor"
            case Role.BODY_HOLDER:
                return self.role in ("assessor", "decider")
            case Role.FOREIGN_OPERATOR:
                return self.role == "foreign_operator"


def check_signed(
    statement: Statement, second: str | None, *, index: int, root: TrustRoot, book: KeyBook, read: Read = parse_token
) -> tuple[SignedBy, SignedBy | None]:
    """Return the first and the second signer of the statement at that index of the log.

    Afterwards: both signatures verify, both keys counted at that index, their roles are one of the ways to sign this
    type, and the second person is another one. Raises NotFoundError when a key or the second person's token is not at
    hand, RefusedError or SignatureError when they do not fit.
    """
    first = find_signer(statement.token, iss=statement.iss, index=index, root=root, book=book)
    verify_token(statement.token, first.key)
    ways = [way for way in statement.kind.signings if first.may_be(way.first)]
    if not ways:
        raise RefusedError(f"a key in the role {first.role} may not sign {statement.type}")
    if statement.second is None:
        if all(way.second for way in ways):
            raise RefusedError(f"{statement.type} needs a second person")
        return first, None
    if second is None:
        raise NotFoundError("the second person's token is not at hand")
    other = _second_signer(statement, _second_token(statement, second, read), ways, index=index, root=root, book=book)
    if other.holder == first.holder or other.key.kid == first.key.kid:
        raise RefusedError("the second person is the first one again")
    if other.entity != first.entity:
        raise RefusedError("the second person acts for somebody else")
    return first, other


def find_signer(token: Token, *, iss: str, index: int, root: TrustRoot, book: KeyBook) -> SignedBy:
    """Return who holds the key that a token names, if the key counted at that index and belongs to ``iss``.

    Raises NotFoundError for an unknown key, RefusedError for one that did not count or belongs to another entity.
    """
    signer = _root_signer(token.kid, index, root) or _body_signer(token.kid, index, book)
    if signer is None:
        raise NotFoundError(f"the key {token.kid} is not known")
    if signer.entity != iss:
        raise RefusedError("the key belongs to another entity than the one that speaks")
    return signer


def _root_signer(kid: str, index: int, root: TrustRoot) -> SignedBy | None:
    if kid not in root.keys:
        return None
    listed, key = root.keys[kid]
    if not listed.counts(index):
        raise RefusedError("the authority's key did not count at that place of the log")
    return SignedBy(key, listed.holder, authority_uri(root.host), listed.role)


def _body_signer(kid: str, index: int, book: KeyBook) -> SignedBy | None:
    record = book.body_key(kid)
    if record is None:
        return None
    if not record.counts(index):
        raise RefusedError("the body's key did not count at that place of the log")
    return SignedBy(record.key, record.holder, record.body, record.role)


def _second_token(statement: Statement, second: str, read: Read) -> tuple[Token, str]:
    """Return the second person's token and whom it speaks for."""
    if statement.type == "mark.issued":
        token = read(second, ATTESTATION)
        return token, str(token.payload.get("iss"))
    approval = approvals.parse_approval(second, log=statement.log)
    if approval.subject != statement.approval_subject:
        raise RefusedError("the approval is for something else")
    return approval.token, approval.iss


def _second_signer(
    statement: Statement, second: tuple[Token, str], ways: list[Signing], *, index: int, root: TrustRoot, book: KeyBook
) -> SignedBy:
    token, iss = second
    if token.digest != statement.second:
        raise SignatureError("the statement names another second token")
    if not token.payload["iat"] - 120 <= statement.iat < token.payload["exp"]:
        raise RefusedError("the second person's token is not of this time")
    signer = find_signer(token, iss=iss, index=index, root=root, book=book)
    try:
        verify_token(token, signer.key)
    except SignatureError as error:
        # The digest is over what was signed: a signature that was damaged on the way is no fault of the statement.
        raise NotFoundError("the second person's token at hand is damaged") from error
    if not any(way.second is not None and signer.may_be(way.second) for way in ways):
        raise RefusedError(f"a key in the role {signer.role} may not be the second person for {statement.type}")
    return signer
