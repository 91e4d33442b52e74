"""The publisher: the only holder of the log key. It signs committed state, and nothing that contradicts its past.

One step: prove the growth, write what stands beside the entries, tiles and entries, note what will be signed, sign, ask
the witnesses, and once their policy is met publish the checkpoint, then the proofs of the new marks. Without a quorum
the old checkpoint stays and the next step tries again. Published sizes are kept for ever. Everything that a signature
covers stands in the public folder before it is signed, so that the folder alone can bring an old database up to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from registry.admission.beside import write_companions, write_proofs
from registry.log.growth import Growth
from registry.publishing.cosigning import Cosigners
from registry.publishing.published import (
    LATEST,
    Published,
    PublishedCheckpoint,
    checkpoint_path,
    kept_sizes,
    witness_policy,
)
from registry.publishing.publisher_refusals import (
    Promise,
    refuse_broken_promises,
    refuse_strange_store,
    refuse_wrong_clock,
)
from registry.publishing.signer_store import SignedHead
from registry.rows import queries
from verifier.edge.folder import FolderFetcher
from verifier.errors import ProofError
from verifier.examine.log_evidence import policy_at
from verifier.log.checkpoint import Checkpoint, SignedCheckpoint, sign_checkpoint
from verifier.log.tile import TileReader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from registry.publishing.files import PublicFolder
    from registry.publishing.signer_store import SignerStore
    from registry.rows.database import Database
    from registry.rows.queries import LogSize
    from registry.witness.client import WitnessClient
    from verifier.injected import Clock
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
        clock: Clock,
    ) -> None:
        self._database = database
        self._store = signer_store
        self._public = public
        self._origin = root.origin
        self._published = Published(public.folder, root)
        self._root = root
        self._cosigners = Cosigners(witness_policy(root), witnesses)
        self._signer = signer
        self._clock = clock
        self._laid = 0
        """How many entries this process has laid into the public folder, signed or not."""

    def recover(self) -> None:
        """Refuse what contradicts the past, then finish what was cut short. Call it once, before the first step.

        Raises DatabaseBehindError, LogForkedError, SignerStoreBehindError or ClockBehindError when database, signer
        store, published files, witnesses and clock contradict each other.
        """
        with self._database.read() as connection:
            head = queries.log_size(connection)
            latest = self._published.latest()
            self._refuse_contradictions(head, latest)
            refuse_wrong_clock(self._clock(), latest)
            witnessed = self._cosigners.heads(self._origin).heads
            refuse_broken_promises(
                head, (Promise(f"were cosigned by {name}", one.size, one.root) for name, one in witnessed.items())
            )
            sizes = kept_sizes(self._public.folder)
            if latest is not None:
                earlier = max((size for size in sizes if size < latest.size), default=0)
                self._write_proofs(connection, latest, start=earlier)
            size = max(sizes, default=0)
            if size > (latest.size if latest else 0):
                signed = SignedCheckpoint.parse(self._public.read(checkpoint_path(size)) or b"")
                covering = PublishedCheckpoint(signed, self._time(signed))
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
            growth = self._lay(connection, head, signed, published=published)
            now_signed = SignedHead(head.size, head.root)
            if now_signed != signed:
                # Noted before it is made: a signature that nobody knows of must not exist, not even for a moment.
                self._store.advance(signed, now_signed)
            note = sign_checkpoint(Checkpoint(self._origin, head.size, head.root), self._signer)
            collected = self._cosigners.collect(note, published=published, proof=growth.consistency_from)
            try:
                time = self._time(collected.signed)
            except ProofError:
                return PublishResult("waiting", published, collected.absent)
            covering = PublishedCheckpoint(collected.signed, time)
            self._public.write_once(checkpoint_path(head.size), collected.signed.serialize())
            self._finish(connection, covering, start=published)
            return PublishResult("published", head.size, collected.absent)

    def _lay(self, connection: Connection, head: LogSize, signed: SignedHead | None, *, published: int) -> Growth:
        """Prove the growth and write all of it. While witnesses are away only what is new is written again."""
        start = min(max(published, self._laid), head.size)
        growth = Growth(connection, self._public, start=start, head=head)
        growth.check(signed)
        write_companions(connection, self._public, start=start, end=head.size)
        growth.write()
        self._laid = head.size
        return growth

    def _finish(self, connection: Connection, covering: PublishedCheckpoint, *, start: int) -> None:
        self._public.replace(LATEST, covering.signed.serialize())
        self._write_proofs(connection, covering, start=start)

    def _write_proofs(self, connection: Connection, covering: PublishedCheckpoint, *, start: int) -> None:
        reader = TileReader(FolderFetcher(self._public.folder).fetch, covering.size)
        write_proofs(connection, self._public, reader, covering, start=start)

    def _time(self, signed: SignedCheckpoint) -> int:
        """Return when a quorum of the witnesses of that tree size had cosigned. Raises ProofError."""
        return policy_at(self._root, signed.checkpoint.size).check_checkpoint(signed).time

    def _refuse_contradictions(self, head: LogSize, latest: PublishedCheckpoint | None) -> SignedHead | None:
        signed = self._store.last()
        promises = [Promise("were signed", signed.size, signed.root)] if signed else []
        if latest is not None:
            promises.append(Promise("were published", latest.size, latest.root))
        refuse_strange_store(signed, latest)
        refuse_broken_promises(head, promises)
        return signed
