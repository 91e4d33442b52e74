"""A registry in memory that keeps the rules, or lies on request, and implements ``verifier.gather.Fetcher``.

An attack is three lines: build a world, make the registry lie, see what the verdict says.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.ceremony import Ceremony, WitnessPlace, hold_ceremony
from verifier.dates import day_start, local_date, term_end
from verifier.directory.build import BuiltDirectory, build_directory
from verifier.encoding import b64u, canonical, digest
from verifier.envelope import parse_token
from verifier.errors import NotFoundError
from verifier.identifier import parse_identifier
from verifier.injected import seeded_entropy
from verifier.log.checkpoint import Checkpoint, SignedCheckpoint, sign_checkpoint
from verifier.log.cosignature import Cosigner
from verifier.log.merkle import leaf_hash
from verifier.log.note import NoteSigner
from verifier.log.tile import TILE_WIDTH, encode_entries
from verifier.log.tlog_proof import TlogProof
from verifier.log.tree import MemoryTree, inclusion_path
from verifier.mark import Holder, MarkDraft, Scope, sign_mark
from verifier.markid import new_mark_id
from verifier.names import (
    authority_uri,
    body_uri,
    directory_uri,
    key_uri,
    log_origin,
    mark_uri,
    org_uri,
    root_uri,
    scheme_uri,
)
from verifier.replay.rules import Companions, judge
from verifier.replay.state import LogState
from verifier.seal import seal_content, sign_seal
from verifier.signer import SoftwareSigner
from verifier.statement import Anchor, Draft, parse_statement, sign_statement
from verifier.statement.approval import sign_approval
from verifier.statement.attestation import Evaluated, Period, TechnicalVerification, sign_attestation
from verifier.statement.key_proof import parse_key_proof, sign_key_proof
from verifier.trust.trustlist import sign_trust_list

HOST = "shirushi.example"
ZONE = "Asia/Tokyo"
START = 1_795_305_600
DAY = 86_400
SCHEME, VERSION, CRITERIA = "jp.meti.scs", "2026-03-27", digest(b"criteria")
TIERS = [
    {"level": 3, "basis": "evaluation", "issuer": "body", "term_months": 12, "technical_verification": False},
    {"level": 4, "basis": "evaluation", "issuer": "body", "term_months": 36, "technical_verification": True},
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


class RegistrySimulator:
    """The whole other side: authority, log, four witnesses, directory; its clock is ``now``."""

    def __init__(self, seed: str = "simulator", *, environment: Any = "demonstration") -> None:
        self.entropy = seeded_entropy(seed)
        self.now = START
        self.witnesses = [
            Cosigner(f"witness-{number}.example", Ed25519PrivateKey.from_private_bytes(self.entropy(32)))
            for number in range(1, 5)
        ]
        places = [
            WitnessPlace(f"w{number}", str(one.key), f"Operator {number}", "JP")
            for number, one in enumerate(self.witnesses, start=1)
        ]
        self.ceremony: Ceremony = hold_ceremony(
            host=HOST,
            zone=ZONE,
            environment=environment,
            witnesses=places,
            quorum=3,
            now=self.now,
            entropy=self.entropy,
        )
        self.root = self.ceremony.root
        self.log_signer = NoteSigner(log_origin(HOST), self.ceremony.keys.log)
        self.entries: list[bytes] = []
        self.tree = MemoryTree()
        self.state = LogState(HOST)
        self.files: dict[str, bytes] = {"trust/1.json": self.root.serialize()}
        self.unproven: list[tuple[str, int]] = []
        self.published = 0
        self.cosigning = 4
        published = {"version": 1, "sha256": self.root.sha256}
        self.say("trust_root.published", root_uri(HOST), published)
        self.publish()

    # --- the log -----------------------------------------------------------------------------------------------------

    def append(self, compact: str, companions: Companions = Companions(), *, judged: bool = True) -> int:
        """Take an entry; with ``judged=False`` the registry breaks its own rules."""
        statement = parse_statement(compact)
        if judged:
            judge(self.state, self.root, statement, companions, now=self.now)
        index, leaf = len(self.entries), leaf_hash(statement.entry)
        self.state.apply(statement, leaf)
        self.entries.append(statement.entry)
        self.tree.append(leaf)
        if statement.second and companions.second and statement.type != "mark.issued":
            self.files[f"log/approvals/{statement.second}.jwt"] = companions.second.encode()
        return index

    def publish(self, *, wait: int = 1) -> SignedCheckpoint:
        """Sign the tree, have it cosigned, and serve it."""
        self.now += wait
        size = len(self.entries)
        signed = self.cosigned(Checkpoint(log_origin(HOST), size, self.tree.root()), time=self.now)
        self.files["log/checkpoint"] = self.files[f"log/checkpoints/{size}"] = signed.serialize()
        self.published = size
        for mark_id, index in self.unproven:
            path = tuple(inclusion_path(self.tree, index, size))
            proof = TlogProof(index, path, signed, self.entries[index])
            self.files[f"m/{mark_id}.tlog-proof"] = proof.serialize()
        self.unproven.clear()
        return signed

    def cosigned(self, checkpoint: Checkpoint, *, time: int) -> SignedCheckpoint:
        """Return the checkpoint signed by the log and by as many witnesses as are cosigning."""
        signed = sign_checkpoint(checkpoint, self.log_signer)
        return signed.adding(*(one.cosign(signed, time) for one in self.witnesses[: self.cosigning]))

    def publish_directory(self, *, state: LogState | None = None) -> BuiltDirectory:
        """Log and serve the directory; a lying registry passes a state of its own making."""
        built = build_directory(state or self.state)
        size = built.size
        keys = self.ceremony.keys
        trust_list = sign_trust_list(
            self.state, self.root, names={}, iat=self.now, nonce=b64u(self.entropy(16)), signer=keys.directory
        )
        public = {
            "size": size,
            "bits": built.bits,
            "root": b64u(built.root),
            "files": [{"uri": f"directory/{size}/index", "sha256": built.files.index_sha256}],
        }
        compact = self.signed(Draft(log_origin(HOST), "directory.published", directory_uri(HOST), public), keys.directory)
        entry = self.append(compact)
        self.publish()
        self.files[f"directory/{size}/index"] = built.files.index
        self.files |= {f"directory/shards/{name}": data for name, data in built.files.shards.items()}
        self.files["directory/latest"] = canonical({"entry": entry, "size": size})
        self.files["trust/list.jwt"] = trust_list.encode()
        return built

    def fetch(self, path: str) -> bytes:
        """Serve the read plane."""
        if path in self.files:
            return self.files[path]
        if path.startswith("log/tile/"):
            return self._tile(path.removeprefix("log/tile/"))
        raise NotFoundError(f"no {path}")

    def _tile(self, rest: str) -> bytes:
        level, *numbers = rest.split("/")
        width = TILE_WIDTH
        if numbers[-2:-1] and numbers[-2].endswith(".p"):
            width = int(numbers.pop())
            numbers[-1] = numbers[-1].removesuffix(".p")
        index = int("".join(number.removeprefix("x") for number in numbers))
        start = index * TILE_WIDTH
        if level == "entries":
            return encode_entries(self.entries[start : start + width])
        return b"".join(self.tree.node(int(level) * 8, start + at) for at in range(width))

    # --- what actors say ---------------------------------------------------------------------------------------------

    @property
    def anchor(self) -> Anchor | None:
        """The newest published checkpoint."""
        if not self.published:
            return None
        signed = SignedCheckpoint.parse(self.files[f"log/checkpoints/{self.published}"])
        return Anchor(size=self.published, root=b64u(signed.checkpoint.root))

    def signed(
        self,
        draft: Draft,
        signer: SoftwareSigner,
        *,
        iss: str | None = None,
        second: str | None = None,
        iat: int | None = None,
        anchor: Anchor | None = None,
        typ: str = "approval+jwt",
    ) -> str:
        """Return the draft as a signed statement of now."""
        return sign_statement(
            draft,
            iss=iss or authority_uri(HOST),
            iat=iat or self.now,
            jti=b64u(self.entropy(16)),
            prev=self.state.head(draft.object),
            anchor=anchor or self.anchor,
            signer=signer,
            second=parse_token(second, typ).digest if second else None,
        )

    def say(self, type: str, object: str, public: dict[str, Any], *, proof: str | None = None, judged: bool = True) -> int:
        """The authority says something, with its second operator's approval."""
        draft = Draft(log_origin(HOST), type, object, public)
        first, other = self.ceremony.keys.operators
        approval = sign_approval(
            draft.approval_subject,
            iss=authority_uri(HOST),
            log=log_origin(HOST),
            iat=self.now,
            signer=other,
            entropy=self.entropy,
        )
        companions = Companions(second=approval, proof=proof)
        return self.append(self.signed(draft, first, second=approval), companions, judged=judged)

    def accredit(self, no: int, *, role: str = "evaluation", levels: tuple[int, ...] = (3, 4), days: int = 1000) -> Body:
        """Accredit a body."""
        scope = [{"scheme": SCHEME, "level": level, "criteria_sha256": CRITERIA} for level in levels]
        public = {
            "no": no,
            "role": role,
            "identifier": OTHER_HOLDER,
            "scope": scope,
            "from": self.now - 90 * DAY,
            "until": self.now + days * DAY,
        }
        self.say("body.accredited", body_uri(HOST, no), public)
        return Body(no)

    def add_key(self, body: Body, role: Any, holder: str, *, no: int, judged: bool = True) -> SoftwareSigner:
        """Make a key for a body and list it."""
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
        self.say("key.added", key_uri(HOST, signer.kid), public, proof=proof, judged=judged)
        body.keys[role] = signer
        return signer


