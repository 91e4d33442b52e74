"""The audit: zero trust, full replay, for an outsider who has the published files and a trust root, and nothing else.

Every entry is judged as admission had to, every grant dated, every logged directory computed again. What nobody can
check from outside is listed in the report.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.audit.chain import read_chain
from verifier.audit.epochs import check_pointer
from verifier.audit.finding import Findings
from verifier.audit.heads import Heads
from verifier.audit.kinds import Code, Severity
from verifier.audit.plane import CHECKPOINT, optional
from verifier.audit.replay_run import Reached, ReplayRun, Sources
from verifier.audit.report import Counts, Report
from verifier.audit.seen import check_seen, read_seen
from verifier.audit.status_check import StatusCheck
from verifier.directory.proven import POINTER
from verifier.errors import EvidenceError
from verifier.log.tile import TILE_WIDTH, TileReader
from verifier.log.tree import Frontier
from verifier.replay.state import LogState

if TYPE_CHECKING:
    from verifier.audit.heads import Head
    from verifier.audit.plane import Listing, Progress
    from verifier.gather import Fetcher
    from verifier.trust.root import TrustRoot


@dataclass(frozen=True)
class Asked:
    """What an audit is asked: the plane, the pinned root, and tokens that somebody was shown."""

    fetcher: Fetcher
    pinned: TrustRoot
    listing: Listing | None = None
    seen: tuple[str, ...] = ()


def audit(asked: Asked, progress: Progress) -> Report:
    """Return the report on a whole registry.

    Raises NotFoundError where nothing is published, UnavailableError when the plane cannot be read, WrongUseError for
    a reported token that is none.
    """
    findings, counts = Findings(), Counts()
    # The pointer first: its entry is then covered by the checkpoint that is read after it.
    pointer = optional(asked.fetcher, POINTER)
    chain = read_chain(asked.fetcher, asked.pinned, findings)
    seen = [read_seen(compact, chain) for compact in asked.seen]
    heads = Heads(asked.fetcher, chain.newest, findings)
    head = _latest(heads, findings)
    if head is None:
        return Report("audit", chain, None, counts, findings)
    run = ReplayRun(
        Sources(asked.fetcher, chain, heads, findings, asked.listing),
        Reached(LogState(chain.newest.host), Frontier()),
    )
    for taken in run.entries(head.size):
        counts.take(taken.statement)
        if counts.entries % TILE_WIDTH == 0 or counts.entries == head.size:
            progress(counts.entries, head.size)
    if counts.entries == head.size and run.close(head):
        if run.replayer.is_whole:
            check_pointer(pointer, run.epochs.newest, findings, as_of=head.time or 0)
            _check_lists(asked, StatusCheck(asked.fetcher, chain, run.state, head), findings)
        reader = TileReader(asked.fetcher.fetch, head.size)
        for one in seen:
            check_seen(one, run.state, reader.entry, findings, as_of=head.time or 0)
    counts.checkpoints, counts.directories = heads.count, run.epochs.count
    counts.unproven_keys = run.replayer.unproven_keys
    if head.time is not None and head.time >= chain.newest.content.expires:
        findings.add(Code.TRUST_ROOT_EXPIRED)
    return Report("audit", chain, head, counts, findings)


def _check_lists(asked: Asked, check: StatusCheck, findings: Findings) -> None:
    """Compare the status lists with a log that keeps its rules; what one says that breaks them is nobody's measure.

    An entry that a cut-off made void kept them when it was made.
    """
    broken = {finding.code for finding in findings.items if finding.severity is Severity.VIOLATION}
    if broken <= {Code.VOID_BY_CUTOFF}:
        check.check(findings, asked.listing, all_needed=False)


def _latest(heads: Heads, findings: Findings) -> Head | None:
    try:
        return heads.latest()[1]
    except EvidenceError as error:
        findings.add(Code.MALFORMED_FILE, error.message, path=CHECKPOINT)
        return None
