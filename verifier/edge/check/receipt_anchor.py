"""The directory that a receipt was made under, beside a copy at the same epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.errors import ProofError, UnavailableError

if TYPE_CHECKING:
    from verifier.check.receipt import DirectoryAnchor
    from verifier.edge.check.supplier_list import Copy


def check_anchor(log: str, anchor: DirectoryAnchor, copy: Copy) -> None:
    """Compare the directory that a receipt names, and its log, with the copy's; afterwards it is the one of the log.

    Raises ProofError where they differ, UnavailableError where the copy is at another epoch.
    """
    epoch = copy.epoch
    if log != epoch.index.log:
        raise ProofError("the receipt is about another log than the copy")
    if anchor.size != epoch.size:
        raise UnavailableError(
            f"the copy is at epoch {epoch.size}, the receipt at {anchor.size}", hint="Keep the copy beside the receipt."
        )
    # The entry and the time of an epoch are those of whoever logged it; the root is over all its records.
    if (anchor.entry, anchor.root) != (epoch.entry, epoch.public.root):
        raise ProofError("the receipt names another directory than the log")
