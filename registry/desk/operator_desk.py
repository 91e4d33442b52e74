"""The operators' desk: what the authority says, signed by one operator, approved by another, sent to the API.

Anchors are read from the read plane like anybody else would; the desk holds no database.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from registry.desk.saying import Circumstances, Saying, approve_saying, say, sign_saying
from registry.desk.sayings import Accreditation, accredits, adds_key
from verifier.edge.write_api import Addresses, Admitted, WriteApi
from verifier.names import body_uri, key_uri, mark_uri, scheme_uri

if TYPE_CHECKING:
    import httpx

    from verifier.injected import Clock, Entropy
    from verifier.signer import Signer
    from verifier.statement import Anchor
    from verifier.statement.commitment import Disclosure
    from verifier.trust.root import TrustRoot

__all__ = ["Accreditation", "OperatorDesk"]


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
        return self.send(accredits(self.host, accreditation, entropy=self._entropy))

    def add_key(self, proof: str) -> Admitted:
        """List the key that made this proof of possession."""
        return self.send(adds_key(self.host, proof, entropy=self._entropy))

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
        beside: dict[str, Any] = {"disclosures": disclosures, "proof": proof, "document": document}
        return self.send(say(self.host, type_, uri, public, entropy=self._entropy, **beside), alone=alone)

    def send(self, saying: Saying, *, alone: bool = False) -> Admitted:
        """Sign, approve and send what is to be said. Raises the error that the API answers with."""
        prev = self.head(saying.draft.object)
        anchor = self._registry.anchor_over(prev)
        now, entropy = self._clock(), self._entropy
        approval = (
            None if alone else approve_saying(saying, host=self.host, iat=now, signer=self._second, entropy=entropy)
        )
        there = Circumstances(now, prev, anchor)
        return self._registry.send(*sign_saying(saying, there, signer=self._first, approval=approval, entropy=entropy))

    def anchor(self) -> Anchor:
        """Return the latest published checkpoint; the registry's own admission checks its witnesses."""
        return self._registry.anchor()

    def head(self, uri: str) -> int | None:
        """Return the index of the object's newest entry."""
        return self._registry.head(uri)
