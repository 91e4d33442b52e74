"""What a publisher refuses to sign over: trees that somebody holds under the log's signature and the database denies.

Signed (signer store), published (public folder), cosigned (witnesses): each is a promise of this log key. A database
that holds less, or something else, is an old copy or a second history; a signature on it would be the fork that
witnesses refuse for ever. Each refusal says what to do, and none is settled by trying again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.errors import ClockBehindError, DatabaseBehindError, LogForkedError, SignerStoreBehindError
from verifier.envelope import CLOCK_SKEW

if TYPE_CHECKING:
    from collections.abc import Iterable

    from registry.publishing.published import PublishedCheckpoint
    from registry.publishing.signer_store import SignedHead
    from registry.rows.queries import LogSize

RECOVER = "Never publish from this database: shirushi log recover-from-tiles --dir DIR brings it up to what is public."
TWO_HISTORIES = "Stop every publisher of this log; keep both as evidence; find out which one the witnesses hold."
STORE_LOST = "Put the right signer.db back, or, while all witnesses answer, run shirushi log recover-from-tiles."


@dataclass(frozen=True)
class Promise:
    """A tree that the log key vouched for, and how that is known, such as ``were published``."""

    known: str
    size: int
    root: bytes


def refuse_broken_promises(head: LogSize, promises: Iterable[Promise]) -> None:
    """Raise DatabaseBehindError or LogForkedError when the committed log denies a promise."""
    for one in promises:
        if one.size > head.size:
            raise DatabaseBehindError(f"{one.size} entries {one.known}, the database holds {head.size}", hint=RECOVER)
        if one.size == head.size and one.root != head.root:
            raise LogForkedError(f"another tree: {one.size} entries {one.known} with another root", hint=TWO_HISTORIES)


def refuse_strange_store(signed: SignedHead | None, latest: PublishedCheckpoint | None) -> None:
    """Raise SignerStoreBehindError when more was published than the signer store knows of."""
    if latest is not None and (signed is None or signed.size < latest.size):
        known = "nothing" if signed is None else f"{signed.size} entries"
        raise SignerStoreBehindError(
            f"{latest.size} entries were published, the signer store knows of {known}", hint=STORE_LOST
        )


def refuse_wrong_clock(now: int, latest: PublishedCheckpoint | None) -> None:
    """Raise ClockBehindError when it is earlier than the last quorum of cosignatures, beyond what clocks differ by."""
    if latest is not None and now < latest.time - CLOCK_SKEW:
        raise ClockBehindError(
            f"this machine's clock stands {latest.time - now} seconds before the last cosignature",
            hint="Set the clock of this machine, then start again.",
        )
