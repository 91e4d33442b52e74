"""Receipts: those of the desk's own checks and those that others handed over, and what can be said about each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from verifier.check.receipt import Receipt, input_digest, parse_receipt
from verifier.edge.buyer.order import ID, new_order_id
from verifier.edge.check.receipt_anchor import check_anchor
from verifier.edge.check.supplier_list import read_file
from verifier.edge.whole_file import write_whole
from verifier.errors import EvidenceError, MarkError, NotFoundError
from verifier.verdict import Result

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.edge.buyer.desk_folder import DeskFolder
    from verifier.injected import Entropy

Name = Literal["rows", "signature", "directory", "list"]
NAMES: tuple[Name, ...] = ("rows", "signature", "directory", "list")


@dataclass(frozen=True)
class ReceiptCheck:
    """One check of a receipt: its reason completes the id of a text."""

    name: Name
    result: Result
    reason: str
    detail: str = ""


REASONS = (
    "rows.whole",
    "rows.part",
    "signature.signed",
    "signature.unsigned",
    "directory.same",
    "directory.other",
    "directory.unknown",
    "list.same",
    "list.other",
    "list.not_given",
)


def judged(receipt: Receipt, desk: DeskFolder, data: bytes | None) -> tuple[ReceiptCheck, ...]:
    """Return what can be said about a receipt that was parsed; ``data`` is the list that it should be about."""
    rows = ReceiptCheck("rows", Result.PASSED, "whole" if receipt.index is None else "part")
    signed = (
        ReceiptCheck("signature", Result.PASSED, "signed", receipt.kid)
        if receipt.kid
        else ReceiptCheck("signature", Result.UNKNOWN, "unsigned")
    )
    return (rows, signed, _directory(receipt, desk), _list(receipt, data))


def _directory(receipt: Receipt, desk: DeskFolder) -> ReceiptCheck:
    try:
        check_anchor(receipt.head.log, receipt.head.directory, desk.directory())
    except EvidenceError as error:
        return ReceiptCheck("directory", Result.FAILED, "other", error.message)
    except MarkError as error:
        return ReceiptCheck("directory", Result.UNKNOWN, "unknown", error.message)
    return ReceiptCheck("directory", Result.PASSED, "same")


def _list(receipt: Receipt, data: bytes | None) -> ReceiptCheck:
    if data is None:
        return ReceiptCheck("list", Result.UNKNOWN, "not_given")
    is_same = input_digest(data) == receipt.head.input_sha256
    return ReceiptCheck("list", *((Result.PASSED, "same") if is_same else (Result.FAILED, "other")))


def keep_receipt(desk: DeskFolder, data: bytes, *, now: int, entropy: Entropy) -> str:
    """Keep a receipt that holds; return its id. Raises EvidenceError, NewerVersionError."""
    parse_receipt(data)
    name = new_order_id(now, entropy)
    write_whole(desk.receipts / f"{name}.json", data)
    return name


def find_receipt(desk: DeskFolder, id: str) -> tuple[Receipt, bytes]:
    """Return a receipt of another's and its bytes. Raises NotFoundError, EvidenceError."""
    place = desk.receipts / f"{id}.json"
    if not ID.fullmatch(id) or not place.exists():
        raise NotFoundError("there is no such receipt here")
    data = read_file(place)
    return parse_receipt(data), data


def all_receipts(desk: DeskFolder) -> list[tuple[str, Path]]:
    """Return the receipts of others by id, the newest first."""
    files = sorted(desk.receipts.glob("*.json"), reverse=True)
    return [(one.stem, one) for one in files if ID.fullmatch(one.stem)]
