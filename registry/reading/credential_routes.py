"""What verifiers of credentials (SD-JWT VC) fetch: the type metadata of a tier, and an issuer's keys.

Both are composed from published files. The credentials themselves are their holders' and stand nowhere here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from registry.publishing.marked_entities import split_type
from registry.reading.static_files import A_MINUTE, JSON, Served, serve
from verifier.edge.credential_type import type_metadata
from verifier.encoding import canonical
from verifier.errors import MalformedError, NotFoundError
from verifier.names import NUMBER, authority_uri, body_uri, trust_mark_type
from verifier.trust.entity_configuration import PATH, parse_entity_configuration
from verifier.trust.entity_statement import parse_subordinate_statement
from verifier.trust.federation_metadata import statement_path

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from verifier.gather import Fetcher
    from verifier.trust.root import TrustRoot

ISSUER = "/.well-known/jwt-vc-issuer"
"""The well-known part of the address of an issuer's keys: it stands before the path of the issuer's name."""


class CredentialReader:
    """The handlers over one published plane."""

    def __init__(self, fetcher: Fetcher, *, trust_root: TrustRoot) -> None:
        self._fetcher = fetcher
        self._host = trust_root.host

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [Route("/vct/{scheme}/{level}", self.type), Route(f"{ISSUER}/e/{{no}}", self.issuer)]

    async def type(self, request: Request) -> Response:
        """Describe the credentials of a tier that a body was accredited for."""
        scheme, level = request.path_params["scheme"], request.path_params["level"]
        tier = split_type(f"{authority_uri(self._host)}/tm/{scheme}/{level}", self._host)
        known = parse_entity_configuration(self._fetcher.fetch(PATH)).issuers
        if trust_mark_type(self._host, *tier) not in known:
            raise NotFoundError("no body issues marks of this tier")
        return serve(request, canonical(type_metadata(self._host, *tier)), Served(JSON, A_MINUTE))

    async def issuer(self, request: Request) -> Response:
        """Return the keys of a body, as those look for them who know credentials only."""
        number = request.path_params["no"]
        if not NUMBER.fullmatch(number):
            raise MalformedError("a body has a number", hint="For example /e/7.")
        statement = parse_subordinate_statement(self._fetcher.fetch(statement_path(int(number))))
        jwks = statement.token.payload["jwks"]
        answer = {"issuer": body_uri(self._host, int(number)), "jwks": jwks}
        return serve(request, canonical(answer), Served(JSON, A_MINUTE))
