"""The publisher: the only holder of the log key. It signs committed state, and nothing that contradicts its past.

One step: prove the growth, write tiles and entries, sign, note what was signed, ask the witnesses, and once their
policy is met publish what stands beside the log, then the checkpoint, then the proofs of the new marks. Without a
quorum the old checkpoint stays and the next step tries again. Published sizes are kept for ever.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from registry import queries
from registry.beside import write_companions, write_proofs
from registry.cosigning import Cosigners
from registry.errors import PublishRefusedError
from registry.growth import Growth
from registry.published import LATEST, Published, PublishedCheckpoint, checkpoint_path, witness_policy
from registry.signer_store import SignedHead
from verifier.edge.folder import FolderFetcher
from verifier.errors import ProofError
from verifier.log.checkpoint import Checkpoint, SignedCheckpoint, sign_checkpoint
from verifier.log.tile import TileReader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from registry.database import Database
    from registry.files import PublicFolder
    from registry.queries import LogSize
    from registry.signer_store import SignerStore
    from registry.witness.client import WitnessClient
    from verifier.log.note import NoteSigner
    from verifier.trust.root import TrustRoot


@dataclass(frozen=True)
class PublishResult:
    """What one step did: the published size after it and, while waiting, why witnesses are absent."""

    outcome: Literal["published", "unchanged", "waiting"]
    size: int
    absent: dict[str, str] = field(default_factory=dict)


class Publisher:
    """Publishes one log. Only one runs for a log key; ``signer_store`` notices a second one."""

    def __init__(
        self,
        *,
        database: Database,
        signer_store: SignerStore,
        public: PublicFolder,
        root: TrustRoot,
        signer: NoteSigner,
        witnesses: Mapping[str, WitnessClient],
    ) -> None:
        self._database = database
        self._store = signer_store
        self._public = public
        self._origin = root.origin
        self._published = Published(public.folder, root)
        self._policy = witness_policy(root)
        self._cosigners = Cosigners(self._policy, witnesses)
        self._signer = signer

    def recover(self) -> None:
        """Finish a publication that was cut short. Call it once, before the first step.

        Raises PublishRefusedError when database, signer store and published files contradict each other.
        """
        with self._database.read() as connection:
            head = queries.log_size(connection)
            latest = self._published.latest()
            self._refuse_contradictions(head, latest)
            sizes = self._kept_sizes()
            if latest is not None:
                earlier = max((size for size in sizes if size < latest.size), default=0)
                self._write_proofs(connection, latest, start=earlier)
            size = max(sizes, default=0)
            if size > (latest.size if latest else 0):
                signed = SignedCheckpoint.parse(self._public.read(checkpoint_path(size)) or b"")
                covering = PublishedCheckpoint(signed, self._policy.check_checkpoint(signed).time)
                self._finish(connection, covering, start=latest.size if latest else 0)

    def publish_once(self) -> PublishResult:
        """Publish what was committed since the last step.

        Raises PublishRefusedError when signing would contradict what was signed, published or witnessed before.
        """
        with self._database.read() as connection:
            head = queries.log_size(connection)
            latest = self._published.latest()
            signed = self._refuse_contradictions(head, latest)
            published = latest.size if latest else 0
            if head.size == published:
                return PublishResult("unchanged", published)
            growth = Growth(connection, self._public, published=published, head=head)
            growth.check(signed)
            growth.write()
            note = sign_checkpoint(Checkpoint(self._origin, head.size, head.root), self._signer)
            now_signed = SignedHead(head.size, head.root)
            if now_signed != signed:
                self._store.advance(signed, now_signed)
            collected = self._cosigners.collect(note, published=published, proof=growth.consistency_from)
            try:
                time = self._policy.check_checkpoint(collected.signed).time
            except ProofError:
                return PublishResult("waiting", published, collected.absent)
            covering = PublishedCheckpoint(collected.signed, time)
            write_companions(connection, self._public, start=published, end=head.size)
            self._public.write_once(checkpoint_path(head.size), collected.signed.serialize())
            self._finish(connection, covering, start=published)
            return PublishResult("published", head.size, collected.absent)

    def _finish(self, connection: Connection, covering: PublishedCheckpoint, *, start: int) -> None:
        self._public.replace(LATEST, covering.signed.serialize())
        self._write_proofs(connection, covering, start=start)

    def _write_proofs(self, connection: Connection, covering: PublishedCheckpoint, *, start: int) -> None:
        reader = TileReader(FolderFetcher(self._public.folder).fetch, covering.size)
        write_proofs(connection, self._public, reader, covering, start=start)

    def _refuse_contradictions(self, head: LogSize, latest: PublishedCheckpoint | None) -> SignedHead | None:
        signed = self._store.last()
        past = [("signed", signed.size, signed.root)] if signed else []
        if latest is not None:
            past.append(("published", latest.size, latest.root))
            if signed is None or signed.size < latest.size:
                raise PublishRefusedError("the signer store is not the one that signed what is published")
        for verb, size, root in past:
            if size > head.size:
                raise PublishRefusedError(
                    f"{size} entries were {verb}, the database holds {head.size}",
                    hint="The database is older than the log: recover it from the tiles, never publish from it.",
                )
            if size == head.size and root != head.root:
                raise PublishRefusedError(f"another tree of {size} entries was {verb}")
        return signed

    def _kept_sizes(self) -> list[int]:
        folder = (self._public.folder / checkpoint_path(0)).parent
        return [int(file.name) for file in folder.iterdir()] if folder.is_dir() else []
