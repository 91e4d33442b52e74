"""Clients of the portal: who may keep watches here, and by which secret or key they are known.

A client has either an API key, shown once and stored as its SHA-256, or a public key with which it signs assertions
(RFC 7523). A revoked client is not known from the same moment on, and what it kept is deleted.
"""

from __future__ import annotations

import base64
import hmac
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.errors import NotAdmittedError
from registry.portal import queries_clients as queries
from registry.portal.assertion import Assertion, check_assertion, read_assertion
from registry.portal.client import Client
from verifier.encoding import b64u, digest
from verifier.errors import MarkError, NotFoundError, WrongUseError
from verifier.keys import import_jwk

if TYPE_CHECKING:
    from registry.rows.database import Database
    from verifier.injected import Clock, Entropy

KEY = re.compile(r"shk_([a-z2-7]{8})_([A-Za-z0-9_-]{43})")
TOKEN = re.compile(r"sht_[A-Za-z0-9_-]{43}")
TOKEN_LASTS = 600
PER_MINUTE = 600
_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,120}")


@dataclass(frozen=True)
class Clients:
    """The clients in one database."""

    database: Database
    now: Clock
    entropy: Entropy

    def add(self, name: str, *, jwk: dict[str, Any] | None = None, per_minute: int = PER_MINUTE) -> tuple[Client, str]:
        """Register a client; return it with its API key, which is stored nowhere, or "" where it has a public key.

        Raises WrongUseError for a name that no list could show, KeyRefusedError for a key outside the gate.
        """
        if not _NAME.fullmatch(name):
            raise WrongUseError("the name of a client is a line of at most 120 characters")
        name_of_key = base64.b32encode(self.entropy(5)).decode().lower()
        public = json.dumps(import_jwk(jwk).jwk, sort_keys=True) if jwk is not None else None
        key = "" if public else f"shk_{name_of_key}_{b64u(self.entropy(32))}"
        client = Client(name_of_key, name, digest(key.encode()) if key else None, public, per_minute, self.now())
        with self.database.write() as connection:
            queries.add_client(connection, client)
        return client, key

    def all(self) -> list[Client]:
        """Return every client, the revoked ones too, in the order in which they were registered."""
        with self.database.read() as connection:
            return queries.all_clients(connection)

    def revoke(self, id: str) -> None:
        """Let a client in no more, for good, and delete what it kept. Raises NotFoundError."""
        with self.database.write() as connection:
            if not queries.revoke_client(connection, id, self.now()):
                raise NotFoundError(f"there is no client {id!r} that could be revoked")

    def by_secret(self, secret: str) -> Client:
        """Return the client whose API key or access token this is. Raises NotAdmittedError."""
        matched = KEY.fullmatch(secret)
        with self.database.read() as connection:
            if matched:
                client = queries.client_of(connection, matched[1])
            elif TOKEN.fullmatch(secret):
                return _known(queries.client_of_token(connection, digest(secret.encode()), self.now()))
            else:
                client = None
        # Also where there is no such client: how long the answer takes tells nothing.
        is_right = hmac.compare_digest(digest(secret.encode()), (client and client.key_sha256) or "")
        return _known(client if is_right else None)

    def grant(self, compact: str, *, audience: str) -> str:
        """Return an access token for a client assertion, which works once. Raises NotAdmittedError."""
        try:
            assertion = read_assertion(compact)
            client = self._checked(assertion, audience)
        except MarkError as error:
            raise NotAdmittedError(f"the assertion is not accepted: {error.message}", hint=error.hint) from error
        token = f"sht_{b64u(self.entropy(32))}"
        with self.database.write() as connection:
            if not queries.use_assertion(connection, client.id, assertion.jti, assertion.exp):
                raise NotAdmittedError("the assertion was used before", hint="Sign a new one with another jti.")
            queries.keep_token(connection, digest(token.encode()), client.id, self.now() + TOKEN_LASTS)
        return token

    def _checked(self, assertion: Assertion, audience: str) -> Client:
        with self.database.read() as connection:
            client = _known(queries.client_of(connection, assertion.client))
        if client.jwk is None:
            raise NotAdmittedError("the client has an API key and signs no assertions")
        check_assertion(assertion, import_jwk(json.loads(client.jwk)), audience=audience, now=self.now())
        return client


def _known(client: Client | None) -> Client:
    if client is None or client.revoked is not None:
        raise NotAdmittedError("nobody is known by this key or token", hint="Send Authorization: Bearer and your key.")
    return client
