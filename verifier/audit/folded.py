"""A published log folded whole up to its latest witnessed checkpoint, its root compared; entries are not judged again.

For questions about what the log says. Whether it was allowed to say so is the audit's question.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.audit.chain import read_chain
from verifier.audit.finding import Findings
from verifier.audit.heads import Heads
from verifier.audit.replay_run import Reached, ReplayRun, Sources
from verifier.errors import ProofError
from verifier.log.tree import Frontier
from verifier.replay.records import Entry
from verifier.replay.state import LogState

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.audit.chain import TrustChain
    from verifier.audit.plane import Listing, Progress
    from verifier.gather import Fetcher
    from verifier.trust.root import TrustRoot


@dataclass(frozen=True)
class Folded:
    """The state of a log, of how many entries, and when a quorum had seen them; ``seen`` are (size, time) in order."""

    chain: TrustChain
    state: LogState
    size: int
    as_of: int
    seen: tuple[tuple[int, int], ...]


def fold_published(
    fetcher: Fetcher,
    pinned: TrustRoot,
    progress: Progress,
    *,
    listing: Listing | None = None,
    keep: Callable[[Entry], None] = lambda entry: None,
) -> Folded:
    """Return the log's state; ``keep`` is given every entry that can be read, in order.

    Raises ProofError when the entries are not those of the latest checkpoint or no quorum saw it, UnavailableError.
    """
    findings = Findings()
    chain = read_chain(fetcher, pinned, findings)
    heads = Heads(fetcher, chain.newest, findings)
    head = heads.latest()[1]
    if head.time is None:
        raise ProofError("the latest checkpoint lacks a quorum of witnesses")
    sources = Sources(fetcher, chain, heads, findings, listing)
    run = ReplayRun(sources, Reached(LogState(chain.newest.host), Frontier()), judging=False)
    for taken in run.entries(head.size):
        if taken.statement is not None:
            keep(Entry(taken.index, taken.leaf, taken.statement))
        progress(taken.index + 1, head.size)
    if run.growth.root(head.size) != head.root:
        raise ProofError("the entries are not those of the latest checkpoint", hint="shirushi audit says more.")
    kept = [(size, one) for size in run.sizes(head.size) if (one := heads.kept(size)) is not None]
    fit = [(size, one.time) for size, one in kept if one.time is not None and run.growth.root(size) == one.root]
    return Folded(chain, run.state, head.size, head.time, tuple(sorted({*fit, (head.size, head.time)})))
