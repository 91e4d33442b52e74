"""What counts as recognised beside a copy: the statements that it keeps, those that are given, and whether that is all.

The copy's own directory names every entry that counts. So a line that went missing is found, and statements that are
given fill the gap; a statement of a newer version leaves open what it says, whatever else is at hand.

They are read under every policy: under one that accepts no recognition, a row says that there is one. Nothing that is
met hangs on it then, so what the copy keeps for its epoch counts as all of it: the proof reads every shard.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.check.recognised import Recognitions, kept_statements
from verifier.directory.recognitions import leaves_that_count, recognitions_path
from verifier.edge.check.supplier_list import unreliable
from verifier.encoding import b64u
from verifier.errors import EvidenceError, MalformedError, NotFoundError
from verifier.log.merkle import leaf_hash

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.edge.check.supplier_list import Copy
    from verifier.requirement import Requirement
    from verifier.statement import Statement


def recognitions_of(copy: Copy, given: Sequence[Statement] = (), *, policy: Requirement | None = None) -> Recognitions:
    """Return the statements that a copy keeps and those that are given beside it. Raises UnavailableError.

    That nothing is left out is proven, unless ``policy`` accepts no recognition.
    """
    tokens = _kept_tokens(copy)
    try:
        kept = kept_statements(tokens or ())
    except EvidenceError as error:
        raise unreliable(MalformedError("what it keeps about recognitions is no statement")) from error
    known = {one.entry: one for one in (*kept.statements, *given)}
    is_to_be_proven = policy is None or policy.recognition or tokens is None
    if not is_to_be_proven:
        return Recognitions(tuple(known.values()), kept.gap)
    at_hand = {b64u(leaf_hash(entry)) for entry in (*known, *(token.encode() for token in tokens or ()))}
    try:
        is_whole = leaves_that_count(copy.store, copy.epoch.index, host=copy.root.host) <= at_hand
    except EvidenceError as error:
        raise unreliable(error) from error
    return Recognitions(tuple(known.values()), kept.gap if is_whole else "missing")


def _kept_tokens(copy: Copy) -> list[str] | None:
    """Return what the copy keeps for its epoch. Versions before kept nothing, which is None."""
    try:
        return copy.store.fetch(recognitions_path(copy.epoch.size)).decode("ascii").split()
    except NotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise unreliable(MalformedError("what it keeps about recognitions is no statement")) from error
