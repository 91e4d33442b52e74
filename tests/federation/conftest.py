"""A registry with a body and a mark, as tests of the registry have it, asked as an entity of OpenID Federation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from joserfc import jws
from joserfc.jwk import KeySet

from registry.publishing.body_configuration import take_body_configuration
from tests.registry.conftest import (
    bare,
    engine,
    engines,
    issued,
    office,
    postgresql,
    pytest_generate_tests,
    staffed,
    world,
)
from verifier.encoding import read_object
from verifier.keys import import_jwk
from verifier.trust.entity_statement import sign_body_configuration

if TYPE_CHECKING:
    import httpx

    from tests.registry.conftest import Issued, World
    from verifier.signer import SoftwareSigner

__all__ = ["bare", "engine", "engines", "issued", "office", "postgresql", "pytest_generate_tests", "staffed", "world"]

AUTHORITY = "https://shirushi.example"
BODY = f"{AUTHORITY}/e/7"
HOLDER = f"{AUTHORITY}/o/0188-1180301018771"
TYPE = f"{AUTHORITY}/tm/jp.meti.scs/3"


def ask(world: World, path: str, **query: str | list[str]) -> httpx.Response:
    """Ask the reader."""
    return world.http.get(f"http://read/{path.removeprefix('/')}", params=query)


def body_configuration(world: World, decider: SoftwareSigner, **changes: Any) -> str:
    """Return the body's own entity configuration, signed by its decider."""
    given: dict[str, Any] = {"organisation": "見本評価機構", "keys": [import_jwk(decider.jwk)], "iat": world.clock()}
    return sign_body_configuration("shirushi.example", 7, signer=decider, **(given | changes))


def take(world: World, compact: str) -> None:
    """Have the registry publish what a body says of itself."""
    take_body_configuration(compact.encode(), world.public, root=world.ceremony.root, now=world.clock())


def opened(token: str | bytes, jwks: Any, typ: str) -> dict[str, Any]:
    """Return the claims of a JWT that joserfc verified under a JWK set, and whose typ is this."""
    text = token.decode() if isinstance(token, bytes) else token
    verified = jws.deserialize_compact(text, KeySet.import_key_set(jwks), algorithms=["ES256"])
    assert verified.headers()["typ"] == typ
    return read_object(verified.payload)


@dataclass(frozen=True)
class Federated:
    """A world with a published mark, and the authority's entity configuration as joserfc reads it."""

    world: World
    mark: str
    signers: dict[str, SoftwareSigner]
    authority: dict[str, Any]

    def get(self, name: str, **query: str | list[str]) -> httpx.Response:
        """Ask the endpoint that the authority's metadata names so."""
        address = self.authority["metadata"]["federation_entity"][f"federation_{name}_endpoint"]
        return ask(self.world, address.removeprefix(AUTHORITY), **query)

    def post(self, mark: str, media_type: str = "application/x-www-form-urlencoded") -> httpx.Response:
        """Ask for the status of a mark."""
        address = self.authority["metadata"]["federation_entity"]["federation_trust_mark_status_endpoint"]
        url = f"http://read{address.removeprefix(AUTHORITY)}"
        return self.world.http.post(url, content=f"trust_mark={mark}", headers={"content-type": media_type})


@pytest.fixture(scope="module")
def federated(issued: Issued) -> Federated:
    """One world for all tests of a module that only read."""
    take(issued.world, body_configuration(issued.world, issued.signers["decider"]))
    compact = ask(issued.world, ".well-known/openid-federation").text
    return Federated(issued.world, issued.mark, issued.signers, authority_of(compact))


def authority_of(compact: str) -> dict[str, Any]:
    """Return the claims of an entity configuration under its own keys."""
    claimed = read_object(jws.extract_compact(compact.encode()).payload)
    return opened(compact, claimed["jwks"], "entity-statement+jwt")
