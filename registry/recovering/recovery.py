"""Recovery: an old, damaged or empty database is brought up to what the log key promised, from the published files.

The bundles hold every entry byte for byte, and a signed root says that they are the right ones: what is written back is
proven before it is written. What stands beside the entries (tokens, names, numbers) comes from the read plane too. Two
things nobody can bring back: reservations that no mark used, and admissions after the last step of the publisher; who
was given such a receipt sends the statement again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from registry.errors import LogForkedError
from registry.log.fence import open_ledger
from registry.log.writer import fold
from registry.publishing.published import LATEST, checkpoint_path, kept_sizes, witness_policy
from registry.publishing.publisher_refusals import Promise
from registry.publishing.signer_store import SignedHead
from registry.publishing.unsigned import laid_size, withdraw_unsigned
from registry.recovering.restored import Restorer, fill_numbers
from registry.rows import queries
from verifier.errors import MarkError, RefusedError, UnavailableError
from verifier.log.checkpoint import SignedCheckpoint
from verifier.log.merkle import EMPTY_ROOT, leaf_hash
from verifier.log.tile import TileReader
from verifier.log.tree import Frontier
from verifier.statement import parse_statement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from registry.log.ledger import Ledger
    from registry.publishing.cosigning import WitnessedHeads
    from registry.publishing.files import PublicFolder
    from registry.publishing.signer_store import SignerStore
    from registry.rows.database import Database
    from registry.rows.queries import LogSize
    from verifier.injected import Entropy
    from verifier.trust.root import TrustRoot

_TOGETHER = 256
ASIDE = "Put the database aside as evidence and recover without it: everything promised stands in the published files."


@dataclass(frozen=True)
class Recovered:
    """What a recovery did: entries before and after, the root, how many the log key has signed, what was not found."""

    before: int
    size: int
    root: bytes
    promised: int
    missing: tuple[str, ...] = field(default=())


def recover_from_tiles(
    database: Database,
    public: PublicFolder,
    root: TrustRoot,
    *,
    store: SignerStore | None,
    witnessed: WitnessedHeads,
    entropy: Entropy,
) -> Recovered:
    """Bring the database up to everything that was promised, and the signer store up to it too; safe to repeat.

    ``store`` is None for a drill that will never sign. Nothing may write to the database meanwhile. Raises
    LogForkedError when database, files and promises tell two histories, NotFoundError when published files are missing,
    UnavailableError when a lost signer store cannot be made anew because a witness does not answer.
    """
    ledger = open_ledger(database)
    if not ledger.take():
        raise UnavailableError("a sequencer works on this database", hint="Stop the registry first.")
    try:
        promises = _promises(public, root, store, witnessed)
        _refuse_unknown_past(store, promises, witnessed)
        head = _size(ledger)
        _prove(ledger, public, head, promises)
        restorer = Restorer(public, root, fold(ledger, root.host), entropy)
        promised = max((one.size for one in promises), default=0)
        _append_promised(ledger, public, restorer, start=head.size, end=promised)
        _append_laid(ledger, public, restorer, promised=promised)
        fill_numbers(ledger, root.host, entropy)
        if store is not None and promises:
            _note_signed(store, max(promises, key=lambda one: one.size))
        grown = _size(ledger)
        return Recovered(head.size, grown.size, grown.root, promised, tuple(restorer.missing))
    finally:
        ledger.release()


def _size(ledger: Ledger) -> LogSize:
    with ledger.read() as connection:
        return queries.log_size(connection)


def _promises(
    public: PublicFolder, root: TrustRoot, store: SignerStore | None, witnessed: WitnessedHeads
) -> list[Promise]:
    """Return every tree that the log key vouched for, as far as it can be known here."""
    policy = witness_policy(root)
    found = [Promise(f"were cosigned by {name}", one.size, one.root) for name, one in witnessed.heads.items()]
    for path in (LATEST, *(checkpoint_path(size) for size in kept_sizes(public.folder))):
        if (data := public.read(path)) is not None:
            signed = SignedCheckpoint.parse(data)
            policy.check_log(signed)
            found.append(Promise("were published", signed.checkpoint.size, signed.checkpoint.root))
    signed_last = store.last() if store else None
    if signed_last is not None:
        found.append(Promise("were signed", signed_last.size, signed_last.root))
    return found


def _refuse_unknown_past(store: SignerStore | None, promises: Iterable[Promise], witnessed: WitnessedHeads) -> None:
    """Without its store a log key may have signed more than is public: only all witnesses together rule it out."""
    if store is None:
        return
    last = store.last()
    known = last.size if last else 0
    if witnessed.absent and any(one.size > known for one in promises):
        away = ", ".join(f"{name} ({why})" for name, why in witnessed.absent.items())
        raise UnavailableError(
            f"the signer store is behind and cannot be made anew: no answer from {away}",
            hint="Start every witness of the policy, or put the right signer.db back.",
        )


def _prove(ledger: Ledger, public: PublicFolder, head: LogSize, promises: list[Promise]) -> None:
    """Recompute every promised root from the rows of the database, continued by the published bundles."""
    end = max((one.size for one in promises), default=0)
    reader = TileReader(public.fetch, max(end, head.size))
    wanted = {head.size, *(one.size for one in promises)}
    frontier, roots = Frontier(), {0: EMPTY_ROOT}
    with ledger.read() as connection:
        stored = (entry.statement for entry in queries.walk_entries(connection, head.size))
        for entry in chain(stored, reader.entries(head.size, end)):
            frontier.append(leaf_hash(entry))
            if frontier.size in wanted:
                roots[frontier.size] = frontier.root()
    if roots.get(head.size) != head.root:
        raise LogForkedError("the rows of the database do not lead to its own root", hint=ASIDE)
    for one in promises:
        if roots[one.size] != one.root:
            raise LogForkedError(f"{one.size} entries {one.known} that the database and the files deny", hint=ASIDE)


def _append_promised(ledger: Ledger, public: PublicFolder, restorer: Restorer, *, start: int, end: int) -> None:
    reader = TileReader(public.fetch, end)
    for first in range(start, end, _TOGETHER):
        with ledger.group() as group:
            for entry in reader.entries(first, min(first + _TOGETHER, end)):
                restorer.restore(parse_statement(entry), group)


def _append_laid(ledger: Ledger, public: PublicFolder, restorer: Restorer, *, promised: int) -> None:
    """Take in what the publisher laid out and did not come to sign; nothing vouches for it, so it is judged anew."""
    laid, keep = laid_size(public.folder), promised
    with ledger.read() as connection:
        own = [entry.statement for entry in queries.entries(connection, promised, queries.log_size(connection).size)]
    try:
        entries = list(TileReader(public.fetch, max(laid, promised)).entries(promised, laid))
        if own[: len(entries)] != entries[: len(own)]:
            raise RefusedError("the database holds other entries there")
        keep += len(own)
        for entry in entries[len(own) :]:
            with ledger.group() as group:
                restorer.admit(parse_statement(entry), group)
            keep += 1
    except MarkError as error:
        restorer.missing.append(f"entries from {keep} on that were laid out and never signed: {error.message}")
        withdraw_unsigned(public, keep=keep, laid=laid)


def _note_signed(store: SignerStore, newest: Promise) -> None:
    last = store.last()
    if last is None or last.size < newest.size:
        store.advance(last, SignedHead(newest.size, newest.root))
