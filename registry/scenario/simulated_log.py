"""The log of a registry in memory, with its witnesses and its directory; implements ``verifier.gather.Fetcher``.

It keeps the rules of admission unless it is told not to (``judged=False``): this is the registry that lies.
"""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.root.ceremony import Ceremony, WitnessPlace, hold_ceremony
from verifier.bundle import EarlierCheckpoint, LoggedStatement
from verifier.directory.build import BuiltDirectory, build_directory
from verifier.encoding import b64u, canonical
from verifier.envelope import parse_token
from verifier.errors import NotFoundError
from verifier.injected import seeded_entropy
from verifier.log.checkpoint import Checkpoint, SignedCheckpoint, sign_checkpoint
from verifier.log.cosignature import Cosigner
from verifier.log.merkle import leaf_hash
from verifier.log.note import NoteSigner
from verifier.log.tile import TILE_WIDTH, encode_entries
from verifier.log.tlog_proof import TlogProof
from verifier.log.tree import MemoryTree, consistency_path, inclusion_path
from verifier.names import (
    authority_uri,
    directory_uri,
    log_origin,
)
from verifier.replay.rules import Companions, judge
from verifier.replay.state import LogState
from verifier.signer import SoftwareSigner
from verifier.statement import Anchor, Draft, parse_statement, sign_statement
from verifier.statement.approval import sign_approval
from verifier.statement.document import document_of, document_path
from verifier.trust.trustlist import sign_trust_list

HOST = "shirushi.example"
ZONE = "Asia/Tokyo"
START = 1_795_305_600
ALONE = Companions()


class SimulatedLog:
    """Log, four witnesses and directory of a registry; its clock is ``now``. Nothing is in it yet."""

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

    # --- the log -----------------------------------------------------------------------------------------------------

    def append(self, compact: str, companions: Companions = ALONE, *, judged: bool = True) -> int:
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
        pinned = document_of(statement)
        if pinned is not None and companions.document is not None:
            self.files[document_path(pinned)] = companions.document.encode()
        return index

    def append_unread(self, compact: str) -> int:
        """Take an entry that this version cannot read."""
        self.entries.append(compact.encode())
        self.tree.append(leaf_hash(compact.encode()))
        self.state.size += 1
        return len(self.entries) - 1

    def logged(self, index: int) -> LoggedStatement:
        """Return an entry as it stands in a bundle over everything published."""
        path = tuple(inclusion_path(self.tree, index, self.published))
        return LoggedStatement(index, self.entries[index].decode(), path)

    def publish(self, *, wait: int = 1) -> SignedCheckpoint:
        """Sign the tree, have it cosigned, and serve it."""
        self.now += wait
        size = len(self.entries)
        signed = self.cosigned(Checkpoint(log_origin(HOST), size, self.tree.root()), time=self.now)
        self.files["log/checkpoint"] = signed.serialize()
        self.files.setdefault(f"log/checkpoints/{size}", signed.serialize())
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
        compact = self.signed(
            Draft(log_origin(HOST), "directory.published", directory_uri(HOST), public), keys.directory
        )
        entry = self.append(compact)
        self.publish()
        self.serve_directory(built, entry)
        self.files["trust/list.jwt"] = trust_list.encode()
        return built

    def serve_directory(self, built: BuiltDirectory, entry: int) -> None:
        """Serve the files of a directory that stands at that place of the log."""
        self.files[f"directory/{built.size}/index"] = built.files.index
        self.files |= {f"directory/shards/{name}": data for name, data in built.files.shards.items()}
        self.files["directory/latest"] = canonical({"entry": entry, "size": built.size})

    def anchor_of(self, index: int) -> EarlierCheckpoint:
        """Return the anchor of an entry with its proof to the newest checkpoint."""
        anchor = parse_statement(self.entries[index]).anchor
        assert anchor is not None
        path = consistency_path(self.tree, anchor.size, self.published)
        return EarlierCheckpoint(self.files[f"log/checkpoints/{anchor.size}"], tuple(path))

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

    def speak(
        self,
        draft: Draft,
        signer: SoftwareSigner,
        *,
        iss: str | None = None,
        second: SoftwareSigner | None = None,
        approval: str | None = None,
        proof: str | None = None,
        document: str | None = None,
        judged: bool = True,
    ) -> int:
        """Somebody says something; ``second`` approves it, unless an approval from elsewhere is given."""
        if second is not None:
            approval = self.approval(draft, second, iss=iss)
        companions = Companions(second=approval, proof=proof, document=document)
        return self.append(self.signed(draft, signer, iss=iss, second=approval), companions, judged=judged)

    def approval(self, draft: Draft, signer: SoftwareSigner, *, iss: str | None = None) -> str:
        """Return the second person's approval of a draft."""
        return sign_approval(
            draft.approval_subject,
            iss=iss or authority_uri(HOST),
            log=log_origin(HOST),
            iat=self.now,
            signer=signer,
            entropy=self.entropy,
        )
