"""What is said beside marks: criteria, policy, bodies, keys, experts, declarations, evidence, notices.

The account of it is kept in the same words in which the log is counted later, and never read from the log.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from issuer.identity import Identity, KeyPlace, prove_key
from registry.scenario import cast
from registry.scenario.year.voices import Beside
from verifier.dates import day_start, local_date, term_end
from verifier.encoding import b64u, digest
from verifier.envelope import DAY
from verifier.identifier import parse_identifier
from verifier.names import evidence_uri, key_uri, org_uri, scheme_uri
from verifier.replay.companions import Companions
from verifier.scheme.tables import files_digest
from verifier.signer import SoftwareSigner
from verifier.statement.commitment import Disclosure, salt_from
from verifier.statement.document import write_document
from verifier.statement.key_proof import parse_key_proof

if TYPE_CHECKING:
    from registry.scenario.year.people import Body, Supplier
    from registry.scenario.year.voices import Voices
    from verifier.statement.public import KeyRole

EARLIER = 60 * DAY
"""A listing's window begins that long before its entry, for evaluations that went on then."""

MONTHS = 36


@dataclass
class Account:
    """What the actors know of what they listed: each object's state by its name, and notices by kind."""

    bodies: list[Body] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    experts: dict[str, str] = field(default_factory=dict)
    declarations: dict[str, str] = field(default_factory=dict)
    series: dict[str, str] = field(default_factory=dict)
    notices: Counter[str] = field(default_factory=Counter)


