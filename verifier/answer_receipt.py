"""The signed answer to one question (``verification-receipt+jwt``): what was asked, of which epoch, what was answered.

It is a function of its inputs: whoever has the evidence that the answer was made of makes the same answer again. It
proves what the service said, not that it was right; that is what the evidence is for. Specification:
docs/specification/verification-receipt.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from verifier.check.receipt import TYP, CheckpointAnchor, DirectoryAnchor
from verifier.encoding import canonical, digest
from verifier.envelope import parse_token, sign_token
from verifier.errors import MalformedError, StatementError
from verifier.names import authority_uri, log_origin
from verifier.receipt_signer import SaidBy, verify_signer
from verifier.schema import Closed, Digest, Instant, Label, One, TokenId, Uri, read_model
from verifier.statement.public import MarkId

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verifier.envelope import Token
    from verifier.signer import Signer
    from verifier.trust.root import TrustRoot

Challenge = Annotated[str, Field(pattern=r"^[A-Za-z0-9._~-]{1,128}$")]
"""What the asker gives so that an answer cannot be an old one."""


class AskedFor(Closed):
    """The question: one mark id, one text (by its digest) or one identifier, and what is expected beside it.

    ``shown_under`` is the host at which the mark id was shown, where that is another one than the registry's.
    """

    mark: MarkId | None = None
    shown_under: Annotated[str, Field(max_length=255)] | None = None
    text_sha256: Digest | None = None
    identifier: Label | None = None
    subject: Label | None = None
    policy: Annotated[dict[str, Any], Field(max_length=32)] | None = None
    policy_sha256: Digest | None = None
    as_of: Instant


class _Claims(Closed):
    v: One
    kind: Literal["answer"]
    iss: Uri
    jti: TokenId
    iat: Instant
    log: Annotated[str, Field(max_length=120)]
    nonce: Challenge | None = None
    question: dict[str, Any]
    checkpoint: dict[str, Any]
    directory: dict[str, Any]
    evidence_sha256: Digest
    answer: dict[str, Any]


@dataclass(frozen=True)
class Said:
    """What a receipt says: question, epoch and answer. ``evidence_sha256`` is the digest of the evidence file."""

    question: AskedFor
    checkpoint: CheckpointAnchor
    directory: DirectoryAnchor
    evidence_sha256: str
    answer: dict[str, Any]
    nonce: str | None = None


@dataclass(frozen=True)
class AnswerReceipt:
    """A receipt of the right shape; nobody has said anything in it before ``verify_answer_receipt``.

    ``evidence`` is the file of the evidence that came with it, None where none did.
    """

    token: Token
    jti: str
    iat: int
    log: str
    said: Said
    evidence: bytes | None = None


def sign_answer(said: Said, *, host: str, iat: int, signer: Signer) -> str:
    """Return the receipt. Its id follows from its content, so the same inputs give the same bytes."""
    payload: dict[str, Any] = {
        "v": 1,
        "kind": "answer",
        "iss": authority_uri(host),
        "iat": iat,
        "log": log_origin(host),
        "question": said.question.members(),
        "checkpoint": said.checkpoint.members(),
        "directory": said.directory.members(),
        "evidence_sha256": said.evidence_sha256,
        "answer": said.answer,
    }
    payload |= {"nonce": said.nonce} if said.nonce is not None else {}
    return sign_token({**payload, "jti": digest(canonical(payload))[:22]}, typ=TYP, signer=signer)


def parse_answer_receipt(compact: str | bytes) -> AnswerReceipt:
    """Return the receipt, unverified.

    Raises EnvelopeError, MalformedError, NewerVersionError or StatementError.
    """
    token = parse_token(compact, TYP)
    claims = read_model(_Claims, token.payload, what="verification receipt")
    if log_origin(claims.iss.removeprefix("https://")) != claims.log:
        raise StatementError("an answer is given by the authority whose log it names")
    said = Said(
        question=read_model(AskedFor, claims.question, what="question of the receipt"),
        checkpoint=read_model(CheckpointAnchor, claims.checkpoint, what="checkpoint of the receipt"),
        directory=read_model(DirectoryAnchor, claims.directory, what="directory of the receipt"),
        evidence_sha256=claims.evidence_sha256,
        answer=claims.answer,
        nonce=claims.nonce,
    )
    _check_question(said.question)
    content = {name: value for name, value in token.payload.items() if name != "jti"}
    if claims.jti != digest(canonical(content))[:22]:
        raise StatementError("the id of the receipt does not follow from its content")
    return AnswerReceipt(token, claims.jti, claims.iat, claims.log, said)


def receipt_in(document: Mapping[str, Any]) -> AnswerReceipt:
    """Return the receipt, unverified, in the document that a service answers with, with the evidence if that is there.

    Raises as ``parse_answer_receipt``, and MalformedError for a document without a receipt.
    """
    compact, evidence = document.get("receipt"), document.get("evidence")
    if not isinstance(compact, str):
        raise MalformedError("the answer holds no receipt")
    receipt = parse_answer_receipt(compact)
    return replace(receipt, evidence=canonical(evidence) + b"\n") if isinstance(evidence, dict) else receipt


def verify_answer_receipt(receipt: AnswerReceipt, root: TrustRoot) -> None:
    """Check that a receipt key of this trust root, which counted at that checkpoint, gave this answer.

    The root has to have been in force when the answer says that it was given; later it vouches for that answer still.
    Raises SignatureError, or UnavailableError where the root had expired by then.
    """
    said = SaidBy(
        log=receipt.log,
        size=receipt.said.checkpoint.size,
        at=receipt.iat,
        what="the answer",
        hint="If the root was renewed since, its newer version is needed: give the answer's evidence or that root.",
    )
    verify_signer(receipt.token, said, root)


def _check_question(question: AskedFor) -> None:
    named = [one for one in (question.mark, question.text_sha256, question.identifier) if one is not None]
    if len(named) != 1:
        raise StatementError("a question is about one mark, one text or one identifier")
    if question.shown_under is not None and question.mark is None:
        raise StatementError("a host stands beside a mark")
    if (question.policy is None) != (question.policy_sha256 is None):
        raise StatementError("a policy stands beside its digest")
    if question.policy is not None and digest(canonical(question.policy)) != question.policy_sha256:
        raise StatementError("the digest of the policy is another one's")
