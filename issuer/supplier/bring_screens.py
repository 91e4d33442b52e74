"""Bringing earlier answers in: a filled sheet of this level, or another questionnaire with a mapping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from issuer.supplier.bringing import Sent, bring_sheet, draft_from
from issuer.supplier.home_screens import ANSWERER
from issuer.supplier.views import mistake_ids, page
from issuer.template import write_template
from verifier.edge.console.plan import LARGE, Deed, Screen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from issuer.supplier.place import SupplierPlace
    from verifier.edge.console.form import Upload
    from verifier.edge.console.visit import Visit

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class BringScreens:
    """The handlers over one supplier's place."""

    def __init__(self, place: SupplierPlace) -> None:
        self._place = place

    def screens(self) -> Sequence[Screen]:
        """Return the screens."""
        return (Screen("/bring", self.bring), Screen("/bring/empty.xlsx", self.empty))

    def deeds(self) -> Sequence[Deed]:
        """Return the deeds."""
        return (
            Deed("/bring/sheet", self.take_sheet, ANSWERER, again=self.bring, most_bytes=LARGE),
            Deed("/bring/questionnaire", self.take_questionnaire, ANSWERER, again=self.bring, most_bytes=LARGE),
        )

    def bring(self, visit: Visit) -> Response:
        """Show the two ways to bring answers in."""
        progress = self._place.need()
        return page(
            visit,
            "supplier/bring.html",
            own_mistakes=mistake_ids(visit),
            kept=[one for one in visit.query.get("kept", "").split(",") if one],
            drafts=[{"item": one, "href": f"/items/{one}"} for one in sorted(progress.drafts)],
        )

    def empty(self, visit: Visit) -> Response:
        """Give the empty sheet of the level."""
        undertaking = self._place.need().undertaking
        data = write_template(undertaking.pack, undertaking.level, form="xlsx")
        return visit.file(data, XLSX, f"{undertaking.pack.scheme}-{undertaking.level}-empty.xlsx")

    def take_sheet(self, visit: Visit) -> Response:
        """Take the answers of a filled sheet."""
        sheet = _sent(visit.form.file("sheet"))
        brought = bring_sheet(self._place, sheet, by=visit.person.id, replacing=bool(visit.form.get("replacing")))
        way = "/bring?kept=" + ",".join(brought.kept[:100]) if brought.kept else "/items"
        counts = {"taken": str(brought.taken), "same": str(brought.same), "kept": str(len(brought.kept))}
        return visit.go(way, "supplier.told.brought", **counts)

    def take_questionnaire(self, visit: Visit) -> Response:
        """Draw proposals out of another questionnaire."""
        form = visit.form
        count = draft_from(self._place, _sent(form.file("questionnaire")), _sent(form.file("mapping")))
        return visit.go("/bring", "supplier.told.drafted", count=str(count))


def _sent(upload: Upload) -> Sent:
    return Sent(upload.filename, upload.data)
