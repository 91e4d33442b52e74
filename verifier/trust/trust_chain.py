"""The trust chain of a body (OpenID Federation 1.1, sections 4 and 10): body, authority's statement, authority.

The anchor is pinned by the trust root, not by the entity configuration that vouches for itself. That a body stands in
this federation says nothing of a mark: a mark is judged by the log (verifier/verify.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.envelope import check_times, verify_token
from verifier.errors import EnvelopeError, SignatureError, TrustRootError
from verifier.names import authority_uri
from verifier.trust.entity_configuration import parse_entity_configuration, verify_entity_configuration
from verifier.trust.entity_statement import parse_body_configuration, parse_subordinate_statement

if TYPE_CHECKING:
    from verifier.trust.root import TrustRoot


@dataclass(frozen=True)
class FederatedBody:
    """A body whose trust chain holds until ``exp``, with its keys and the trust mark types that it is listed for."""

    uri: str
    exp: int
    kids: tuple[str, ...]
    trust_mark_types: tuple[str, ...]


def verify_trust_chain(
    configuration: str | bytes, statement: str | bytes, authority: str | bytes, *, root: TrustRoot, now: int
) -> FederatedBody:
    """Check a body's configuration, the authority's statement about it and the authority's own configuration.

    ``kids`` of the answer are the keys that both the authority and the body name. Raises EnvelopeError, also for a
    statement that is not of this time, KeyRefusedError, MalformedError, NewerVersionError, SignatureError,
    StatementError or TrustRootError.
    """
    anchor = parse_entity_configuration(authority)
    listed = root.keys.get(anchor.token.kid)
    if listed is None or listed[0].role != "directory" or listed[0].cutoff is not None:
        raise TrustRootError("the authority's entity configuration is not signed by a directory key of the trust root")
    verify_entity_configuration(anchor, root.host, listed[1])
    said, own = parse_subordinate_statement(statement), parse_body_configuration(configuration)
    if said.iss != authority_uri(root.host) or said.sub != own.sub:
        raise SignatureError("the statements are not about the same body under this authority")
    signed_by = anchor.keys.get(said.token.kid)
    if signed_by is None:
        raise SignatureError("the statement about the body is signed by none of the authority's keys")
    verify_token(said.token, signed_by)
    vouched = said.keys.get(own.token.kid)
    if vouched is None:
        raise SignatureError("the body's configuration is signed by a key that the authority does not name")
    verify_token(own.token, vouched)
    for name, token in (("authority", anchor.token), ("statement", said.token), ("body", own.token)):
        try:
            check_times(token, now=now)
        except EnvelopeError as error:
            raise EnvelopeError(f"{name}: {error.message}", hint=error.hint) from error
    kinds = tuple(sorted(kind for kind, uris in anchor.issuers.items() if own.sub in uris))
    kids = tuple(sorted(said.keys.keys() & own.keys.keys()))
    return FederatedBody(own.sub, min(anchor.exp, said.exp, own.exp), kids, kinds)
