"""The answers about a list, and the files that tell them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.check.outcome import SATISFIED
from verifier.edge.buyer.desk import EVERY_ROLE
from verifier.edge.buyer.kept_checks import RECEIPT, case_of_receipt, find_check
from verifier.edge.buyer.list_rows import counts_of
from verifier.edge.buyer.list_view import filters, page_of_rows, rows_grid, turning, verdict_of
from verifier.edge.buyer.order_view import programme_title, role_words, sheets_of
from verifier.edge.check.check_words import notes_on_recognition
from verifier.edge.check.supplier_list import read_file
from verifier.edge.console.plan import Screen
from verifier.edge.i18n import plain
from verifier.edge.page.account import Fact, banners
from verifier.edge.page.wording import Appearance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from verifier.check.judge import Case
    from verifier.edge.buyer.desk import Desk
    from verifier.edge.buyer.kept_checks import KeptCheck
    from verifier.edge.console.visit import Visit

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"


class ResultScreens:
    """The files of a checked list."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def screens(self) -> Sequence[Screen]:
        """Return the screens."""
        return (
            Screen("/lists/{list}/result.xlsx", self.workbook, EVERY_ROLE),
            Screen("/lists/{list}/result.csv", self.csv, EVERY_ROLE),
            Screen("/lists/{list}/receipt.json", self.receipt, EVERY_ROLE),
        )

    def workbook(self, visit: Visit) -> Response:
        """Return the list with its answers as a workbook."""
        return self._table(visit, ".xlsx", XLSX)

    def csv(self, visit: Visit) -> Response:
        """Return the list with its answers as CSV."""
        return self._table(visit, ".csv", CSV)

    def receipt(self, visit: Visit) -> Response:
        """Return the receipt."""
        check = self._find(visit)
        check.receipt()
        return visit.file(read_file(check.folder / RECEIPT), "application/json", f"{_stem(check)}-receipt.json")

    def _table(self, visit: Visit, form: str, media_type: str) -> Response:
        check = self._find(visit)
        data = check.table(form, self._desk.folder.trust_root(), visit.t)
        return visit.file(data, media_type, f"{_stem(check)}-result{form}")

    def _find(self, visit: Visit) -> KeptCheck:
        return find_check(self._desk.folder.checks, visit.params["list"])


def show_result(visit: Visit, check: KeptCheck, desk: Desk) -> Response:
    """Show the answers about a list. Raises EvidenceError for a receipt that was altered on the disk."""
    receipt, t, path = check.receipt(), visit.t, f"/lists/{check.id}"
    case = case_of_receipt(receipt, desk.folder.trust_root())
    rows, chosen, page, pages = page_of_rows(receipt, visit.query)
    counts = counts_of(receipt.rows)
    is_met = all(verdict_of(row) in SATISFIED for row in receipt.rows)
    return visit.show(
        "buyer/result.html",
        check=check,
        title=plain(check.order.title),
        banners=banners(case.environment, t),
        appearance=Appearance("good", "check", "✓") if is_met else Appearance("open", "question", "?"),
        counts=t.gettext(
            "buyer.counts", yes=f"{counts.satisfied:,}", no=f"{counts.unmet:,}", undecided=f"{counts.undecided:,}"
        ),
        sheets=sheets_of(check, t),
        facts=_facts(visit, check, case),
        filters=filters(receipt, path, chosen, t),
        notes=notes_on_recognition(
            (row.get("reason", "") for row in receipt.rows), t.gettext("buyer.recognitions.then")
        ),
        view=rows_grid(rows, case.zone, t),
        turns=turning(path, chosen, (page, pages), t),
    )


def _facts(visit: Visit, check: KeptCheck, case: Case) -> list[Fact]:
    t, order, policy = visit.t, check.order, case.requirement
    told = [
        Fact(t.gettext("buyer.fact.asked"), texts=(policy.tier, *_conditions(visit, case))),
        Fact(t.gettext("buyer.fact.at"), moments=(t.moment(case.at, case.zone),)),
        Fact(t.gettext("buyer.fact.as_of"), moments=(t.moment(case.as_of, case.zone),)),
        Fact(
            t.gettext("buyer.fact.columns"),
            texts=tuple(
                f"{t.gettext('buyer.columns.number', number=one.place + 1)}: {role_words(one.role, t)}"
                for one in order.columns
            ),
        ),
        Fact(t.gettext("buyer.fact.by"), texts=(plain(order.by),), moments=(visit.moment(case.now),)),
    ]
    if order.programme:
        told.insert(1, Fact(t.gettext("buyer.fact.programme"), texts=(programme_title(order.programme, t),)))
    return told


def _conditions(visit: Visit, case: Case) -> tuple[str, ...]:
    t, policy = visit.t, case.requirement
    said = [", ".join(t.gettext(f"scope_kind.{one}") for one in policy.scope)]
    said += [t.gettext("ot.included")] if policy.ot == "included" else []
    said += [t.gettext(f"buyer.agreement.{one}") for one in policy.recognition]
    said += [t.ngettext("buyer.fact.age", policy.max_age_hours)] if policy.max_age_hours else []
    said += [t.ngettext("buyer.fact.grace", policy.grace_days)] if policy.grace_days else []
    said += [t.gettext("buyer.fact.until", day=policy.valid_until.isoformat())] if policy.valid_until else []
    return tuple(said)


def _stem(check: KeptCheck) -> str:
    return check.order.title.rpartition(".")[0] or check.order.title
