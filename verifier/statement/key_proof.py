"""Proof of possession: a new key signs, within the hour, for whom and for what it is meant."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.encoding import b64u
from verifier.envelope import Token, audience_is, check_times, parse_token, sign_token, verify_token
from verifier.errors import StatementError
from verifier.injected import Entropy
from verifier.keys import VerifyingKey, import_jwk
from verifier.schema import Closed, Count, Instant, Label, TokenId, Uri, read_model
from verifier.signer import Signer
from verifier.statement.public import KeyAdded, KeyRole

TYP = "key-proof+jwt"
LIFETIME = 3600


class _Claims(Closed):
    iss: Uri
    aud: str
    jti: TokenId
    iat: Instant
    exp: Instant
    jwk: dict[str, str]
    role: KeyRole
    holder: Label
    no: Count


@dataclass(frozen=True)
class KeyProof:
    """A key's own signed wish to be listed for one body, role and holder. The signature fits ``key``."""

    token: Token
    key: VerifyingKey
    body: str
    role: KeyRole
    holder: str
    no: int


def sign_key_proof(
    *, body: str, role: KeyRole, holder: str, no: int, log: str, iat: int, signer: Signer, entropy: Entropy
) -> str:
    """Return the new key's proof of possession."""
    payload = {
        "iss": body,
        "aud": log,
        "jti": b64u(entropy(16)),
        "iat": iat,
        "exp": iat + LIFETIME,
        "jwk": signer.jwk,
        "role": role,
        "holder": holder,
        "no": no,
    }
    return sign_token(payload, typ=TYP, signer=signer)


def parse_key_proof(compact: str, *, log: str) -> KeyProof:
    """Return the proof after checking its signature by the very key that it carries.

    Raises EnvelopeError, KeyRefusedError, SignatureError or StatementError.
    """
    token = parse_token(compact, TYP)
    claims = read_model(_Claims, token.payload, what="key proof")
    audience_is(token, log)
    key = import_jwk(claims.jwk)
    verify_token(token, key)
    return KeyProof(token, key, claims.iss, claims.role, claims.holder, claims.no)


def check_key_proof(proof: KeyProof, added: KeyAdded, *, at: int) -> None:
    """Check that a key.added statement says what the key's proof says, within the proof's hour.

    Raises StatementError or EnvelopeError.
    """
    check_times(proof.token, now=at)
    said = (added.kid, added.body, added.role, added.holder, added.no, added.proof)
    if said != (proof.key.kid, proof.body, proof.role, proof.holder, proof.no, proof.token.digest):
        raise StatementError("key.added says something else than the key's own proof")
