"""The body's own entity configuration (OpenID Federation 1.1): made at the desk, signed by a decider's key.

It has to stand at the well-known path below the body's entity id, which lies under the authority's host: the body sends
it to the authority, whose registry checks and publishes it. It is good for ninety days.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from issuer.identity import open_signer
from verifier.errors import RefusedError
from verifier.keys import import_jwk
from verifier.trust.entity_statement import sign_body_configuration
from verifier.trust.trustlist import read_trust_list

if TYPE_CHECKING:
    from issuer.workplace import Workplace
    from verifier.keys import VerifyingKey

TRUST_LIST = "trust/list.jwt"


def make_entity_configuration(place: Workplace, *, organisation: str) -> str:
    """Return the configuration with every key of a decider that the authority's trust list names for this body.

    Raises RefusedError when the open key is not among them, NotFoundError, UnavailableError or TrustRootError when the
    list cannot be had.
    """
    identity, signer = place.identity, open_signer(place.signers, "decider")
    listed = read_trust_list(place.registry.fetcher.fetch(TRUST_LIST), place.registry.root()).body(identity.body_no)
    keys: list[VerifyingKey] = [
        import_jwk({**key.jwk, "kid": key.kid}) for key in (listed.keys if listed else ()) if key.role == "decider"
    ]
    if signer.kid not in {key.kid for key in keys}:
        raise RefusedError(
            f"the authority's trust list does not name the open decider's key for body {identity.body_no}",
            hint="Have the key listed first, or wait for the next directory.",
        )
    return sign_body_configuration(
        identity.host, identity.body_no, organisation=organisation, keys=keys, iat=place.clock(), signer=signer
    )
