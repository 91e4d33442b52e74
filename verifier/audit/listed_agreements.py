"""What a recognition list over the first ``size`` entries has to say: the agreements as the log had them then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.errors import RefusedError
from verifier.trust.recognition_list import listed, read_recognition_list

if TYPE_CHECKING:
    from verifier.audit.chain import TrustChain
    from verifier.replay.state import LogState


def check_recognition_list(data: bytes, chain: TrustChain, state: LogState, *, size: int | None = None) -> None:
    """Check a recognition list against the entries. ``size`` is the epoch's; without one the list's own is taken.

    Raises EvidenceError.
    """
    read = read_recognition_list(data, chain.newest)
    if size is not None and read.size != size:
        raise RefusedError(f"the list is over {read.size} entries, its epoch over {size}")
    if read.size > state.size:
        return
    shown = {name: read.token.payload[name] for name in ("agreements", "mappings")}
    if shown != listed(state, read.size):
        raise RefusedError(f"the first {read.size} entries make other agreements or mappings")
