"""The monitor: looks at a registry again and again, from where it verified last, and tells what is new or wrong.

It applies the audit's rules to every new entry, its own thresholds to the rest (settings.py), and shows two histories
to be what they are: whatever was verified once has to stay the beginning of the log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from verifier.audit.chain import TrustChain, read_chain
from verifier.audit.epochs import check_pointer
from verifier.audit.feeds import FeedBook
from verifier.audit.finding import Finding, Findings
from verifier.audit.heads import Head, Heads, is_beginning
from verifier.audit.kinds import Code
from verifier.audit.memory import Memory
from verifier.audit.plane import CHECKPOINT, optional
from verifier.audit.replay_run import ReplayRun, Sources
from verifier.audit.seen import check_seen, read_seen
from verifier.audit.settings import Settings
from verifier.audit.watch import Watch
from verifier.audit.witness_views import AskWitness, Verified, WitnessViews
from verifier.directory.proven import POINTER
from verifier.errors import EvidenceError, UnavailableError
from verifier.gather import Fetcher
from verifier.log.tile import TILE_WIDTH, TileReader

if TYPE_CHECKING:
    from verifier.audit.plane import Progress
    from verifier.trust.root import TrustRoot


@dataclass(frozen=True)
class Watched:
    """What a monitor watches and how: the plane, the pinned root, thresholds, numbers, reported tokens, witnesses.

    ``feeds`` collects what is new for readers, if anybody wants to know.
    """

    fetcher: Fetcher
    pinned: TrustRoot
    settings: Settings = field(default_factory=Settings)
    subjects: frozenset[str] = frozenset()
    seen: tuple[str, ...] = ()
    ask_witness: AskWitness | None = None
    feeds: FeedBook | None = None


@dataclass(frozen=True)
class Look:
    """The outcome of one look. ``findings`` are those that are new; ``is_clean`` counts those that last, too."""

    size: int
    findings: tuple[Finding, ...]
    is_clean: bool


class Monitor:
    """Watches one registry. ``restore`` gives the last saved memory, for when a log turns out to be rewritten."""

    def __init__(self, watched: Watched, restore: Callable[[], Memory]) -> None:
        self._watched = watched
        self._restore = restore
        self.memory = restore()

    def look(self, now: int, progress: Progress) -> Look:
        """Look once at ``now``. Raises UnavailableError when the plane cannot be read; nothing is forgotten then."""
        try:
            return _Look(self._watched, self.memory, now).run(progress)
        except _RewrittenError as rewritten:
            # The fold has taken entries that the log did not stand by.
            self._go_back()
            return _told(rewritten.findings, self.memory)
        except UnavailableError:
            self._go_back()
            raise

    def _go_back(self) -> None:
        self.memory = self._restore()
        if self._watched.feeds is not None:
            self._watched.feeds.taken()


class _RewrittenError(EvidenceError):
    """The log does not go on from what was verified."""

    code = "history_rewritten"

    def __init__(self, findings: Findings) -> None:
        super().__init__("the log does not go on from what was verified")
        self.findings = findings


class _Look:
    """One look at a registry."""

    def __init__(self, watched: Watched, memory: Memory, now: int) -> None:
        self._watched = watched
        self._memory = memory
        self._now = now
        self._findings = Findings()

    def run(self, progress: Progress) -> Look:
        """Read what is new, then look at what lasts."""
        watched, memory = self._watched, self._memory
        pointer = optional(watched.fetcher, POINTER)
        chain = read_chain(watched.fetcher, watched.pinned, self._findings)
        heads = Heads(watched.fetcher, chain.newest, self._findings)
        try:
            signed, head = heads.latest()
        except EvidenceError as error:
            self._findings.add(Code.MALFORMED_FILE, error.message, path=CHECKPOINT)
            return _told(self._findings, memory)
        note = signed.serialize().decode()
        is_trusted = head.time is not None and Code.LOG_SIGNATURE_BAD not in self._findings.counted
        if is_trusted and self._goes_on(head, note):
            self._take_new(Sources(watched.fetcher, chain, heads, self._findings), head, note, progress)
        if is_trusted and memory.note:
            self._check_lasting(chain, heads, head, pointer)
        return _told(self._findings, memory)

    def _goes_on(self, head: Head, note: str) -> bool:
        """Compare with the last verified head; say whether there is something new."""
        last = self._memory.reached.frontier
        if head.size > last.size:
            return True
        evidence = (self._memory.note, note)
        if head.size == last.size and head.root != last.root():
            self._findings.add(Code.HISTORY_REWRITTEN, "two trees of one size", path=CHECKPOINT, evidence=evidence)
        if head.size < last.size:
            detail = f"{head.size} entries are shown, {last.size} were verified"
            self._findings.add(Code.ROLLED_BACK, detail, path=CHECKPOINT, evidence=evidence)
        return False

    def _take_new(self, sources: Sources, head: Head, note: str, progress: Progress) -> None:
        memory, watched = self._memory, self._watched
        start = memory.reached.frontier.size
        last = Head(start, memory.reached.frontier.root(), None)
        run = ReplayRun(sources, memory.reached)
        if memory.watch is None:
            memory.watch = Watch(watched.settings, watched.subjects, run.state, memory.rates)
        for taken in run.entries(head.size):
            if taken.statement is not None:
                memory.watch.take(taken.index, taken.statement, self._findings)
                if watched.feeds is not None:
                    watched.feeds.take(taken.index, taken.statement, run.state)
            if taken.index % TILE_WIDTH == TILE_WIDTH - 1 or taken.index == head.size - 1:
                progress(taken.index + 1 - start, head.size - start)
        if run.state.size != head.size or not run.close(head):
            if start and not is_beginning(watched.fetcher, last, head):
                evidence = (memory.note, note)
                detail = f"the first {start} entries are no longer those that were verified"
                self._findings.add(Code.HISTORY_REWRITTEN, detail, path=CHECKPOINT, evidence=evidence)
            raise _RewrittenError(self._findings)
        memory.reached, memory.note = run.reached(), note
        memory.grown_at = head.time or self._now

    def _check_lasting(self, chain: TrustChain, heads: Heads, head: Head, pointer: bytes | None) -> None:
        memory, settings, findings = self._memory, self._watched.settings, self._findings
        reached = memory.reached
        if reached.is_whole:
            check_pointer(pointer, reached.epochs, findings, as_of=head.time or 0)
        verified = Head(reached.state.size, reached.frontier.root(), head.time)
        WitnessViews(self._watched.fetcher, heads, self._watched.ask_witness, findings).check(
            Verified(memory.note, verified, self._now), memory, settings
        )
        age, idle = self._now - (head.time or 0), self._now - memory.grown_at
        if age > settings.checkpoint_age:
            findings.add(Code.CHECKPOINT_OLD, f"{age} seconds", path=CHECKPOINT)
        if idle > settings.growth_within:
            findings.add(Code.GROWTH_STALLED, f"{idle} seconds", path=CHECKPOINT)
        if self._now >= chain.newest.content.expires:
            findings.add(Code.TRUST_ROOT_EXPIRED)
        reader = TileReader(self._watched.fetcher.fetch, verified.size)
        for compact in self._watched.seen:
            check_seen(read_seen(compact, chain), reached.state, reader.entry, findings, as_of=head.time or 0)


def _told(findings: Findings, memory: Memory) -> Look:
    """Return what is to be told: what lasts is told when it begins, not at every look."""
    found = {_name(finding): finding for finding in findings}
    told = tuple(finding for name, finding in found.items() if name not in memory.standing)
    memory.standing = set(found)
    return Look(memory.reached.state.size, told, findings.is_clean)


def _name(finding: Finding) -> str:
    entry = "" if finding.entry is None else finding.entry
    return f"{finding.code.value} {entry} {finding.object or ''} {finding.path or ''}"
