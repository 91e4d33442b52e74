"""fsck of what stands beside entries: second persons' tokens, marks, seals, disclosures, the entity configuration.

Each token has the digest that the log names, and a signature that verifies: the digest covers the signing input only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.audit.companions import bytes_places, second_place
from verifier.audit.kinds import Code
from verifier.audit.plane import optional, second_path
from verifier.encoding import canonical, read_object
from verifier.envelope import parse_token, verify_token
from verifier.errors import EvidenceError, MalformedError, SignatureError, StatementError
from verifier.mark import TYP as MARK
from verifier.seal import TYP as SEAL
from verifier.statement.approval import TYP as APPROVAL
from verifier.statement.attestation import TYP as ATTESTATION
from verifier.statement.commitment import check_disclosure, read_disclosure
from verifier.statement.document import document_of, document_path, read_document
from verifier.statement.key_proof import parse_key_proof
from verifier.statement.public import KeyAdded, MarkCorrected, MarkIssued
from verifier.trust.entity_configuration import parse_entity_configuration, verify_entity_configuration

if TYPE_CHECKING:
    from verifier.audit.chain import TrustChain
    from verifier.audit.finding import Findings
    from verifier.envelope import Token
    from verifier.gather import Fetcher
    from verifier.replay.state import LogState
    from verifier.statement import Statement


class TokenCheck:
    """The tokens beside the entries of one log."""

    def __init__(self, fetcher: Fetcher, chain: TrustChain, state: LogState, findings: Findings) -> None:
        self._fetcher = fetcher
        self._chain = chain
        self._state = state
        self._findings = findings
        self.proofs: set[str] = set()
        """The digests of the new keys' own proofs, which may be published among the tokens of second persons."""

    def take(self, index: int, statement: Statement) -> None:
        """Check the tokens that the entry names. Raises UnavailableError."""
        place = second_place(statement)
        if place is not None:
            typ = ATTESTATION if isinstance(statement.public, MarkIssued) else APPROVAL
            self._check(place, typ, statement.second or "", index, statement)
        if isinstance(statement.public, KeyAdded):
            self._check_key_proof(index, statement, statement.public.proof)
        places = bytes_places(statement)
        if places is not None and isinstance(statement.public, MarkIssued | MarkCorrected):
            self._check(places[0], MARK, statement.public.mark_sha256, index, statement)
            self._check(places[1], SEAL, statement.public.seal_sha256, index, statement)

        document = document_of(statement)
        if document is not None:
            self._check_document(document, index, statement)

    def _check_document(self, sha256: str, index: int, statement: Statement) -> None:
        path = document_path(sha256)
        data = optional(self._fetcher, path)
        if data is None:
            self._findings.add(Code.MISSING_FILE, entry=index, object=statement.object, path=path)
            return
        try:
            read_document(data.decode("utf-8", "replace"), sha256=sha256)
        except MalformedError as error:
            self._findings.add(Code.MALFORMED_FILE, error.message, entry=index, object=statement.object, path=path)
        except EvidenceError as error:
            self._findings.add(Code.TOKEN_DIFFERS, error.message, entry=index, object=statement.object, path=path)

    def _check(self, path: str, typ: str, digest: str, index: int, statement: Statement) -> None:
        data = optional(self._fetcher, path)
        if data is None:
            self._findings.add(Code.MISSING_FILE, entry=index, object=statement.object, path=path)
            return
        try:
            token = parse_token(data, typ)
        except EvidenceError as error:
            self._findings.add(Code.MALFORMED_FILE, error.message, entry=index, object=statement.object, path=path)
            return
        if token.digest != digest:
            self._findings.add(Code.TOKEN_DIFFERS, entry=index, object=statement.object, path=path)
        try:
            self._verify(token)
        except EvidenceError as error:
            self._findings.add(Code.TOKEN_SIGNATURE_BAD, error.message, entry=index, object=statement.object, path=path)

    def _check_key_proof(self, index: int, statement: Statement, digest: str) -> None:
        self.proofs.add(digest)
        path = second_path(digest)
        data = optional(self._fetcher, path)
        if data is None:
            return
        try:
            if parse_key_proof(data.decode("ascii", "replace"), log=statement.log).token.digest != digest:
                self._findings.add(Code.TOKEN_DIFFERS, entry=index, object=statement.object, path=path)
        except EvidenceError as error:
            self._findings.add(Code.TOKEN_SIGNATURE_BAD, error.message, entry=index, object=statement.object, path=path)

    def _verify(self, token: Token) -> None:
        listed, record = self._chain.newest.keys.get(token.kid), self._state.keys.get(token.kid)
        key = listed[1] if listed else record.key if record else None
        if key is None:
            raise SignatureError("no key of this registry signed it")
        verify_token(token, key)


class Disclosures:
    """What opens commitments of bodies, published as ``e/<no>.json``; checked once for each body."""

    def __init__(self, fetcher: Fetcher, state: LogState, findings: Findings) -> None:
        self._fetcher = fetcher
        self._state = state
        self._findings = findings
        self._committed: dict[str, tuple[str, ...]] = {}

    def take(self, statement: Statement) -> None:
        """Remember the commitments of a statement about a body."""
        if statement.object in self._state.bodies and statement.sd:
            known = self._committed.get(statement.object, ())
            self._committed[statement.object] = (*known, *statement.sd)

    def check(self) -> dict[str, set[str]]:
        """Check every body's file; return the disclosed names of each body. Raises UnavailableError."""
        names: dict[str, set[str]] = {}
        for uri, body in self._state.bodies.items():
            path = f"e/{body.no}.json"
            data = optional(self._fetcher, path)
            if data is None:
                continue
            try:
                names[uri] = self._names(data, uri)
            except StatementError as error:
                self._findings.add(Code.COMMITMENT_UNFIT, error.message, object=uri, path=path)
            except EvidenceError as error:
                self._findings.add(Code.MALFORMED_FILE, error.message, object=uri, path=path)
        return names

    def _names(self, data: bytes, uri: str) -> set[str]:
        value = read_object(data)
        listed = value.get("disclosures")
        if value.keys() != {"object", "disclosures"} or not isinstance(listed, list):
            raise MalformedError("not a list of disclosures about an object")
        if canonical(value) + b"\n" != data or value["object"] != uri:
            raise MalformedError("not the one form of this body's disclosures")
        disclosures = [read_disclosure(one) for one in listed]
        for disclosure in disclosures:
            sd = self._committed.get(uri, ())
            check_disclosure(disclosure, log=f"{self._state.host}/log", object=uri, sd=sd)
        return {one.value for one in disclosures if one.name == "name"}


def check_entity_configuration(data: bytes, chain: TrustChain, state: LogState) -> None:
    """Check that the authority's directory key signed it, and that it lists issuers that were accredited for it.

    Raises EvidenceError.
    """
    configuration = parse_entity_configuration(data)
    key = chain.signing_key(configuration.token.kid, "directory")
    verify_entity_configuration(configuration, state.host, key)
    for kind, listed in configuration.issuers.items():
        for uri in listed:
            if not _was_accredited(state, uri, kind):
                raise StatementError(f"the log never accredited {uri} for {kind}")


def _was_accredited(state: LogState, uri: str, kind: str) -> bool:
    body = state.bodies.get(uri)
    rows = [row for terms in body.terms for row in terms.scope] if body and body.role == "evaluation" else []
    return any(kind == f"https://{state.host}/tm/{row.scheme}/{row.level}" for row in rows)
