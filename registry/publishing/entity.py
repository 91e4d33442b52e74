"""The authority's entity configuration from the state of the log (verifier/trust/entity_configuration.py: its form)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.names import trust_mark_type
from verifier.trust import entity_configuration
from verifier.trust.entity_configuration import PATH, TYP
from verifier.trust.federation_metadata import authority_endpoints

if TYPE_CHECKING:
    from verifier.replay.state import LogState
    from verifier.signer import Signer

__all__ = ["PATH", "TYP", "sign_entity_configuration"]


def sign_entity_configuration(state: LogState, *, organisation: str, iat: int, signer: Signer) -> str:
    """Return the entity configuration; an issuer stays listed as long as it was ever accredited for the type.

    Issuers that lost their accreditation stay too: marks that they issued before are judged by the log, not here.
    """
    issuers: dict[str, list[str]] = {}
    for uri, body in sorted(state.bodies.items(), key=lambda item: item[1].no):
        if body.role == "evaluation":
            for row in body.scope:
                issuers.setdefault(trust_mark_type(state.host, row.scheme, row.level), []).append(uri)
    return entity_configuration.sign_entity_configuration(
        state.host,
        organisation=organisation,
        issuers=issuers,
        iat=iat,
        signer=signer,
        endpoints=authority_endpoints(state.host),
    )
