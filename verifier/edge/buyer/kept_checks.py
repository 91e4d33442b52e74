"""Checks on the disk: a folder each, with the list as it came, the order, and the receipt or why there is none.

The receipt is the answer: pages and results are made of its rows, once these were shown to lead to its root.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from verifier.check.judge import Case
from verifier.check.outcome import outcome_of
from verifier.check.receipt import Receipt, parse_receipt
from verifier.edge.buyer.order import ID, Order, new_order_id, ordered_list, parse_order
from verifier.edge.check.check_result import answered
from verifier.edge.check.supplier_list import read_file
from verifier.edge.whole_file import write_whole
from verifier.encoding import canonical, read_object
from verifier.errors import MarkError, NotFoundError
from verifier.requirement import requirement_of

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.edge.i18n import Translator
    from verifier.injected import Entropy
    from verifier.trust.root import TrustRoot

State = Literal["draft", "done", "failed", "interrupted"]
LIST, ORDER, RECEIPT, FAILURE, BEGUN = "list", "order.json", "receipt.json", "failure.json", "begun"


@dataclass(frozen=True)
class KeptCheck:
    """One check: its id, what was asked, and how it stands when nobody works on it."""

    id: str
    folder: Path
    order: Order

    @property
    def state(self) -> State:
        """How it stands on the disk."""
        if (self.folder / RECEIPT).exists():
            return "done"
        if (self.folder / FAILURE).exists():
            return "failed"
        return "interrupted" if (self.folder / BEGUN).exists() else "draft"

    def data(self) -> bytes:
        """Return the list as it came."""
        return read_file(self.folder / LIST)

    def receipt(self) -> Receipt:
        """Return the answers, checked. Raises NotFoundError where there are none yet, EvidenceError."""
        place = self.folder / RECEIPT
        try:
            return _receipt(place, place.stat().st_mtime_ns)
        except FileNotFoundError as error:
            raise NotFoundError("this list has no answers yet", hint="Check it.") from error

    def failure(self) -> dict[str, Any]:
        """Return why there are no answers: ``code``, ``message`` and ``hint``."""
        return read_object(read_file(self.folder / FAILURE))

    def fail(self, error: MarkError) -> None:
        """Keep why there are no answers."""
        told = {"code": error.code, "message": error.message, "hint": error.hint}
        write_whole(self.folder / FAILURE, canonical(told) + b"\n")

    def begin(self) -> None:
        """Note that work has begun, and forget what came of it before."""
        (self.folder / FAILURE).unlink(missing_ok=True)
        (self.folder / RECEIPT).unlink(missing_ok=True)
        (self.folder / BEGUN).touch()

    def change(self, order: Order) -> KeptCheck:
        """Keep another order for the same list; answers of before are forgotten."""
        for name in (FAILURE, RECEIPT, BEGUN):
            (self.folder / name).unlink(missing_ok=True)
        write_whole(self.folder / ORDER, order.serialize())
        return KeptCheck(self.id, self.folder, order)

    def table(self, form: str, root: TrustRoot, t: Translator) -> bytes:
        """Return the list with its answers in further columns, as ``.xlsx`` or ``.csv``."""
        receipt, data = self.receipt(), self.data()
        case = case_of_receipt(receipt, root)
        listed = ordered_list(data, self.order, wanted=case.requirement.wanted)
        return answered(listed, [outcome_of(row) for row in receipt.rows], case, t, form=form)


def case_of_receipt(receipt: Receipt, root: TrustRoot) -> Case:
    """Return what the rows of a receipt were judged by."""
    head, content = receipt.head, root.content
    return Case(
        requirement=requirement_of(head.policy),
        host=root.host,
        zone=content.zone,
        environment=content.environment,
        at=head.at,
        now=head.made_at,
        as_of=head.directory.as_of,
    )


def add_check(checks: Path, data: bytes, order: Order, entropy: Entropy) -> KeptCheck:
    """Keep a list with what is asked about it."""
    name = new_order_id(order.made, entropy)
    folder = checks / name
    folder.mkdir(mode=0o700)
    write_whole(folder / LIST, data)
    write_whole(folder / ORDER, order.serialize())
    return KeptCheck(name, folder, order)


def find_check(checks: Path, id: str) -> KeptCheck:
    """Return a check. Raises NotFoundError."""
    folder = checks / id
    if not ID.fullmatch(id) or not (folder / ORDER).exists():
        raise NotFoundError("there is no such list here")
    return KeptCheck(id, folder, parse_order(read_file(folder / ORDER)))


def all_checks(checks: Path) -> list[KeptCheck]:
    """Return every check, the newest first."""
    found = sorted((one.name for one in checks.iterdir() if ID.fullmatch(one.name)), reverse=True)
    return [find_check(checks, one) for one in found if (checks / one / ORDER).exists()]


def forget_check(check: KeptCheck) -> None:
    """Delete a list with everything that was said about it."""
    shutil.rmtree(check.folder)


@lru_cache(maxsize=4)
def _receipt(place: Path, changed: int) -> Receipt:
    return parse_receipt(place.read_bytes())
