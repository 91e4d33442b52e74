"""The authority's entity configuration (OpenID Federation 1.1): its directory key, and who issues which trust mark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.envelope import DAY, sign_token
from verifier.names import authority_uri, trust_mark_type

if TYPE_CHECKING:
    from verifier.replay.state import LogState
    from verifier.signer import Signer

TYP = "entity-statement+jwt"
PATH = ".well-known/openid-federation"
LIFETIME = 7 * DAY


def sign_entity_configuration(state: LogState, *, organisation: str, iat: int, signer: Signer) -> str:
    """Return the entity configuration; an issuer stays listed as long as it was ever accredited for the type.

    Issuers that lost their accreditation stay too: marks that they issued before are judged by the log, not here.
    """
    entity = authority_uri(state.host)
    issuers: dict[str, list[str]] = {}
    for uri, body in sorted(state.bodies.items(), key=lambda item: item[1].no):
        if body.role == "evaluation":
            for row in body.scope:
                issuers.setdefault(trust_mark_type(state.host, row.scheme, row.level), []).append(uri)
    payload = {
        "iss": entity,
        "sub": entity,
        "iat": iat,
        "exp": iat + LIFETIME,
        "jwks": {"keys": [{**signer.jwk, "kid": signer.kid, "use": "sig", "alg": "ES256"}]},
        "metadata": {"federation_entity": {"organization_name": organisation}},
        "trust_mark_issuers": issuers,
    }
    return sign_token(payload, typ=TYP, signer=signer)
