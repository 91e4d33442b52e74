"""Authentication by an SD-JWT VC (draft-ietf-oauth-sd-jwt-vc): typ dc+sd-jwt, with key binding where it is demanded.

Key binding shows that whoever presents the credential holds the key that the issuer named in ``cnf``, for this nonce
and this audience. Members that decide who issued what, and until when, may not be among the disclosures.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Any

from recognition.authenticate.bound_key import BoundKey, bind_key
from recognition.authenticate.foreign_token import check_audience, read_foreign, verify_foreign
from recognition.authenticate.record import Authenticated
from recognition.authenticate.scheme_profile import SELECTIVE_TYP, Profile
from recognition.authenticate.sd_jwt import SdJwt, disclosed, read_sd_jwt
from recognition.authenticate.signed_token import (
    StatusEvidence,
    check_token,
    finish,
    start_trail,
    token_form,
    verified_issuer,
)
from verifier.envelope import CLOCK_SKEW
from verifier.errors import EnvelopeError, WrongUseError

BINDING_TYP = "kb+jwt"
BINDING_LIFETIME = 600
ALWAYS_OPEN = frozenset({"iss", "iat", "nbf", "exp", "cnf", "vct", "vct#integrity", "status", "aud"})


@dataclass(frozen=True)
class Binding:
    """What the presentation has to be bound to: the nonce that was sent, and who sent it."""

    nonce: str
    audience: str


def authenticate_sd_jwt(
    compact: str,
    profile: Profile,
    *,
    now: int,
    status: StatusEvidence | None = None,
    binding: Binding | None = None,
) -> Authenticated:
    """Return the certificate that an SD-JWT VC carries. Raises EvidenceError, NewerVersionError or WrongUseError.

    With ``binding`` a key binding token is required. Without, one that is there is not checked, and a warning says so.
    """
    form = token_form(profile)
    if not form.selective or form.vct is None:
        raise WrongUseError(
            f"{profile.scheme} has no SD-JWT VC", hint=f'Its profile needs typ = "{SELECTIVE_TYP}" and vct.'
        )
    if form.key_binding and binding is None:
        raise WrongUseError("this scheme demands key binding", hint="Send the holder a nonce, and give it here.")
    token = read_sd_jwt(compact, typ=SELECTIVE_TYP)
    issuer = verified_issuer(token.issued, profile)
    check_token(token.issued, form, now=now)
    facts = disclosed(token)
    if hidden := sorted(name for name in ALWAYS_OPEN if facts.get(name) != token.issued.payload.get(name)):
        raise EnvelopeError(f"{', '.join(hidden)} may not be disclosed selectively")
    trail = start_trail("sd_jwt_vc", profile, token.issued, now=now)
    trail = trail.passed("signature", "dates", "audience", "credential_type", "disclosures")
    if binding is not None:
        check_binding(token, binding, now=now)
        trail = trail.passed("key_binding")
    else:
        trail = trail.not_made("key_binding").warned("holder_not_bound")
    return finish(facts, profile, issuer, trail, status=status)


def check_binding(token: SdJwt, binding: Binding, *, now: int) -> None:
    """Check the key binding token: the holder's key, this nonce, this audience, this presentation, just now.

    Raises EnvelopeError, MalformedError, KeyRefusedError or SignatureError.
    """
    if token.key_binding is None:
        raise EnvelopeError("the presentation is not bound to its holder's key")
    proof = read_foreign(token.key_binding, typ=BINDING_TYP)
    key = confirmation_key(token.issued.payload)
    verify_foreign(proof, {str(proof.header.get("kid", "")): key})
    check_audience(proof.payload, binding.audience)
    nonce, shown = proof.payload.get("nonce"), proof.payload.get("sd_hash")
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), binding.nonce.encode()):
        raise EnvelopeError("the presentation answers another nonce")
    if shown != token.hash(token.presented):
        raise EnvelopeError("the key binding is over other disclosures (sd_hash)")
    if not now - BINDING_LIFETIME <= proof.issued <= now + CLOCK_SKEW:
        raise EnvelopeError("the key binding is not of this time")


def confirmation_key(payload: dict[str, Any]) -> BoundKey:
    """Return the holder's key that the issuer named (``cnf.jwk``, RFC 7800). Raises KeyRefusedError."""
    confirmation = payload.get("cnf")
    return bind_key(confirmation.get("jwk") if isinstance(confirmation, dict) else None)
