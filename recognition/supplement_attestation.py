"""The supplement attestation: a home evaluator signs that single criteria are met, for one work order and one holder.

It is the second half of a conditional recognition. The signature and the evaluator's accreditation are checked here;
whether the criteria are then closed is the decision's to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from recognition.certificate import Supplement
from verifier.encoding import b64u
from verifier.envelope import audience_is, parse_token, sign_token, verify_token
from verifier.errors import RefusedError, SignatureError
from verifier.keys import import_jwk
from verifier.names import body_uri, log_origin
from verifier.schema import Closed, Digest, Instant, Label, Many, Nonce, TokenId, Uri, read_model
from verifier.scheme.assurance import Assurance

if TYPE_CHECKING:
    from verifier.injected import Entropy
    from verifier.signer import Signer
    from verifier.trust.trustlist import TrustList

TYP = "supplement-attestation+jwt"


class _Claims(Closed):
    iss: Uri
    aud: str
    jti: TokenId
    iat: Instant
    exp: Instant
    nonce: Nonce
    work_order_sha256: Digest
    holder: Label
    criteria_sha256: Digest
    criteria: Annotated[Many[Label], Field(min_length=1)]
    assurance: Assurance
    all_met: Literal[True]
    ends: Instant


def sign_supplement(supplement: Supplement, *, host: str, iat: int, exp: int, signer: Signer, entropy: Entropy) -> str:
    """Return the evaluator's attestation of a supplement to a work order; ``exp`` is until when it may be submitted."""
    if supplement.work_order_sha256 is None:
        raise RefusedError("a supplement is attested for a work order")
    payload = {
        "iss": body_uri(host, int(supplement.evaluator)),
        "aud": log_origin(host),
        "jti": b64u(entropy(16)),
        "iat": iat,
        "exp": exp,
        "nonce": b64u(entropy(16)),
        "work_order_sha256": supplement.work_order_sha256,
        "holder": supplement.holder,
        "criteria_sha256": supplement.criteria_sha256,
        "criteria": [*supplement.criteria],
        "assurance": supplement.assurance.members(),
        "all_met": True,
        "ends": supplement.expires,
    }
    return sign_token(payload, typ=TYP, signer=signer)


def read_supplement(compact: str, listed: TrustList, *, now: int) -> Supplement:
    """Return the supplement of an attestation by an assessor of a listed evaluation body.

    Raises EnvelopeError, StatementError, SignatureError, or RefusedError when it is too late to submit it.
    """
    token = parse_token(compact, TYP)
    claims = read_model(_Claims, token.payload, what="supplement attestation")
    audience_is(token, log_origin(listed.host))
    body = next((one for one in listed.bodies if one.uri == claims.iss and one.role == "evaluation"), None)
    keys = [key for key in body.keys if key.kid == token.kid and key.role == "assessor"] if body else []
    if body is None or not keys:
        raise SignatureError("no assessor of a listed evaluation body signed it")
    verify_token(token, import_jwk({**keys[0].jwk, "kid": keys[0].kid}))
    if not claims.iat <= now < claims.exp:
        raise RefusedError("the attestation is not of this time", hint="Have the evaluator sign it again.")
    return Supplement(
        issued=claims.iat,
        expires=claims.ends,
        holder=claims.holder,
        evaluator=str(body.no),
        criteria_sha256=claims.criteria_sha256,
        criteria=claims.criteria,
        assurance=claims.assurance,
        work_order_sha256=claims.work_order_sha256,
    )
