"""Saying: what the authority wants to say, before it is dated, anchored and signed, with what travels beside it.

Two operators agree on a saying, not on a statement: the first one's approval is over what is said, and holds for two
weeks; the second one signs the statement when it is sent. Each can do it at another time and on another machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from verifier.envelope import parse_token
from verifier.names import authority_uri, log_origin
from verifier.schema import Closed, Digest, Many, Uri, read_model
from verifier.statement import Draft, new_token_id, sign_statement
from verifier.statement.approval import TYP as APPROVAL
from verifier.statement.approval import sign_approval
from verifier.statement.commitment import Disclosure, committed, read_disclosure
from verifier.statement.kinds import kind_of

if TYPE_CHECKING:
    from verifier.injected import Entropy
    from verifier.signer import Signer
    from verifier.statement import Anchor


class _Members(Closed):
    type: Annotated[str, Field(max_length=40)]
    object: Uri
    public: dict[str, Any]
    sd: Many[Digest] = ()
    disclosures: Many[dict[str, Any]] = ()
    proof: str | None = None
    document: str | None = None


@dataclass(frozen=True)
class Saying:
    """What is said of which object, what opens its commitments, a key's proof of itself, the files that it pins."""

    draft: Draft
    disclosures: tuple[Disclosure, ...] = ()
    proof: str | None = None
    document: str | None = None

    @property
    def subject(self) -> str:
        """What an operator approves: the content without its circumstances."""
        return self.draft.approval_subject

    def members(self) -> dict[str, Any]:
        """Return the JSON object, from which ``read_saying`` makes the same again."""
        draft = self.draft
        told = {"type": draft.type, "object": draft.object, "public": draft.public, "sd": [*draft.sd]}
        beside = {"proof": self.proof, "document": self.document}
        shown = [one.members() for one in self.disclosures]
        return {**told, "disclosures": shown, **{name: one for name, one in beside.items() if one is not None}}


@dataclass(frozen=True)
class Circumstances:
    """When something is said, after which entry about its object, and over which published checkpoint."""

    at: int
    prev: int | None
    anchor: Anchor


def say(
    host: str,
    type_: str,
    uri: str,
    public: dict[str, Any],
    *,
    entropy: Entropy,
    disclosures: tuple[Disclosure, ...] = (),
    proof: str | None = None,
    document: str | None = None,
) -> Saying:
    """Return what is to be said. Raises StatementError for what lies outside the schema of its type."""
    read_model(kind_of(type_).schema, public, what=f"public part of {type_}")
    log = log_origin(host)
    sd = committed(log=log, object=uri, disclosures=disclosures, entropy=entropy) if disclosures else ()
    return Saying(Draft(log, type_, uri, public, sd), disclosures, proof, document)


def read_saying(host: str, value: object) -> Saying:
    """Return a saying out of its JSON object. Raises MalformedError, NewerVersionError or StatementError."""
    read = read_model(_Members, value, what="saying")
    read_model(kind_of(read.type).schema, read.public, what=f"public part of {read.type}")
    shown = tuple(read_disclosure(one) for one in read.disclosures)
    return Saying(
        Draft(log_origin(host), read.type, read.object, read.public, read.sd), shown, read.proof, read.document
    )


def approve_saying(saying: Saying, *, host: str, iat: int, signer: Signer, entropy: Entropy) -> str:
    """Return one operator's approval of exactly this."""
    return sign_approval(
        saying.subject, iss=authority_uri(host), log=log_origin(host), iat=iat, signer=signer, entropy=entropy
    )


def sign_saying(
    saying: Saying, circumstances: Circumstances, *, signer: Signer, approval: str | None, entropy: Entropy
) -> tuple[str, dict[str, Any]]:
    """Return the signed statement and what is sent beside it; ``approval`` is another operator's, None for none.

    Raises StatementError when it lies outside its schema.
    """
    host = saying.draft.log.removesuffix("/log")
    statement = sign_statement(
        saying.draft,
        iss=authority_uri(host),
        iat=circumstances.at,
        jti=new_token_id(circumstances.at, entropy),
        prev=circumstances.prev,
        anchor=circumstances.anchor,
        signer=signer,
        second=parse_token(approval, APPROVAL).digest if approval else None,
    )
    shown = [one.members() for one in saying.disclosures]
    return statement, {"second": approval, "proof": saying.proof, "document": saying.document, "disclosures": shown}
