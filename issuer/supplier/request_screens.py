"""What clients ask for: requests that came as files, and the answers that go back as files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from issuer.supplier import client_requests as requests
from issuer.supplier.home_screens import ANSWERER
from issuer.supplier.package_screens import OFFICER
from issuer.supplier.views import mistake_ids, page
from verifier.dates import local_date
from verifier.edge.console.plan import Deed, Screen
from verifier.edge.request.calendar_file import Day, calendar_file
from verifier.edge.request.request_sheet import request_pdf, request_rows
from verifier.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from issuer.supplier.place import SupplierPlace
    from verifier.edge.console.visit import Visit
    from verifier.level_request import Asked

REMIND = 60
"""Days before a date at which a calendar brings it to mind."""


class RequestScreens:
    """The handlers over one supplier's place."""

    def __init__(self, place: SupplierPlace) -> None:
        self._place = place

    def screens(self) -> Sequence[Screen]:
        """Return the screens."""
        return (
            Screen("/requests", self.requests),
            Screen("/requests/calendar.ics", self.calendar),
            Screen("/requests/{sha256}", self.request),
            Screen("/requests/{sha256}/answer.json", self.answer_file),
            Screen("/requests/{sha256}/request.pdf", self.sheet),
        )

    def deeds(self) -> Sequence[Deed]:
        """Return the deeds."""
        either = ANSWERER | OFFICER
        return (
            Deed("/requests", self.take, either, again=self.requests),
            Deed("/requests/{sha256}", self.answer, either, again=self.request),
        )

    def requests(self, visit: Visit) -> Response:
        """Show the requests, the nearest day first."""
        rows = [self._row(visit, one) for one in requests.list_requests(self._place)]
        return page(visit, "supplier/requests.html", rows=rows, own_mistakes=mistake_ids(visit))

    def take(self, visit: Visit) -> Response:
        """Take a client's request in."""
        taken = requests.take_request(self._place, visit.form.file("request").data, by=visit.person.id)
        return visit.go(f"/requests/{taken.sha256}", "supplier.told.request_taken")

    def request(self, visit: Visit) -> Response:
        """Show one request, and what was answered."""
        asked = requests.find_request(self._place, visit.params["sha256"])
        says = visit.form.get("says") or (asked.answer.answer if asked.answer else "accepts")
        choices = [
            {
                "value": one,
                "text": visit.t.gettext(f"supplier.said.{one}"),
                "attributes": "checked" if one == says else "",
            }
            for one in ("accepts", "asks_about_cost", "proposes_date")
        ]
        return page(
            visit,
            "supplier/request.html",
            title=visit.t.gettext("supplier.request.title", client=asked.request.client.name),
            row=self._row(visit, asked),
            facts=request_rows(asked.request, visit.t),
            choices=choices,
            day=visit.form.get("day") or asked.by.isoformat(),
            words=visit.form.get("words") or (asked.answer.words if asked.answer else ""),
            answered=[asked.answer.made.isoformat()] if asked.answer else [],
            own_mistakes=mistake_ids(visit),
        )

    def answer(self, visit: Visit) -> Response:
        """Answer a request."""
        form, sha256 = visit.form, visit.params["sha256"]
        day, words = form.get("day"), form.get("words")
        requests.answer_request(self._place, sha256, form.need("says"), day=day, words=words, by=visit.person.id)
        return visit.go(f"/requests/{sha256}", "supplier.told.request_answered")

    def answer_file(self, visit: Visit) -> Response:
        """Give the answer that goes back to the client."""
        asked = requests.find_request(self._place, visit.params["sha256"])
        if asked.answer is None:
            raise RefusedError("nothing was answered yet")
        return visit.file(asked.answer.serialize(), "application/json", f"answer-{asked.request.id}.json")

    def sheet(self, visit: Visit) -> Response:
        """Give the request on paper, with the answer on it."""
        asked = requests.find_request(self._place, visit.params["sha256"])
        data = request_pdf(asked, lang=visit.lang)
        return visit.file(data, "application/pdf", f"request-{asked.request.id}.pdf")

    def calendar(self, visit: Visit) -> Response:
        """Give the days that clients have in mind, as a calendar."""
        days = [
            Day(
                one.by,
                visit.t.gettext("supplier.calendar.day", client=one.request.client.name, tier=one.request.tier),
                one.request.need,
                REMIND,
            )
            for one in requests.list_requests(self._place)
        ]
        data = calendar_file(days, host="shirushi.invalid", now=visit.now)
        return visit.file(data, "text/calendar", "requests.ics")

    def _row(self, visit: Visit, asked: Asked) -> dict[str, Any]:
        request = asked.request
        left = (asked.by - local_date(visit.now, requests.ZONE)).days
        said = asked.answer.answer if asked.answer else "nothing"
        number = str(abs(left))
        return {
            "href": f"/requests/{request.sha256}",
            "client": request.client.name,
            "tier": f"★{request.wanted.level}",
            "by": asked.by.isoformat(),
            "left": visit.t.gettext("supplier.day.days_left" if left >= 0 else "supplier.day.days_over", days=number),
            "said": visit.t.gettext(f"supplier.said.{said}"),
            "tone": "open" if asked.answer is None else "good",
            "answers": [f"/requests/{request.sha256}/answer.json"] if asked.answer else [],
            "pdf": f"/requests/{request.sha256}/request.pdf",
        }
