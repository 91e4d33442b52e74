"""What a checked list is written down as: the list with its answers, the rows as JSON, and the receipt over them.

The command line and the pages of a buyer's desk write the same things, from the same outcomes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.check.receipt import Asked, DirectoryAnchor, Receipt, input_digest, make_receipt
from verifier.edge.check.check_output import write_table
from verifier.edge.check.check_words import RESULT_COLUMNS, result_cells, result_headings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.check.judge import Case
    from verifier.check.outcome import Outcome
    from verifier.edge.check.supplier_file import SupplierFile
    from verifier.edge.check.supplier_list import Copy, SupplierList
    from verifier.edge.i18n import Translator
    from verifier.signer import Signer


def answered(listed: SupplierList, outcomes: Sequence[Outcome], case: Case, t: Translator, *, form: str) -> bytes:
    """Return the list with the answers in further columns, in the order of its rows and columns."""
    rows, first = listed.file.rows, listed.columns.first
    width = max(map(len, rows))
    cells = {
        supplier.row: result_cells(supplier, outcome, case, t)
        for supplier, outcome in zip(listed.suppliers, outcomes, strict=True)
    }
    if first:
        cells[first - 1] = result_headings(t)
        table: list[tuple[str, ...]] = []
    else:
        table = [("",) * width + result_headings(t)]
    nothing = ("",) * len(RESULT_COLUMNS)
    for number, row in enumerate(rows):
        table.append((*row, *("",) * (width - len(row)), *cells.get(number, nothing)))
    return write_table(table, form=form, headings=max(first, 1))


def row_members(listed: SupplierList, outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Return what is said about each row as JSON; rows are counted from 1 as spreadsheets do."""
    return [
        {
            "row": supplier.row + 1,
            **({"identifiers": list(supplier.identifiers)} if supplier.identifiers else {}),
            **({"asked_mark": supplier.claim.id} if supplier.claim else {}),
            **({"name": supplier.name} if supplier.name else {}),
            **({"same_as": supplier.twin + 1} if supplier.twin is not None else {}),
            **outcome.members(),
        }
        for supplier, outcome in zip(listed.suppliers, outcomes, strict=True)
    ]


def sheet_members(file: SupplierFile) -> dict[str, Any]:
    """Return which sheet of a workbook was read, and which others hold something; nothing for CSV."""
    if not file.sheet:
        return {}
    return {"sheet": file.sheet, "not_read": [one.title for one in file.unread]}


def receipt_of(
    listed: SupplierList, outcomes: Sequence[Outcome], case: Case, copy: Copy, *, seed: bytes, signer: Signer | None
) -> Receipt:
    """Return the receipt over the rows; ``seed`` is 32 random bytes."""
    epoch = copy.epoch
    anchor = DirectoryAnchor(entry=epoch.entry, size=epoch.size, root=epoch.public.root, as_of=epoch.as_of)
    asked = Asked(
        log=epoch.index.log,
        at=case.at,
        made_at=case.now,
        directory=anchor,
        checkpoint=copy.checkpoint,
        policy=case.requirement.members(),
        policy_sha256=case.requirement.sha256,
        input_sha256=input_digest(listed.data),
    )
    return make_receipt(asked, row_members(listed, outcomes), seed=seed, signer=signer)
