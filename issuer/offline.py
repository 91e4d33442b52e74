"""Offline signing by file: what a desk asks its decider's key to sign, and what comes back from where that key is.

Two files, both strict JSON under closed schemas. The request holds everything that is signed, so that the machine
without a network needs nothing but its key; it can be read before it is signed. The answer holds three tokens for each
mark. A grant is admitted within 23 hours of its anchor, so a request grows old and is then exported again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from issuer.decision import Signable, sign_issue
from issuer.identity import Identity, Signers, open_signer
from issuer.issuance import Signed
from issuer.own_output import check_signed
from issuer.record import Jwk
from issuer.wallet import Wish, check_own_credential
from verifier.credential import MAX_BYTES
from verifier.dates import day_start, is_zone, local_date, utc_text
from verifier.encoding import canonical, digest, read_object
from verifier.envelope import CLOCK_SKEW, parse_token
from verifier.errors import RefusedError, StatementError
from verifier.injected import Entropy
from verifier.keys import VerifyingKey, import_jwk
from verifier.mark import Holder, MarkDraft, Number, Scope
from verifier.schema import Closed, Count, Digest, Index, Instant, Label, Level, Many, One, Uri, read_model
from verifier.statement import Anchor
from verifier.statement.attestation import TYP as ATTESTATION
from verifier.statement.public import MarkId

SIGN_WITHIN = 22 * 3600
"""Seconds in which a request may be signed: an hour less than the registry allows, for the way back."""

MOST_MARKS = 500
Zone = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+/-]{1,40}$")]
Compact = Annotated[str, Field(max_length=8192)]


class DraftFile(Closed):
    """What was decided about one mark."""

    id: MarkId
    sub: Uri
    nbf: Instant
    exp: Instant
    status_no: Count
    status_idx: Index
    number: Number
    scheme: Label
    tier: Level
    criteria: Label
    basis: Literal["evaluation", "self_declared"]
    holder: Holder
    scope: Scope


class CredentialFile(Closed):
    """A credential to sign beside a mark: the wallet's key if it is bound to one, and a sole proprietor's name."""

    jwk: Jwk | None = None
    name: Annotated[str, Field(min_length=1, max_length=200)] | None = None


class WantedFile(Closed):
    """One mark to sign, with the assessor's attestation that stands behind it."""

    case: Label
    draft: DraftFile
    criteria_sha256: Digest
    supersedes: MarkId | None = None
    attestation: Compact
    credential: CredentialFile | None = None


class RequestFile(Closed):
    """What a desk asks to sign: for which body and person, over which anchor, exported when."""

    v: One
    kind: Literal["sign-request"]
    host: Annotated[str, Field(max_length=64)]
    body: Count
    decider: Label
    zone: Zone
    anchor: Anchor
    exported_at: Instant
    marks: Annotated[Many[WantedFile], Field(min_length=1, max_length=MOST_MARKS)]


class SignedMarkFile(Closed):
    """The three tokens of one mark, and its credential where one was asked for."""

    case: Label
    seal: Compact
    mark: Compact
    statement: Compact
    credential: Annotated[str, Field(max_length=MAX_BYTES)] | None = None


class AnswerFile(Closed):
    """What came back: to which request, under which key, and the tokens."""

    v: One
    kind: Literal["signed"]
    request_sha256: Digest
    jwk: Jwk
    marks: Annotated[Many[SignedMarkFile], Field(min_length=1, max_length=MOST_MARKS)]


@dataclass(frozen=True)
class SignedAway:
    """An answer that can be read: the key, and for each case what it signed. Nothing is verified yet."""

    key: VerifyingKey
    signed: dict[str, Signed]


def write_request(
    wanted: Iterable[tuple[str, Signable]], anchor: Anchor, *, identity: Identity, zone: str, at: int
) -> bytes:
    """Return the file that asks for the signatures of these cases."""
    marks = [
        {
            "case": case,
            "draft": _draft_members(one.draft),
            "criteria_sha256": one.criteria_sha256,
            "attestation": one.attestation,
            **({"supersedes": one.supersedes} if one.supersedes is not None else {}),
            **({"credential": _wish_members(one.wish)} if one.wish is not None else {}),
        }
        for case, one in wanted
    ]
    members = {
        "v": 1,
        "kind": "sign-request",
        "host": identity.host,
        "body": identity.body_no,
        "decider": identity.holder("decider"),
        "zone": zone,
        "anchor": anchor.members(),
        "exported_at": at,
        "marks": marks,
    }
    return canonical(read_model(RequestFile, members, what="signing request").members()) + b"\n"


