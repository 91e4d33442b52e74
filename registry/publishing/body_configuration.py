"""Taking a body's own entity configuration into the read plane, where its entity id has it looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.publishing.files import PublicFolder
from verifier.errors import ConflictError, NotFoundError, RefusedError
from verifier.names import body_uri
from verifier.trust.entity_configuration import PATH
from verifier.trust.entity_statement import parse_body_configuration
from verifier.trust.federation_metadata import body_configuration_path, body_number, statement_path
from verifier.trust.trust_chain import verify_trust_chain

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.trust.root import TrustRoot
    from verifier.trust.trust_chain import FederatedBody


def take_body_configuration(compact: bytes, public: Path, *, root: TrustRoot, now: int) -> FederatedBody:
    """Publish the configuration if the trust chain of its body holds with it, and return what holds.

    Raises NotFoundError for a body that the authority makes no statement about, ConflictError for one older than what
    is published, RefusedError when it names a key that the authority does not, and as ``verify_trust_chain`` does.
    """
    compact = compact.strip()
    own = parse_body_configuration(compact)
    no = body_number(own.sub, root.host)
    if no is None:
        raise NotFoundError(f"{own.sub} is not a body of {root.host}")
    folder = PublicFolder(public, writer="bodies")
    statement = folder.read(statement_path(no))
    if statement is None:
        raise NotFoundError(f"nothing is said of {body_uri(root.host, no)} yet", hint="Wait for the next directory.")
    body = verify_trust_chain(compact, statement, folder.fetch(PATH), root=root, now=now)
    if set(body.kids) != own.keys.keys():
        raise RefusedError("the configuration names a key that the authority does not name for this body")
    path = body_configuration_path(no)
    present = folder.read(path)
    if present is not None and present != compact and parse_body_configuration(present).iat >= own.iat:
        raise ConflictError("a newer entity configuration of this body is published", hint="Sign a new one.")
    folder.replace(path, compact)
    return body
