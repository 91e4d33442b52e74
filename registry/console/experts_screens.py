"""Security experts, by register number and nameless: who is listed for which days, and what two operators say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.console.bodies import history
from registry.console.showing import OPERATORS, first_instant, last_instant, show_cards
from registry.desk.saying import say
from verifier.dates import last_valid_day, local_date, term_end
from verifier.edge.authority.experts_view import expert_cards, experts_cards
from verifier.edge.console.plan import Deed, Screen
from verifier.errors import MalformedError, NotFoundError
from verifier.names import LABEL, expert_uri, parse_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from registry.console.desk import Desk
    from registry.console.read_log import Reading
    from verifier.edge.console.visit import Visit
    from verifier.replay.listed_records import ExpertRecord

MONTHS = 12
"""How long a listing is proposed for: a proposal only, whoever fills in the form decides."""


@dataclass(frozen=True)
class ExpertsScreens:
    """The pages about experts."""

    desk: Desk

    def screens(self) -> Sequence[Screen]:
        """Return the pages."""
        return (Screen("/experts", self.list), Screen("/experts/{number}", self.show))

    def deeds(self) -> Sequence[Deed]:
        """Return what is proposed on them."""
        return (
            Deed("/experts", self.enlist, OPERATORS, again=self.list),
            Deed("/experts/{number}/delist", self.delist, OPERATORS, again=self.show),
        )

    def list(self, visit: Visit) -> Response:
        """Show every expert that was ever listed, and the form that lists one."""
        with self.desk.log.look() as reading:
            rows = [_members(one, visit.now) for one in reading.state.experts.values()]
        found = sorted(rows, key=lambda one: (one["standing"] != "active", one["number"]))
        return show_cards(visit, experts_cards(found, _window(visit), visit.form.get, visit.house.plan.zone, visit.t))

    def show(self, visit: Visit) -> Response:
        """Show one expert: windows, history, and what may be said. Raises NotFoundError."""
        with self.desk.log.look() as reading:
            record = self._record(reading, visit)
            shown = {
                **_members(record, visit.now),
                "windows": [{"index": one.index, "from": one.begins, "until": one.ends} for one in record.windows],
                "history": history(reading, record.uri),
            }
        return show_cards(visit, expert_cards(shown, _window(visit), visit.form.get, visit.house.plan.zone, visit.t))

    def enlist(self, visit: Visit) -> Response:
        """Propose a listing, or another window. Raises MalformedError, StatementError, LockedError."""
        number = visit.form.need("number")
        if not LABEL.fullmatch(number):
            raise MalformedError("no register has such a number", hint="Letters, digits, dots and hyphens.")
        window = {"from": first_instant(visit, "begins"), "until": last_instant(visit, "ends")}
        return self._propose(visit, "expert.listed", number, {"register": visit.form.need("register"), **window})

    def delist(self, visit: Visit) -> Response:
        """Propose to take an expert off the list. Raises NotFoundError, StatementError, LockedError."""
        with self.desk.log.look() as reading:
            self._record(reading, visit)
        reason = {"reason": visit.form.need("reason")}
        return self._propose(visit, "expert.delisted", visit.params["number"], reason)

    def _propose(self, visit: Visit, type_: str, number: str, public: dict[str, Any]) -> Response:
        host = self.desk.host
        saying = say(host, type_, expert_uri(host, number), public, entropy=self.desk.entropy)
        return self.desk.propose(visit, saying, about=number)

    def _record(self, reading: Reading, visit: Visit) -> ExpertRecord:
        record = reading.state.experts.get(expert_uri(self.desk.host, visit.params["number"]))
        if record is None:
            raise NotFoundError("the log knows no expert of that number", hint="The list shows all of them.")
        return record


def _members(record: ExpertRecord, now: int) -> dict[str, Any]:
    newest = record.windows[-1]
    in_time = "active" if newest.begins <= now < newest.ends else "not_yet" if now < newest.begins else "lapsed"
    return {
        "number": parse_name(record.uri).value,
        "register": record.register,
        "state": record.state,
        "standing": in_time if record.state == "active" else "withdrawn",
        "from": newest.begins,
        "until": newest.ends,
    }


def _window(visit: Visit) -> dict[str, str]:
    zone = visit.house.plan.zone
    ends = last_valid_day(term_end(visit.now, MONTHS, zone), zone)
    return {"begins": local_date(visit.now, zone).isoformat(), "ends": ends.isoformat()}
