"""Marks and notices: what the authority says about a mark, and to the public."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.console.bodies import mark_shown
from registry.console.showing import HANDLERS, OPERATORS, first_instant, show_cards
from registry.desk.sayings import of_mark, publishes_notice
from verifier.dates import local_date
from verifier.edge.authority.marks_view import find_mark_cards, mark_cards, notices_cards
from verifier.edge.authority.words import SAID
from verifier.edge.console.plan import Deed, Screen
from verifier.errors import MalformedError
from verifier.markid import normalise_mark_id
from verifier.names import parse_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.responses import Response

    from registry.console.desk import Desk
    from verifier.edge.console.visit import Visit

MARK_ACTS = {
    "suspend": "mark.suspended",
    "reinstate": "mark.reinstated",
    "withdraw": "mark.withdrawn",
    "annul": "mark.annulled",
}
SUSPENDED_FOR = 90 * 86_400
"""How long a suspension is proposed for: a proposal only, six months are the most."""


@dataclass(frozen=True)
class MarksScreens:
    """The pages about marks and notices."""

    desk: Desk

    def screens(self) -> Sequence[Screen]:
        """Return the pages."""
        return (
            Screen("/marks", self.find_page, HANDLERS),
            Screen("/marks/{mark}", self.show, HANDLERS),
            Screen("/notices", self.notices, HANDLERS),
        )

    def deeds(self) -> Sequence[Deed]:
        """Return what is said and proposed on them."""
        return (
            Deed("/marks", self.find, HANDLERS, again=self.find_page),
            *(Deed(f"/marks/{{mark}}/{act}", self._proposing(act), OPERATORS, again=self.show) for act in MARK_ACTS),
            Deed("/notices", self.publish, OPERATORS, again=self.notices),
        )

    def find_page(self, visit: Visit) -> Response:
        """Ask for a mark's id."""
        return show_cards(visit, find_mark_cards(visit.form.get, visit.t))

    def find(self, visit: Visit) -> Response:
        """Go to a mark. Raises MalformedError, NotFoundError."""
        typed = visit.form.need("mark").partition("#")[0].rstrip("/").rpartition("/")[2]
        mark = normalise_mark_id(typed)
        with self.desk.log.look() as reading:
            mark_shown(reading, mark, now=visit.now)
        return visit.go(f"/marks/{mark}")

    def show(self, visit: Visit) -> Response:
        """Show a mark and what may be said about it. Raises NotFoundError."""
        with self.desk.log.look() as reading:
            mark = mark_shown(reading, normalise_mark_id(visit.params["mark"]), now=visit.now)
        days = local_date(visit.now + SUSPENDED_FOR, visit.house.plan.zone).isoformat()
        return show_cards(visit, mark_cards(mark, days, visit.form.get, visit.house.plan.zone, visit.t))

    def notices(self, visit: Visit) -> Response:
        """Show the notices that stand and the form of another one."""
        with self.desk.log.look() as reading:
            newest = {one.uri: one for one in reading.state.notices}
        rows = [
            {"label": parse_name(one.uri).value, "kind": one.kind, "index": one.index, "at": one.at}
            for one in sorted(newest.values(), key=lambda one: -one.index)
        ]
        return show_cards(visit, notices_cards(rows, visit.form.get, visit.house.plan.zone, visit.t))

    def publish(self, visit: Visit) -> Response:
        """Publish a notice, as one operator. Raises MalformedError, LockedError, and what the registry answers with."""
        form = visit.form
        texts = {lang: form.need(lang) + "\n" for lang in ("ja", "en")}
        label = form.get("label") or self.desk.entropy(5).hex()
        saying = publishes_notice(self.desk.host, label, form.need("kind"), texts, entropy=self.desk.entropy)
        admitted = self.desk.say_alone(visit, saying)
        return visit.go("/notices", SAID, entry=str(admitted.index))

    def _proposing(self, act: str) -> Callable[[Visit], Response]:
        def propose(visit: Visit) -> Response:
            mark = normalise_mark_id(visit.params["mark"])
            with self.desk.log.look() as reading:
                shown = mark_shown(reading, mark, now=visit.now)
            public = _public(act, visit)
            saying = of_mark(self.desk.host, MARK_ACTS[act], mark, public, entropy=self.desk.entropy)
            return self.desk.propose(visit, saying, about=f"{mark} {shown['sub'].rpartition('/')[2]}")

        return propose


def _public(act: str, visit: Visit) -> dict[str, Any]:
    if act == "reinstate":
        return {}
    public: dict[str, Any] = {"reason": visit.form.need("reason")}
    if act == "suspend":
        public["lift_by"] = first_instant(visit, "lift_by")
        if public["lift_by"] <= visit.now:
            raise MalformedError("the day by which it is lifted is over", hint="Name a later day.")
    return public
