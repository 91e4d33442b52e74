"""The operators' desk: what the authority says, signed by one operator, approved by another, sent to the API.

Anchors are read from the read plane like anybody else would; the desk holds no database.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verifier.edge.write_api import Addresses, Admitted, WriteApi
from verifier.envelope import parse_token
from verifier.names import authority_uri, body_uri, key_uri, log_origin, mark_uri, scheme_uri
from verifier.statement import Anchor, Draft, new_token_id, sign_statement
from verifier.statement.approval import TYP as APPROVAL
from verifier.statement.approval import sign_approval
from verifier.statement.commitment import Disclosure, committed, salt_from
from verifier.statement.key_proof import parse_key_proof

if TYPE_CHECKING:
    import httpx

    from verifier.injected import Clock, Entropy
    from verifier.signer import Signer
    from verifier.trust.root import TrustRoot


@dataclass(frozen=True)
class Accreditation:
    """What a body is accredited for: ``scope`` rows are {scheme, level, criteria_sha256}, the window [begins, ends)."""

    no: int
    role: str
    identifier: str
    name: str
    scope: Sequence[dict[str, Any]]
    begins: int
    ends: int
    operates: Sequence[str] = ()
    """The foreign schemes that a foreign operator speaks for."""


class OperatorDesk:
    """Two operators of one authority. Every method waits for the answer of the API."""

    def __init__(
        self,
        *,
        host: str,
        first: Signer,
        second: Signer,
        http: httpx.Client,
        addresses: Addresses,
        clock: Clock,
        entropy: Entropy,
        pause: Callable[[], None],
        root: TrustRoot | None = None,
    ) -> None:
        """Sit down at the desk.

        ``pause`` is called between two looks at whether an entry was published; ``root`` judges the receipts.
        """
        self.host = host
        self._first = first
        self._second = second
        self._registry = WriteApi(http, addresses, pause=pause, root=root)
        self._clock = clock
        self._entropy = entropy

    def publish_scheme(self, public: dict[str, Any]) -> Admitted:
        """Publish a scheme's criteria; ``public`` is the public part of scheme.published."""
        return self.submit("scheme.published", scheme_uri(self.host, public["scheme"], public["version"]), public)

    def accredit(self, accreditation: Accreditation) -> Admitted:
        """Accredit a body; its name enters the log as a commitment only."""
        uri = body_uri(self.host, accreditation.no)
        public = {
            "no": accreditation.no,
            "role": accreditation.role,
            "identifier": accreditation.identifier,
            "scope": list(accreditation.scope),
            "from": accreditation.begins,
            "until": accreditation.ends,
        }
        if accreditation.operates:
            public["operates"] = [*accreditation.operates]
        name = Disclosure(salt_from(self._entropy), "name", accreditation.name)
        return self.submit("body.accredited", uri, public, disclosures=(name,))

    def add_key(self, proof: str) -> Admitted:
        """List the key that made this proof of possession."""
        read = parse_key_proof(proof, log=log_origin(self.host))
        public = {
            "jwk": read.key.jwk,
            "kid": read.key.kid,
            "body": read.body,
            "role": read.role,
            "holder": read.holder,
            "no": read.no,
            "proof": read.token.digest,
        }
        return self.submit("key.added", key_uri(self.host, read.key.kid), public, proof=proof)

    def revoke_key(self, kid: str, *, reason: str, cutoff: int) -> Admitted:
        """Revoke a body's key: what it signed at log index ``cutoff`` or after it is void."""
        return self.submit("key.revoked", key_uri(self.host, kid), {"reason": reason, "cutoff_index": cutoff})

    def suspend_body(self, no: int, *, reason: str, alone: bool = False) -> Admitted:
        """Suspend a body: it decides nothing more until it is reinstated; ``alone`` when one operator has to act."""
        return self.submit("body.suspended", body_uri(self.host, no), {"reason": reason}, alone=alone)

    def retire_key(self, kid: str) -> Admitted:
        """Retire a body's key, as one operator: it signs nothing more, and what it signed stays valid."""
        return self.submit("key.retired", key_uri(self.host, kid), {}, alone=True)

    def suspend_mark(self, mark_id: str, *, reason: str, lift_by: int) -> Admitted:
        """Suspend a mark until it is reinstated; at ``lift_by`` it withdraws itself."""
        return self.submit("mark.suspended", mark_uri(self.host, mark_id), {"reason": reason, "lift_by": lift_by})

    def submit(
        self,
        type_: str,
        uri: str,
        public: dict[str, Any],
        *,
        disclosures: tuple[Disclosure, ...] = (),
        proof: str | None = None,
        document: str | None = None,
        alone: bool = False,
    ) -> Admitted:
        """Sign, approve and send one statement about an object; ``alone`` for what one operator says without another.

        Raises the error that the API answers with.
        """
        log, prev = log_origin(self.host), self.head(uri)
        anchor, now = self._registry.anchor_over(prev), self._clock()
        sd = committed(log=log, object=uri, disclosures=disclosures, entropy=self._entropy) if disclosures else ()
        draft = Draft(log, type_, uri, public, sd)
        iss = authority_uri(self.host)
        approval = None if alone else self._approval(draft, now)
        statement = sign_statement(
            draft,
            iss=iss,
            iat=now,
            jti=new_token_id(now, self._entropy),
            prev=prev,
            anchor=anchor,
            signer=self._first,
            second=parse_token(approval, APPROVAL).digest if approval else None,
        )
        shown = [one.members() for one in disclosures]
        beside = {"second": approval, "proof": proof, "document": document, "disclosures": shown}
        return self._registry.send(statement, beside)

    def _approval(self, draft: Draft, now: int) -> str:
        return sign_approval(
            draft.approval_subject,
            iss=authority_uri(self.host),
            log=draft.log,
            iat=now,
            signer=self._second,
            entropy=self._entropy,
        )

    def anchor(self) -> Anchor:
        """Return the latest published checkpoint; the registry's own admission checks its witnesses."""
        return self._registry.anchor()

    def head(self, uri: str) -> int | None:
        """Return the index of the object's newest entry."""
        return self._registry.head(uri)
