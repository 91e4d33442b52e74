"""Checking a whole list against the newest directory, as `shirushi check` does it on the buyer's own machine."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.verification import queries_search as queries
from registry.verification.indexed_directory import IndexedDirectory
from verifier.check.lookup import check_suppliers
from verifier.check.receipt import SEED_BYTES, CheckpointAnchor, Receipt
from verifier.check.recognised import Recognitions
from verifier.dates import parse_instant
from verifier.directory.proven import fetch_epoch, fetch_proof
from verifier.directory.recognitions import newest_recognitions
from verifier.edge.check.check_result import answered, receipt_of, row_members
from verifier.edge.check.supplier_list import Copy, case_of, many_values, parse_list
from verifier.edge.directory_store import FolderStore
from verifier.edge.i18n import translator
from verifier.encoding import b64u, canonical, read_object
from verifier.log.tile import TileReader
from verifier.requirement import requirement_of
from verifier.statement import parse_statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from registry.verification.search_index import SearchIndex
    from verifier.check.judge import Case
    from verifier.check.lookup import Directory
    from verifier.check.outcome import Outcome
    from verifier.edge.check.supplier_list import SupplierList
    from verifier.injected import Clock
    from verifier.signer import Signer
    from verifier.trust.root import TrustRoot


@dataclass(frozen=True)
class Order:
    """What is asked about a list: its file's name and form, the policy, the day, which column holds what."""

    filename: str
    policy: dict[str, Any]
    at: str | None = None
    columns: tuple[str, ...] = ()
    sheet: str | None = None
    lang: str = "ja"

    def serialize(self) -> bytes:
        """Return the file."""
        return canonical({**vars(self), "columns": list(self.columns)})


def parse_order(data: bytes) -> Order:
    """Return the order in a file of ours."""
    value = read_object(data)
    return Order(**{**value, "columns": tuple(value["columns"])})


@dataclass(frozen=True)
class CheckedList:
    """The answers about a list, and the files that tell them."""

    listed: SupplierList
    outcomes: Sequence[Outcome]
    case: Case
    receipt: Receipt
    lang: str

    def rows(self) -> bytes:
        """Return one JSON object a line for each row."""
        return b"".join(canonical(row) + b"\n" for row in row_members(self.listed, self.outcomes))

    def table(self, form: str) -> bytes:
        """Return the list with the answers in further columns, as ``.csv`` or ``.xlsx``."""
        return answered(self.listed, self.outcomes, self.case, translator(self.lang), form=form)


@dataclass(frozen=True)
class Checker:
    """Checks lists for one registry; ``signer`` signs the receipts."""

    public: Path
    root: TrustRoot
    now: Clock
    signer: Signer
    index: SearchIndex

    def read(self, data: bytes, order: Order) -> SupplierList:
        """Return the list. Raises MalformedError or WrongUseError for what is no list, policy, time or column."""
        if order.at is not None:
            parse_instant(order.at, zone=self.root.content.zone)
        wanted = requirement_of(order.policy).wanted
        return parse_list(data, filename=order.filename, wanted=wanted, named=order.columns, sheet=order.sheet)

    def check(self, data: bytes, order: Order, tell: Callable[[int, int], None]) -> CheckedList:
        """Return the answers; ``tell`` hears how many of how many look-ups are done.

        Raises as ``read`` does, and UnavailableError while no directory is published.
        """
        listed, requirement = self.read(data, order), requirement_of(order.policy)
        copy = self._copy()
        case = case_of(copy, requirement, order.at)
        has_bare_names = any(one.name and not one.subject for one in listed.suppliers)
        names = listed.names(self.index.names() if has_bare_names else ())
        with many_values(), self._directory(copy) as (directory, recognitions):
            outcomes, _ = check_suppliers(
                listed.suppliers, directory, case, names=names, recognitions=recognitions, tell=tell
            )
            receipt = receipt_of(listed, outcomes, case, copy, seed=os.urandom(SEED_BYTES), signer=self.signer)
        return CheckedList(listed, outcomes, case, receipt, order.lang)

    @contextmanager
    def _directory(self, copy: Copy) -> Iterator[tuple[Directory, Recognitions]]:
        """Yield what to look up in, and what counts as recognised, both as of one epoch.

        That is the index where it is made of this very epoch, else the directory's files.
        """
        with queries.reading(self.index.file) as index:
            if index is not None and index.entry == copy.epoch.entry:
                newest = tuple(self.index.recognition_statements(index))
                yield IndexedDirectory(index.line, copy.directory()), Recognitions(newest)
            else:
                yield copy.directory(), self._recognitions(copy)

    def _recognitions(self, copy: Copy) -> Recognitions:
        log = TileReader(copy.store.fetch, copy.checkpoint.size)
        found = newest_recognitions(copy.store, copy.epoch.index, host=self.root.host, log=log)
        return Recognitions(tuple(parse_statement(entry) for entry in found))

    def _copy(self) -> Copy:
        store, now = FolderStore(self.public), self.now()
        epoch = fetch_epoch(store, self.root, now=now)
        head = fetch_proof(store, epoch.entry).checkpoint.checkpoint
        return Copy(store, epoch, self.root, CheckpointAnchor(size=head.size, root=b64u(head.root)), now)
