"""A whole registry in memory that keeps the rules, or lies on request: what its authority says, over a simulated log.

A lie is three lines: build a world, make the registry lie, see what the verdict says.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy, deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from registry.scenario.simulated_log import HOST, SimulatedLog
from verifier.encoding import digest
from verifier.injected import seeded_entropy
from verifier.names import (
    body_uri,
    key_uri,
    log_origin,
    root_uri,
)
from verifier.replay.state import LogState
from verifier.signer import SoftwareSigner
from verifier.statement import Draft
from verifier.statement.key_proof import parse_key_proof, sign_key_proof
from verifier.trust.root import CustodianKeys, TrustRoot, sign_root

DAY = 86_400
SCHEME, VERSION, CRITERIA = "jp.meti.scs", "2026-03-27", digest(b"criteria")
TIERS = [
    {"level": 3, "basis": "evaluation", "issuer": "body", "term_months": 12, "technical_verification": False},
    {
        "level": 4,
        "basis": "evaluation",
        "issuer": "body",
        "term_months": 36,
        "technical_verification": True,
        "report": {"every_months": 12, "grace_days": 30},
    },
]
HOLDER = "0188-1180301018771"
OTHER_HOLDER = "0188-5010005007126"


@dataclass
class Body:
    """A body's private side: its number and its keys by role."""

    no: int
    keys: dict[str, SoftwareSigner] = field(default_factory=dict)

    @property
    def uri(self) -> str:
        return body_uri(HOST, self.no)


class RegistrySimulator(SimulatedLog):
    """The whole other side: authority, log, four witnesses, directory. The trust root is its first entry."""

    def __init__(self, seed: str = "simulator", *, environment: Any = "demonstration") -> None:
        super().__init__(seed, environment=environment)
        published = {"version": 1, "sha256": self.root.sha256}
        self.say("trust_root.published", root_uri(HOST), published)
        self.publish()

    def fork(self) -> RegistrySimulator:
        """Return a copy that goes its own way from here: only what changes is copied."""
        other = copy(self)
        other.entropy = seeded_entropy(f"fork at {len(self.entries)}")
        other.entries, other.files, other.unproven = [*self.entries], {**self.files}, [*self.unproven]
        other.tree, other.state = deepcopy(self.tree), copy_state(self.state)
        return other

    def say(
        self,
        type: str,
        object: str,
        public: dict[str, Any],
        *,
        proof: str | None = None,
        document: str | None = None,
        judged: bool = True,
        operators: Sequence[SoftwareSigner] | None = None,
    ) -> int:
        """The authority says something; unless it lies, both of its operators sign."""
        first, *others = operators or self.ceremony.keys.operators
        second = others[0] if others else None
        draft = Draft(log_origin(HOST), type, object, public)
        return self.speak(draft, first, second=second, proof=proof, document=document, judged=judged)

    def renew_root(self, signers: Sequence[CustodianKeys] | None = None, **changes: Any) -> TrustRoot:
        """Publish the next version of the trust root, signed by two of its custodians or by those given."""
        content = self.root.content.members() | {"version": self.root.content.version + 1} | changes
        two = [CustodianKeys(one.holder, one.es256, one.ml_dsa_65) for one in self.ceremony.custodians[:2]]
        self.root = sign_root(content, two if signers is None else signers)
        self.files[f"trust/{self.root.content.version}.json"] = self.root.serialize()
        return self.root

    def accredit(
        self,
        no: int,
        *,
        role: str = "evaluation",
        levels: tuple[int, ...] = (3, 4),
        days: int = 1000,
        operators: Sequence[SoftwareSigner] | None = None,
    ) -> Body:
        """Accredit a body; with ``operators`` the authority breaks its own rules."""
        public = {"no": no, "role": role, "identifier": OTHER_HOLDER, **self.terms(levels, days=days)}
        self.say("body.accredited", body_uri(HOST, no), public, operators=operators, judged=operators is None)
        return Body(no)

    def terms(self, levels: tuple[int, ...], *, begins: int | None = None, days: int = 1000) -> dict[str, Any]:
        """Return the scope and the window of an accreditation."""
        rows = [{"scheme": SCHEME, "level": level, "criteria_sha256": CRITERIA} for level in levels]
        return {"scope": rows, "from": begins or self.now - 90 * DAY, "until": self.now + days * DAY}

    def add_key(
        self,
        body: Body,
        role: Any,
        holder: str,
        *,
        no: int,
        judged: bool = True,
        operators: Sequence[SoftwareSigner] | None = None,
    ) -> SoftwareSigner:
        """Make a key for a body and list it; the first of a role becomes the body's own."""
        signer = SoftwareSigner.generate(self.entropy)
        proof = sign_key_proof(
            body=body.uri,
            role=role,
            holder=holder,
            no=no,
            log=log_origin(HOST),
            iat=self.now,
            signer=signer,
            entropy=self.entropy,
        )
        public = {
            "jwk": signer.jwk,
            "kid": signer.kid,
            "body": body.uri,
            "role": role,
            "holder": holder,
            "no": no,
            "proof": parse_key_proof(proof, log=log_origin(HOST)).token.digest,
        }
        self.say("key.added", key_uri(HOST, signer.kid), public, proof=proof, judged=judged, operators=operators)
        body.keys.setdefault(role, signer)
        return signer


def copy_state(state: LogState) -> LogState:
    """Return a copy of the log's state; its records never change."""
    kinds = (dict, set, list)
    parts: dict[str, Any] = {name: part.copy() for name, part in vars(state).items() if isinstance(part, kinds)}
    return replace(state, **parts)