class Authority:
    """Speaks for the authority, and for bodies about what is not a mark."""

    def __init__(self, voices: Voices) -> None:
        self.account = Account()
        self._voices = voices

    def publish(self, public: dict[str, Any]) -> None:
        """Publish one version of a scheme's criteria."""
        uri = scheme_uri(self._voices.host, public["scheme"], public["version"])
        self._voices.say("scheme.published", uri, public, by=self._voices.authority())

    def change_policy(self, version: int) -> None:
        """Publish a version of the policy."""
        public = {"version": version, "sha256": digest(f"policy {version}".encode())}
        self._voices.say("policy.changed", f"https://{self._voices.host}/policy", public, by=self._voices.authority())

    def accredit(self, body: Body, rows: list[dict[str, Any]]) -> None:
        """Accredit a body for these rows and list its people's keys."""
        public = {"no": body.no, "role": body.role, "identifier": body.identifier, **self._window(rows)}
        name = Disclosure(salt_from(self._voices.entropy), "name", body.name)
        self._voices.say("body.accredited", body.uri, public, by=self._voices.authority(), disclosures=(name,))
        self.account.bodies.append(body)

    def amend(self, body: Body, rows: list[dict[str, Any]]) -> None:
        """Replace a body's rows."""
        self._voices.say("body.amended", body.uri, self._window(rows), by=self._voices.authority())

    def suspend(self, body: Body, reason: str) -> None:
        """Suspend a body."""
        self._voices.say("body.suspended", body.uri, {"reason": reason}, by=self._voices.authority())
        body.state = "suspended"

    def reinstate(self, body: Body) -> None:
        """Let a suspended body decide again."""
        self._voices.say("body.reinstated", body.uri, {}, by=self._voices.authority())
        body.state = "active"

    def withdraw(self, body: Body, reason: str) -> None:
        """End a body's accreditation."""
        self._voices.say("body.withdrawn", body.uri, {"reason": reason}, by=self._voices.authority())
        body.state = "withdrawn"

    def add_key(self, body: Body, role: KeyRole, no: int) -> None:
        """Make a key for a person of a body and list it; it is the role's from now on."""
        voices = self._voices
        body.keys[role] = signer = SoftwareSigner.generate(voices.entropy)
        body.places[role] = place = KeyPlace(f"h-{body.no}-{role}", no)
        identity = Identity(self._voices.host, body.no, body.places)
        proof = prove_key(identity, role, body.keys, at=voices.now, entropy=voices.entropy)
        public = {
            "jwk": signer.jwk,
            "kid": signer.kid,
            "body": body.uri,
            "role": role,
            "holder": place.holder,
            "no": no,
            "proof": parse_key_proof(proof, log=voices.log).token.digest,
        }
        beside = Beside(Companions(proof=proof))
        voices.say("key.added", key_uri(self._voices.host, signer.kid), public, by=voices.authority(), beside=beside)
        self.account.keys[signer.kid] = "active"

    def retire_key(self, body: Body, kid: str) -> None:
        """Retire a key that another one of its body has taken the place of."""
        self._voices.say("key.retired", key_uri(self._voices.host, kid), {}, by=self._voices.body(body))
        self.account.keys[kid] = "retired"

    def revoke_key(self, kid: str, *, cutoff: int) -> None:
        """Revoke a stolen key from that index on."""
        public = {"reason": "compromised", "cutoff_index": cutoff}
        self._voices.say("key.revoked", key_uri(self._voices.host, kid), public, by=self._voices.authority())
        self.account.keys[kid] = "revoked"

    def list_expert(self, number: str) -> str:
        """List a security expert; returns the expert's name."""
        uri, now = f"https://{self._voices.host}/x/{number}", self._voices.now
        public = {"register": "riss", "from": now - EARLIER, "until": term_end(now, MONTHS, cast.ZONE)}
        self._voices.say("expert.listed", uri, public, by=self._voices.authority())
        self.account.experts[uri] = "active"
        return uri

    def delist_expert(self, uri: str, reason: str) -> None:
        """Take an expert off the list."""
        self._voices.say("expert.delisted", uri, {"reason": reason}, by=self._voices.authority())
        self.account.experts[uri] = "delisted"

    def notice(self, kind: str) -> None:
        """Publish a notice with its texts."""
        self.account.notices[kind] += 1
        uri = f"https://{self._voices.host}/n/{self.account.notices.total():05d}"
        number = self.account.notices.total()
        files = {"ja.md": f"# お知らせ {number}\n".encode(), "en.md": f"# Notice {number}\n".encode()}
        public = {"kind": kind, "sha256": files_digest(files)}
        beside = Beside(Companions(document=write_document(files)))
        self._voices.say("notice.published", uri, public, by=self._voices.authority(alone=True), beside=beside)

    def declare(self, registrar: Body, supplier: Supplier, row: dict[str, Any]) -> None:
        """Register a supplier's own declaration for a year."""
        uri = org_uri(self._voices.host, parse_identifier(supplier.identifier))
        nbf = day_start(local_date(self._voices.now, cast.ZONE), cast.ZONE)
        public = {**row, "sub": uri, "nbf": nbf, "exp": term_end(nbf, 12, cast.ZONE)}
        self._voices.say("declaration.registered", uri, public, by=self._voices.body(registrar))
        self.account.declarations[uri] = "declared"

    def stop(self, registrar: Body, supplier: Supplier, row: dict[str, Any]) -> None:
        """Stop a supplier's declaration, as it wishes."""
        uri = org_uri(self._voices.host, parse_identifier(supplier.identifier))
        public = {"scheme": row["scheme"], "reason": "holder_wishes"}
        self._voices.say("declaration.stopped", uri, public, by=self._voices.body(registrar))
        self.account.declarations[uri] = "stopped"

    def seal(self, body: Body, label: str, kind: str, state: str) -> None:
        """A body seals a manifest of evidence; the series is in ``state`` afterwards."""
        uri = evidence_uri(self._voices.host, label)
        public = {"manifest_sha256": b64u(self._voices.entropy(32)), "kind": kind}
        self._voices.say("evidence.sealed", uri, public, by=self._voices.body(body))
        self.account.series[uri] = state

    def _window(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        now = self._voices.now
        return {"scope": rows, "from": now - EARLIER, "until": term_end(now, MONTHS, cast.ZONE)}