def read_request(data: bytes) -> RequestFile:
    """Return a request. Raises MalformedError, StatementError or NewerVersionError."""
    request = read_model(RequestFile, read_object(data, max_depth=8), what="signing request")
    if not is_zone(request.zone):
        raise StatementError("the signing request names no time zone")
    if len({one.case for one in request.marks}) != len(request.marks):
        raise StatementError("the signing request names a case twice")
    return request


def sign_request_file(data: bytes, *, identity: Identity, signers: Signers, at: int, entropy: Entropy) -> bytes:
    """Return the answer: everything that the request asks for, signed and checked by the judge's own code.

    Raises RefusedError for a request of another body or person, one that is too old or from the future, a mark whose
    term begins before today, or one that this key itself attested.
    """
    request, signer = read_request(data), open_signer(signers, "decider")
    _check_meant(request, identity, at=at)
    today = day_start(local_date(at, request.zone), request.zone)
    key, marks = import_jwk(signer.jwk), []
    for one in request.marks:
        if one.draft.nbf < today:
            raise RefusedError(f"the term of {one.case} begins before today", hint="Export it again.")
        if parse_token(one.attestation, ATTESTATION).kid == signer.kid:
            raise RefusedError(f"{one.case} was attested with this very key", hint="Another person has to decide.")
        wanted = _signable(one, identity)
        signed = sign_issue(wanted, request.anchor, identity=identity, signers=signers, at=at, entropy=entropy)
        check_signed(signed, wanted.attestation, key)
        check_own_credential(signed, key, name=wanted.wish.name if wanted.wish else None)
        marks.append({"case": one.case} | {name: token for name, token in vars(signed).items() if token is not None})
    members = {"v": 1, "kind": "signed", "request_sha256": digest(data), "jwk": signer.jwk, "marks": marks}
    return canonical(read_model(AnswerFile, members, what="signed file").members()) + b"\n"


def read_answer(data: bytes) -> SignedAway:
    """Return what a signed file holds. Raises MalformedError, StatementError, KeyRefusedError or NewerVersionError."""
    answer = read_model(AnswerFile, read_object(data), what="signed file")
    signed = {one.case: Signed(one.seal, one.mark, one.statement, one.credential) for one in answer.marks}
    if len(signed) != len(answer.marks):
        raise StatementError("the signed file names a case twice")
    return SignedAway(import_jwk(answer.jwk.members()), signed)


def _check_meant(request: RequestFile, identity: Identity, *, at: int) -> None:
    asked = (request.host, request.body, request.decider)
    if asked != (identity.host, identity.body_no, identity.holder("decider")):
        raise RefusedError(f"the request is for {request.decider} of body {request.body} of {request.host}")
    if not request.exported_at - CLOCK_SKEW <= at <= request.exported_at + SIGN_WITHIN:
        raise RefusedError(
            f"exported {utc_text(request.exported_at)}, the request is signed within {SIGN_WITHIN // 3600} hours",
            hint="Check this machine's clock, or export it again.",
        )


def _draft_members(draft: MarkDraft) -> dict[str, object]:
    members = {name: value for name, value in vars(draft).items() if name not in ("host", "iss")}
    return {**members, "holder": draft.holder.members(), "scope": draft.scope.members()}


def _signable(one: WantedFile, identity: Identity) -> Signable:
    draft = MarkDraft(host=identity.host, iss=identity.uri, **{name: getattr(one.draft, name) for name in _MEMBERS})
    return Signable(draft, one.criteria_sha256, one.supersedes, one.attestation, _wish(one.credential))


def _wish(asked: CredentialFile | None) -> Wish | None:
    if asked is None:
        return None
    return Wish(import_jwk(asked.jwk.members()) if asked.jwk else None, asked.name)


def _wish_members(wish: Wish) -> dict[str, object]:
    members = {"jwk": dict(wish.holder_key.jwk) if wish.holder_key else None, "name": wish.name}
    return {name: value for name, value in members.items() if value is not None}


_MEMBERS = tuple(DraftFile.model_fields)
