"""Receipts: those that are kept, what can be said about each, and one row of one without the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.check.receipt import MAX_BYTES, Receipt
from verifier.edge.buyer.desk import EVERY_ROLE
from verifier.edge.buyer.kept_checks import all_checks, find_check
from verifier.edge.buyer.kept_receipts import NAMES, REASONS, all_receipts, find_receipt, judged, keep_receipt
from verifier.edge.buyer.list_view import page_of_rows, rows_grid, turning
from verifier.edge.console.plan import Deed, Screen
from verifier.edge.i18n import plain
from verifier.edge.page.account import Fact
from verifier.edge.page.wording import result_appearance
from verifier.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from verifier.edge.buyer.desk import Desk
    from verifier.edge.console.visit import Visit

RECEIPTS = "/receipts"
LISTS = "/lists"


class ReceiptScreens:
    """The screens and deeds of receipts."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def screens(self) -> Sequence[Screen]:
        """Return the screens."""
        return (
            Screen(RECEIPTS, self.show_receipts, EVERY_ROLE),
            Screen(f"{RECEIPTS}/{{receipt}}", self.show_kept, EVERY_ROLE),
            Screen(f"{LISTS}/{{list}}/receipt", self.show_own, EVERY_ROLE),
            Screen(f"{LISTS}/{{list}}/receipt-row.json", self.row, EVERY_ROLE),
        )

    def deeds(self) -> Sequence[Deed]:
        """Return the deeds."""
        return (Deed(RECEIPTS, self.take, EVERY_ROLE, again=self.show_receipts, most_bytes=MAX_BYTES // 2),)

    def show_receipts(self, visit: Visit) -> Response:
        """Show the receipts that are kept, and take another one to be checked."""
        done = [one for one in all_checks(self._desk.folder.checks) if one.state == "done"]
        own = [(f"{LISTS}/{one.id}/receipt", plain(one.order.title), visit.moment(one.order.made)) for one in done]
        others = [(f"{RECEIPTS}/{name}", name) for name, _ in all_receipts(self._desk.folder)]
        return visit.show("buyer/receipts.html", title=visit.t.gettext("buyer.receipts.title"), own=own, others=others)

    def take(self, visit: Visit) -> Response:
        """Check a receipt that came from elsewhere, and keep it; with the list that it should be about, that too."""
        data = visit.form.file("receipt").data
        kept = keep_receipt(self._desk.folder, data, now=self._desk.now(), entropy=self._desk.entropy)
        given = visit.form.files.get("list")
        receipt, _ = find_receipt(self._desk.folder, kept)
        beside = given.data if given is not None and given.filename else None
        return self._show(visit, receipt, beside, f"{RECEIPTS}/{kept}")

    def show_kept(self, visit: Visit) -> Response:
        """Check a receipt of another's again and show what can be said about it."""
        receipt, _ = find_receipt(self._desk.folder, visit.params["receipt"])
        return self._show(visit, receipt, None, visit.path)

    def show_own(self, visit: Visit) -> Response:
        """Check the receipt of an own list again, with the list."""
        check = find_check(self._desk.folder.checks, visit.params["list"])
        return self._show(visit, check.receipt(), check.data(), visit.path, own=check.id)

    def row(self, visit: Visit) -> Response:
        """Return one row with its path: it verifies alone and tells nothing about the others."""
        receipt = find_check(self._desk.folder.checks, visit.params["list"]).receipt()
        number = visit.query.get("row", "")
        if not (number.isascii() and number.isdigit() and len(number) < 8):
            raise RefusedError("which row?", hint="Give its number, counted from 1 as the spreadsheet does.")
        return visit.file(receipt.show(int(number)).serialize(), "application/json", f"receipt-row-{number}.json")

    def _show(self, visit: Visit, receipt: Receipt, data: bytes | None, path: str, *, own: str = "") -> Response:
        t, zone = visit.t, self._desk.folder.trust_root().content.zone
        rows, _, page, pages = page_of_rows(receipt, visit.query)
        checks = [
            (
                result_appearance(one.result),
                t.gettext(f"buyer.receipt.{one.name}"),
                t.gettext(f"buyer.receipt.{one.name}.{one.reason}"),
                [one.detail] if one.detail else [],
            )
            for one in judged(receipt, self._desk.folder, data)
        ]
        head = receipt.head
        facts = [
            Fact(t.gettext("buyer.fact.asked"), texts=(str(head.policy.get("tier", "")),)),
            Fact(t.gettext("buyer.fact.at"), moments=(t.moment(head.at, zone),)),
            Fact(t.gettext("buyer.fact.made"), moments=(t.moment(head.made_at, zone),)),
            Fact(t.gettext("buyer.fact.log"), texts=(plain(head.log),)),
            Fact(t.gettext("buyer.fact.epoch"), texts=(f"{head.directory.size:,}",)),
            Fact(t.gettext("buyer.fact.rows"), texts=(f"{head.count:,}",)),
        ]
        return visit.show(
            "buyer/receipt.html",
            title=visit.t.gettext("buyer.receipt.title"),
            checks=checks,
            facts=facts,
            view=rows_grid(rows, zone, t),
            turns=turning(path, "", (page, pages), t),
            own=[own] if own else [],
        )


def receipt_message_ids() -> list[str]:
    """Return the message ids that are put together here."""
    return [*(f"buyer.receipt.{one}" for one in NAMES), *(f"buyer.receipt.{one}" for one in REASONS)]
