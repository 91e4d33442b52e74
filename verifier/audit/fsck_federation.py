"""fsck of what is published for OpenID Federation: statements about bodies, by bodies, old keys, status responses.

All of it is an export that is not logged. What can be checked is who signed it and whether the log ever gave cause for
it; how fresh an answer is, its own times say.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from verifier.audit.kinds import Code
from verifier.audit.plane import optional
from verifier.encoding import canonical, read_json
from verifier.envelope import parse_token, verify_token
from verifier.errors import MalformedError, MarkError, SignatureError, StatementError
from verifier.mark import TYP as MARK
from verifier.mark_status import parse_mark_status, verify_mark_status
from verifier.names import parse_name
from verifier.trust.entity_statement import parse_body_configuration, parse_subordinate_statement
from verifier.trust.federation_metadata import (
    HISTORICAL_KEYS,
    SUBORDINATES,
    body_configuration_path,
    mark_status_path,
    marked_path,
    statement_path,
)
from verifier.trust.historical_keys import TYP as KEY_SET
from verifier.trust.historical_keys import read_historical_keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.audit.chain import TrustChain
    from verifier.audit.finding import Findings
    from verifier.gather import Fetcher
    from verifier.keys import VerifyingKey
    from verifier.replay.state import LogState
    from verifier.trust.entity_statement import EntityStatement


class FederationCheck:
    """What one plane publishes for OpenID Federation, once its log was read to the end."""

    def __init__(self, fetcher: Fetcher, chain: TrustChain, state: LogState, findings: Findings) -> None:
        self._fetcher = fetcher
        self._chain = chain
        self._state = state
        self._findings = findings

    def check(self) -> None:
        """Check the statements about bodies and by them, and the old keys. Raises UnavailableError."""
        for uri, body in self._state.bodies.items():
            self._take(statement_path(body.no), partial(self._statement, uri))
            self._take(body_configuration_path(body.no), partial(self._configuration, uri))
        self._take(HISTORICAL_KEYS, self._keys)

        self._take(SUBORDINATES, self._subordinates)
        for scheme, tier in {(mark.issued.scheme, mark.issued.tier) for mark in self._state.marks.values()}:
            self._take(marked_path(scheme, tier), partial(self._marked, scheme, tier))

    def check_statuses(self) -> None:
        """Check the status response of every version of every mark that has one. Raises UnavailableError."""
        for mark in self._state.marks.values():
            for version in mark.versions:
                path = mark_status_path(parse_name(mark.uri).value, version.mark_sha256)
                self._take(path, partial(self._status, version.mark_sha256))

    def _take(self, path: str, judge: Callable[[bytes], None]) -> None:
        data = optional(self._fetcher, path)
        if data is None:
            return
        try:
            judge(data)
        except MarkError as error:
            self._findings.add(Code.FEDERATION_FILE_WRONG, error.message, path=path)

    def _statement(self, uri: str, data: bytes) -> None:
        statement = parse_subordinate_statement(data)
        verify_token(statement.token, self._directory_key(statement.token.kid))
        self._check_keys(uri, statement)

    def _configuration(self, uri: str, data: bytes) -> None:
        self._check_keys(uri, parse_body_configuration(data))

    def _check_keys(self, uri: str, statement: EntityStatement) -> None:
        if statement.sub != uri:
            raise StatementError(f"the statement is about {statement.sub}")
        for kid in statement.keys:
            record = self._state.keys.get(kid)
            if record is None or (record.body, record.role) != (uri, "decider"):
                raise StatementError(f"the log lists no decider's key {kid} of {uri}")

    def _keys(self, data: bytes) -> None:
        signer = self._directory_key(parse_token(data, KEY_SET).kid)
        for jwk in read_historical_keys(data, self._state.host, signer):
            self._directory_key(jwk["kid"])

    def _subordinates(self, data: bytes) -> None:
        bodies = {uri for uri, body in self._state.bodies.items() if body.role == "evaluation"}
        if not set(_uris(data)) <= bodies:
            raise StatementError("it lists what is no body that issues marks")

    def _marked(self, scheme: str, tier: int, data: bytes) -> None:
        marks = (mark.issued for mark in self._state.marks.values())
        holders = {issued.sub for issued in marks if (issued.scheme, issued.tier) == (scheme, tier)}
        if not set(_uris(data)) <= holders:
            raise StatementError("it lists somebody who never held a mark of this type")

    def _status(self, sha256: str, data: bytes) -> None:
        response = parse_mark_status(data)
        verify_mark_status(response, self._state.host, self._directory_key(response.token.kid))
        if parse_token(response.trust_mark, MARK).digest != sha256:
            raise StatementError("the status response is about another token")

    def _directory_key(self, kid: str) -> VerifyingKey:
        key = self._chain.signing_key(kid, "directory")
        if key is None:
            raise SignatureError("not a directory key of the trust root")
        return key


def _uris(data: bytes) -> list[str]:
    """Return the entity ids of a list in its one form. Raises MalformedError."""
    uris = read_json(data)
    if not isinstance(uris, list) or not all(isinstance(uri, str) for uri in uris):
        raise MalformedError("not a list of entity ids")
    if len(set(uris)) != len(uris) or canonical(uris) + b"\n" != data:
        raise MalformedError("not the one form of a list of entity ids")
    return uris
