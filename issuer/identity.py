"""Who this desk is: the accredited body, its place under the authority's host, and the people behind its keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verifier.errors import WrongUseError
from verifier.injected import Entropy
from verifier.names import authority_uri, body_uri, log_origin
from verifier.signer import Signer
from verifier.statement.key_proof import sign_key_proof
from verifier.statement.public import KeyRole

ROLES: tuple[KeyRole, ...] = ("assessor", "decider", "desk")
Signers = Mapping[KeyRole, Signer]
"""The keys that are open; the others stay closed."""


@dataclass(frozen=True)
class KeyPlace:
    """Whose key it is, by lasting pseudonym, and its number within the body, which is never used twice."""

    holder: str
    no: int


@dataclass(frozen=True)
class Identity:
    """An accredited body under one authority, and who holds its keys."""

    host: str
    body_no: int
    places: Mapping[KeyRole, KeyPlace]

    @property
    def uri(self) -> str:
        """The body's entity id."""
        return body_uri(self.host, self.body_no)

    @property
    def authority(self) -> str:
        """The authority's entity id."""
        return authority_uri(self.host)

    @property
    def log(self) -> str:
        """The origin of the authority's log."""
        return log_origin(self.host)

    def holder(self, role: KeyRole) -> str:
        """Return the pseudonym of who holds the key of this role."""
        return self.places[role].holder


def open_signer(signers: Signers, role: KeyRole) -> Signer:
    """Return the signer of a role. Raises WrongUseError when its key is closed."""
    if role not in signers:
        raise WrongUseError(f"the {role}'s key is not open", hint=f"Give the passphrase of the {role}'s key.")
    return signers[role]


def prove_key(identity: Identity, role: KeyRole, signers: Signers, *, at: int, entropy: Entropy) -> str:
    """Return the key's proof of possession, good for one hour, for the authority to list the key with."""
    place = identity.places[role]
    return sign_key_proof(
        body=identity.uri,
        role=role,
        holder=place.holder,
        no=place.no,
        log=identity.log,
        iat=at,
        signer=open_signer(signers, role),
        entropy=entropy,
    )