@dataclass(frozen=True)
class Issuance:
    """Everything that a decider is about to sign; an attack replaces a part of it."""

    draft: MarkDraft
    evaluated: Evaluated
    iat: int
    key_no: int = 2


class World:
    """A registry with published criteria, an evaluation body and a technical verifier: ready to issue."""

    def __init__(self, seed: str = "world", *, environment: Any = "demonstration") -> None:
        self.sim = RegistrySimulator(seed, environment=environment)
        scheme = {"scheme": SCHEME, "version": VERSION, "sha256": CRITERIA, "tiers": TIERS}
        self.sim.say("scheme.published", scheme_uri(HOST, SCHEME, VERSION), scheme)
        self.body = self.sim.accredit(1001)
        self.tester = self.sim.accredit(2001, role="technical_verification", levels=())
        self.sim.add_key(self.body, "assessor", "h-assessor", no=1)
        self.sim.add_key(self.body, "decider", "h-decider", no=2)
        self.sim.publish()

    def prepare(self, *, tier: int = 3, name: str = "株式会社サンプル精機", identifier: str = HOLDER, idx: int = 7) -> Issuance:
        """Return an issuance that keeps all rules."""
        sim = self.sim
        nbf = day_start(local_date(sim.now, ZONE), ZONE)
        months = next(one["term_months"] for one in TIERS if one["level"] == tier)
        scope = Scope(scope_kind="company", covered=(), scope_summary="全社の IT 基盤", ot="excluded")
        draft = MarkDraft(
            host=HOST,
            id=new_mark_id(sim.entropy),
            iss=self.body.uri,
            sub=org_uri(HOST, parse_identifier(identifier)),
            nbf=nbf,
            exp=term_end(nbf, int(str(months)), ZONE),
            status_no=1,
            status_idx=idx,
            number=f"SCS{tier}-00000{idx}",
            scheme=SCHEME,
            tier=tier,
            criteria=VERSION,
            basis="evaluation",
            holder=Holder(name=name, name_latin="Sample Seiki KK", identifiers=(identifier,)),
            scope=scope,
        )
        tested = TechnicalVerification(body=self.tester.uri, date=sim.now - 5 * DAY)
        evaluated = Evaluated(
            mark=draft.id,
            sub=draft.sub,
            scheme=SCHEME,
            tier=tier,
            criteria_sha256=CRITERIA,
            scope_sha256=scope.digest,
            results=digest(b"results"),
            all_met=True,
            evaluated=Period(begins=sim.now - 30 * DAY, ends=sim.now - 3 * DAY),
            tv=tested if tier == 4 else None,
        )
        return Issuance(draft, evaluated, sim.now)

    def issue(
        self,
        issuance: Issuance | None = None,
        *,
        assessor: SoftwareSigner | None = None,
        decider: SoftwareSigner | None = None,
        judged: bool = True,
        directory: bool = True,
        attestation_iat: int | None = None,
        **wishes: Any,
    ) -> str:
        """Issue a mark and publish it; returns its id."""
        sim, prepared = self.sim, issuance or self.prepare(**wishes)
        draft, signer = prepared.draft, decider or self.body.keys["decider"]
        attestation = sign_attestation(
            prepared.evaluated,
            iss=draft.iss,
            log=log_origin(HOST),
            iat=attestation_iat or prepared.iat - DAY,
            signer=assessor or self.body.keys["assessor"],
            entropy=sim.entropy,
        )
        seal = sign_seal(seal_content(draft, key_no=prepared.key_no), host=HOST, id=draft.id, signer=signer)
        seal_sha256 = parse_token(seal, "qr-seal+jwt").digest
        mark = sign_mark(
            draft, iat=prepared.iat, seal_sha256=seal_sha256, nonce=b64u(sim.entropy(16)), signer=signer
        )
        public = {
            "scheme": draft.scheme,
            "tier": draft.tier,
            "criteria_sha256": CRITERIA,
            "sub": draft.sub,
            "scope_kind": draft.scope.scope_kind,
            "covered": list(draft.scope.covered),
            "nbf": draft.nbf,
            "exp": draft.exp,
            "mark_sha256": parse_token(mark, "trust-mark+jwt").digest,
            "seal_sha256": seal_sha256,
            "status": {"list": draft.status_no, "idx": draft.status_idx},
        }
        statement = sim.signed(
            Draft(log_origin(HOST), "mark.issued", mark_uri(HOST, draft.id), public),
            signer,
            iss=draft.iss,
            second=attestation,
            iat=prepared.iat,
            typ="evaluation-attestation+jwt",
        )
        index = sim.append(statement, Companions(second=attestation, mark=mark, seal=seal), judged=judged)
        sim.files[f"m/{draft.id}.jwt"] = mark.encode()
        sim.files[f"m/{draft.id}/seal.jwt"] = seal.encode()
        sim.files[f"m/{draft.id}/attestation.jwt"] = attestation.encode()
        sim.unproven.append((draft.id, index))
        sim.publish()
        if directory:
            sim.publish_directory()
        return draft.id

    def suspend(self, mark_id: str, *, reason: str = "nonconformity", days: int = 90, directory: bool = True) -> int:
        """The body suspends a mark."""
        sim = self.sim
        public = {"reason": reason, "lift_by": sim.now + days * DAY}
        draft = Draft(log_origin(HOST), "mark.suspended", mark_uri(HOST, mark_id), public)
        index = sim.append(sim.signed(draft, self.body.keys["decider"], iss=self.body.uri))
        sim.publish()
        if directory:
            sim.publish_directory()
        return index


def changed(issuance: Issuance, **members: Any) -> Issuance:
    """Return the issuance with other members in its draft."""
    return replace(issuance, draft=replace(issuance.draft, **members))
