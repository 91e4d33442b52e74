"""A statement: the actor's signed sentence that is, byte for byte, a log entry.

Compact JWS of at most 4 KB. ``prev`` chains the history of the object, ``anchor`` names a published checkpoint that
the actor had seen, ``second`` points at the second person's token. The pages docs/specification/statement.md and
kinds.py hold the rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from verifier.encoding import b64u, canonical, digest
from verifier.envelope import Token, parse_token, sign_token
from verifier.errors import MalformedError, NewerVersionError, StatementError
from verifier.injected import Entropy
from verifier.names import parse_name
from verifier.schema import Closed, Digest, Index, Instant, Many, One, TokenId, Uri, read_model
from verifier.signer import Signer
from verifier.statement.kinds import Kind, kind_of
from verifier.statement.public import Public

VERSION = 1
TYP = "statement+jwt"


class Anchor(Closed):
    """A published checkpoint: its size and its root hash."""

    size: Annotated[int, Field(ge=1, lt=2**53)]
    root: Digest


class _Claims(Closed):
    v: One
    log: Annotated[str, Field(max_length=120)]
    type: Annotated[str, Field(max_length=40)]
    object: Uri
    iss: Uri
    iat: Instant
    jti: TokenId
    prev: Index | None
    anchor: Anchor | None
    public: dict[str, Any]
    sd: Many[Digest]
    second: Digest | None = None


@dataclass(frozen=True)
class Statement:
    """A statement of the right shape. Who signed it and whether they might is judged elsewhere."""

    token: Token
    kind: Kind
    log: str
    object: str
    iss: str
    iat: int
    jti: str
    prev: int | None
    anchor: Anchor | None
    public: Public
    sd: tuple[str, ...]
    second: str | None

    @property
    def type(self) -> str:
        """The type's name, such as mark.issued."""
        return self.kind.name

    @property
    def entry(self) -> bytes:
        """The log entry: the compact token's bytes."""
        return self.token.compact.encode("ascii")

    @property
    def approval_subject(self) -> str:
        """What a second person approves: see ``approval_subject``."""
        return approval_subject(
            log=self.log, type=self.type, object=self.object, public=self.token.payload["public"], sd=self.sd
        )


@dataclass(frozen=True)
class Draft:
    """What an actor wants to say, before it is dated, anchored and signed."""

    log: str
    type: str
    object: str
    public: dict[str, Any]
    sd: tuple[str, ...] = ()

    @property
    def approval_subject(self) -> str:
        """What a second person approves."""
        return approval_subject(log=self.log, type=self.type, object=self.object, public=self.public, sd=self.sd)


def approval_subject(*, log: str, type: str, object: str, public: dict[str, Any], sd: tuple[str, ...]) -> str:
    """Return SHA-256(JCS({log, type, object, public, sd})): the content of a statement without its circumstances."""
    return digest(canonical({"log": log, "type": type, "object": object, "public": public, "sd": list(sd)}))


def new_token_id(iat: int, entropy: Entropy) -> str:
    """Return a new jti: the time in five bytes, then eleven random ones.

    That ids of one time begin alike is what keeps a registry's index of them as fast as it was when the log was small.
    """
    return b64u(iat.to_bytes(5) + entropy(11))


def sign_statement(
    draft: Draft,
    *,
    iss: str,
    iat: int,
    jti: str,
    prev: int | None,
    anchor: Anchor | None,
    signer: Signer,
    second: str | None = None,
) -> str:
    """Return the signed statement. Raises StatementError when the draft lies outside its schema."""
    payload: dict[str, Any] = {
        "v": VERSION,
        "log": draft.log,
        "type": draft.type,
        "object": draft.object,
        "iss": iss,
        "iat": iat,
        "jti": jti,
        "prev": prev,
        "anchor": anchor.members() if anchor else None,
        "public": draft.public,
        "sd": list(draft.sd),
    }
    if second is not None:
        payload["second"] = second
    compact = sign_token(payload, typ=TYP, signer=signer)
    parse_statement(compact)
    return compact


def parse_statement(compact: str | bytes) -> Statement:
    """Return the statement. Its signature and the right to make it are not checked here.

    Raises EnvelopeError, MalformedError or StatementError for a bad one, NewerVersionError for one that this version
    cannot understand.
    """
    token = parse_token(compact, TYP)
    if token.payload.get("v") != VERSION:
        raise NewerVersionError("the statement's version is unknown to this version")
    claims = read_model(_Claims, token.payload, what="statement")
    kind = kind_of(claims.type)
    public = read_model(kind.schema, claims.public, what=f"public part of {claims.type}")
    _check_object(kind, claims.object, claims.log)
    if list(claims.sd) != sorted(set(claims.sd)):
        raise StatementError("commitments must be sorted and unique")
    return Statement(
        token=token,
        kind=kind,
        log=claims.log,
        object=claims.object,
        iss=claims.iss,
        iat=claims.iat,
        jti=claims.jti,
        prev=claims.prev,
        anchor=claims.anchor,
        public=public,
        sd=claims.sd,
        second=claims.second,
    )


def _check_object(kind: Kind, uri: str, log: str) -> None:
    try:
        name = parse_name(uri)
    except MalformedError as error:
        raise StatementError(f"the object is not a name: {error.message}") from error
    if name.kind != kind.object_kind:
        raise StatementError(f"{kind.name} cannot be about {uri}")
    if log != f"{name.host}/log":
        raise StatementError("the object belongs to another authority than the log")
