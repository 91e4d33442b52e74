"""One run over a log: from the frontier of what was verified to a checkpoint, every entry judged and dated.

The audit runs once from the empty tree; the monitor goes on from where it stopped. Memory is the state of the objects
and some 32 bytes an entry of this run; entries are streamed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from verifier.audit.dating import Dating
from verifier.audit.directory_fold import DirectoryFold, Waiting
from verifier.audit.epochs import Epochs
from verifier.audit.heads import Growth, is_beginning
from verifier.audit.kinds import Code
from verifier.audit.plane import CHECKPOINTS, checkpoint_path, optional
from verifier.audit.proofs import Proofs
from verifier.audit.replayer import Replayer
from verifier.encoding import unb64u
from verifier.errors import MalformedError, NotFoundError
from verifier.log.merkle import leaf_hash
from verifier.log.tile import TILE_WIDTH, TileReader, entries_path, tile_width
from verifier.statement.public import DirectoryPublished, MarkIssued

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterator

    from verifier.audit.chain import TrustChain
    from verifier.audit.epochs import Changed, Epoch
    from verifier.audit.finding import Findings
    from verifier.audit.heads import Head, Heads
    from verifier.audit.plane import Listing
    from verifier.gather import Fetcher
    from verifier.log.tree import Frontier
    from verifier.replay.state import LogState
    from verifier.statement import Statement


@dataclass
class Reached:
    """What a run goes on from and what it leaves: the folded state and the frontier of the same size."""

    state: LogState
    frontier: Frontier
    signed: dict[str, array[int]] = field(default_factory=dict)
    epochs: tuple[Epoch, ...] = ()
    waiting: Waiting = field(default_factory=Waiting)
    is_whole: bool = True
    void: dict[str, int] = field(default_factory=dict)
    """The objects that were granted something against the rules, with the entry that did."""

    fold: DirectoryFold | None = field(default=None, compare=False, repr=False)
    """The directory, where it is at hand; it can be made again from the state and what is waiting."""


@dataclass(frozen=True)
class Taken:
    """One entry of a run. ``changed`` is there when it logs a directory, which ``ReplayRun.fold`` holds now."""

    index: int
    data: bytes
    leaf: bytes
    statement: Statement | None
    changed: Changed | None


@dataclass(frozen=True)
class Sources:
    """Where a run reads and where its findings go."""

    fetcher: Fetcher
    chain: TrustChain
    heads: Heads
    findings: Findings
    listing: Listing | None = None


class ReplayRun:
    """A run from what was reached up to one checkpoint."""

    def __init__(self, sources: Sources, reached: Reached, *, judging: bool = True) -> None:
        """Go on from there; fsck folds the entries without judging them."""
        self._sources = sources
        self._findings = sources.findings
        self._judging = judging
        self.growth = Growth(reached.frontier)
        self.replayer = Replayer(
            sources.fetcher,
            sources.chain,
            reached.state,
            sources.findings,
            reached.signed,
            reached.is_whole,
            reached.void,
            judging,
        )
        self.fold = reached.fold or DirectoryFold(reached.state, reached.waiting)
        self.epochs = Epochs(self.fold, sources.findings, reached.epochs)
        self._dating = Dating()
        self._proofs = Proofs(sources.fetcher, sources.heads, sources.findings)
        self._named: set[int] = set()

    @property
    def state(self) -> LogState:
        """The folded state."""
        return self.replayer.state

    def reached(self) -> Reached:
        """Return what a later run can go on from."""
        replayer = self.replayer
        return Reached(
            replayer.state,
            self.growth.frontier,
            signed=replayer.signed,
            epochs=tuple(self.epochs.newest),
            waiting=self.fold.waiting(),
            is_whole=replayer.is_whole,
            void=replayer.void,
            fold=self.fold,
        )

    def entries(self, size: int) -> Iterator[Taken]:
        """Judge and fold every entry below ``size``, and yield it.

        Ends early, with a finding, where an entry cannot be read. Raises UnavailableError.
        """
        reader = TileReader(self._sources.fetcher.fetch, size)
        for index in range(self.growth.frontier.size, size):
            data = read_from_bundle(reader, index, self._findings)
            if data is None:
                return
            leaf = leaf_hash(data)
            statement = self.replayer.take(data, leaf)
            changed = self._note(index, statement) if statement is not None else None
            self.growth.append(leaf)
            yield Taken(index, data, leaf, statement, changed)

    def close(self, head: Head) -> bool:
        """Compare the tree with the checkpoint and all others that are known, and date the grants.

        Returns whether the entries are those that the checkpoint covers. Raises UnavailableError.
        """
        if self.growth.root(head.size) != head.root:
            self._wrong_root(head.size)
            return False
        self._proofs.close(self.growth, as_of=head.time or 0)
        sizes = self.sizes(head.size)
        for size in sizes:
            kept = self._sources.heads.kept(size)
            if kept is not None and not self._extends(kept, head):
                self._wrong_root(size)
        self._dating.check(self._sources.heads, sizes, self._findings)
        return True

    def _note(self, index: int, statement: Statement) -> Changed | None:
        if self._judging:
            self._dating.note(index, statement)
        if statement.anchor is not None and statement.anchor.size <= index:
            self._check_anchor(index, statement, statement.anchor.size)
        if isinstance(statement.public, MarkIssued):
            self._proofs.take(index, statement)
        self.fold.note(index, statement.object, self.state)
        if isinstance(statement.public, DirectoryPublished) and self.replayer.is_whole:
            return self.epochs.take(index, statement, statement.public)
        return None

    def _check_anchor(self, index: int, statement: Statement, size: int) -> None:
        self._named.add(size)
        root = self.growth.root(size)
        if root is None:
            kept = self._sources.heads.kept(size)
            root = kept.root if kept else None
        if statement.anchor is not None and root is not None and unb64u(statement.anchor.root) != root:
            detail = f"the first {size} entries have another root"
            self._findings.add(Code.ANCHOR_WRONG, detail, entry=index, object=statement.object)

    def sizes(self, size: int) -> list[int]:
        """Return the sizes up to ``size`` whose checkpoints are known, in order."""
        if self._sources.listing is None:
            known = self._named | self._proofs.sizes
        else:
            known = {int(name) for name in self._sources.listing.names(CHECKPOINTS) if name.isdecimal()}
            known = {one for one in known if one >= self.growth.start} | self._named
        return sorted({one for one in known if one <= size} | {size})

    def _extends(self, kept: Head, head: Head) -> bool:
        root = self.growth.root(kept.size)
        if root is not None:
            return root == kept.root
        # From before this run: the tree that was verified then is no longer at hand, a proof is.
        return is_beginning(self._sources.fetcher, kept, head)

    def _wrong_root(self, size: int) -> None:
        path = checkpoint_path(size)
        note = optional(self._sources.fetcher, path) or b""
        detail = f"the {size} entries have another root"
        self._findings.add(Code.ROOT_HASH_WRONG, detail, path=path, evidence=(note.decode("utf-8", "replace"),))


def read_from_bundle(reader: TileReader, index: int, findings: Findings) -> bytes | None:
    """Return the entry at ``index``; a bundle that is missing or broken is a finding. Raises UnavailableError."""
    number = index // TILE_WIDTH
    path = entries_path(number, tile_width(0, number, reader.size))
    try:
        return reader.entry(index)
    except NotFoundError:
        findings.add(Code.MISSING_FILE, "the entries from here on cannot be read", entry=index, path=path)
    except MalformedError as error:
        findings.add(Code.BUNDLE_WRONG, error.message, entry=index, path=path)
    return None
