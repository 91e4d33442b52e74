"""The foreign operator's desk: it signs what its own scheme asks for, with its own key, and sends it by HTTP.

It proposes; it never decides. What it signs are whole agreement folders, byte for byte, so that the home authority can
put in force only what the other side has signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recognition.agreement_fact import sign_fact
from recognition.agreement_proposal import SignedProposal
from recognition.treaty import parse_treaty
from verifier.errors import RefusedError
from verifier.names import agreement_uri, body_uri, log_origin
from verifier.statement import Draft, new_token_id, sign_statement
from verifier.statement.document import write_document
from verifier.statement.key_proof import sign_key_proof

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recognition.agreement_fact import AgreementFact
    from recognition.treaty import PackOf
    from verifier.edge.write_api import Admitted, WriteApi
    from verifier.injected import Clock, Entropy
    from verifier.signer import Signer


@dataclass(frozen=True)
class ForeignOperator:
    """Who speaks: its number in the home registry, and the pseudonym of the person that holds the key."""

    host: str
    no: int
    holder: str
    key_no: int = 1

    @property
    def uri(self) -> str:
        """The operator's entity id in the home registry."""
        return body_uri(self.host, self.no)


class ForeignDesk:
    """One foreign operator with its key."""

    def __init__(self, operator: ForeignOperator, *, signer: Signer, clock: Clock, entropy: Entropy) -> None:
        self.operator = operator
        self._signer = signer
        self._clock = clock
        self._entropy = entropy

    def prove_key(self) -> str:
        """Return the key's proof of possession, good for an hour: what the home authority lists the key by."""
        operator = self.operator
        return sign_key_proof(
            body=operator.uri,
            role="foreign_operator",
            holder=operator.holder,
            no=operator.key_no,
            log=log_origin(operator.host),
            iat=self._clock(),
            signer=self._signer,
            entropy=self._entropy,
        )

    def propose(self, files: Mapping[str, bytes], *, version: int, registry: WriteApi, pack_of: PackOf) -> Admitted:
        """Sign and send an agreement folder as a proposal. Raises what reading it or the registry's answer raises."""
        signed = self.sign(files, version=version, registry=registry, pack_of=pack_of)
        return registry.send(signed.statement, {"document": signed.document})

    def sign(self, files: Mapping[str, bytes], *, version: int, registry: WriteApi, pack_of: PackOf) -> SignedProposal:
        """Sign an agreement folder as a proposal and send nothing; the registry is only read.

        Raises RefusedError for a unilateral agreement, or what reading the folder or the registry raises.
        """
        treaty = parse_treaty(files, pack_of=pack_of)
        if treaty.terms.kind == "unilateral":
            raise RefusedError("a unilateral agreement has no second side that proposes it")
        uri, now = agreement_uri(self.operator.host, treaty.terms.id), self._clock()
        prev = registry.head(uri)
        statement = sign_statement(
            Draft(log_origin(self.operator.host), "agreement.proposed", uri, treaty.statement_public(version)),
            iss=self.operator.uri,
            iat=now,
            jti=new_token_id(now, self._entropy),
            prev=prev,
            anchor=registry.anchor_over(prev),
            signer=self._signer,
        )
        return SignedProposal(statement, write_document(files))

    def state(self, fact: AgreementFact, *, agreement: str) -> str:
        """Sign what the operator says of an agreement on its own side: the home authority decides what follows."""
        operator = self.operator
        return sign_fact(
            fact,
            agreement=agreement_uri(operator.host, agreement),
            iss=operator.uri,
            log=log_origin(operator.host),
            iat=self._clock(),
            signer=self._signer,
            entropy=self._entropy,
        )
