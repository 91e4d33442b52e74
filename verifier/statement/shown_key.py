"""What somebody shows to say that they act for an accredited body: a key's id, its fresh proof, or an attestation.

A key proof (``verifier.statement.key_proof``) shows that whoever made it within the hour held the key. An attestation
shows that the key signed once. A key's id shows nothing: it is public. None of them names a person; a key stands for
one pseudonymous holder of a body, and which human that is only the body knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from verifier.envelope import Token
from verifier.errors import EvidenceError, WrongUseError
from verifier.keys import VerifyingKey
from verifier.names import authority_uri
from verifier.statement.attestation import parse_attestation
from verifier.statement.key_proof import parse_key_proof

Kind = Literal["key_id", "key_proof", "attestation"]
_KID = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class ShownKey:
    """What was shown: a key, and for a token when it was signed, until when it is good and what it says of itself.

    ``proven`` is the key that the token carries and that signed it; an attestation's is not in it and has to be found.
    """

    kind: Kind
    kid: str
    token: Token | None = None
    proven: VerifyingKey | None = None
    body: str | None = None
    role: str | None = None
    iat: int | None = None
    exp: int | None = None
    mark: str | None = None


def read_shown_key(text: str, *, host: str, log: str) -> ShownKey:
    """Return what a text shows: a key id, its address under ``host``, a key proof or an attestation for ``log``.

    Raises WrongUseError for anything else, EvidenceError for a token that is not what it claims to be.
    """
    shown = text.strip()
    kid = shown.removeprefix(f"{authority_uri(host)}/k/").removesuffix(".json")
    if _KID.fullmatch(kid):
        return ShownKey("key_id", kid)
    if not shown.startswith("eyJ"):
        raise WrongUseError(
            "this is neither a key id nor a proof of a key nor an attestation",
            hint="A key id has 43 letters and digits; a proof and an attestation begin with eyJ.",
        )
    try:
        attested = parse_attestation(shown, log=log)
    except EvidenceError:
        proof = parse_key_proof(shown, log=log)
        token = proof.token
        iat, exp = int(token.payload["iat"]), int(token.payload["exp"])
        return ShownKey("key_proof", token.kid, token, proof.key, proof.body, proof.role, iat, exp)
    return ShownKey(
        "attestation",
        attested.token.kid,
        attested.token,
        body=attested.iss,
        role="assessor",
        iat=attested.iat,
        exp=attested.exp,
        mark=attested.says.mark,
    )
