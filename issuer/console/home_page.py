"""The first page: what waits for whom, which marks end soon, which letters are due, how the keys stand."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from issuer.case import State
from issuer.console.case_view import next_step, present_state
from issuer.console.marks_view import ending, ending_grid, held_marks
from issuer.console.reminder_pages import planned
from issuer.console.words import case_tag, key_tag, turn_tag
from issuer.identity import ROLES
from verifier.edge.console.plan import Screen
from verifier.edge.i18n import plain
from verifier.edge.page.account import Link
from verifier.edge.page.grid import Cell, Grid, grid
from verifier.errors import MarkError
from verifier.names import key_uri

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from issuer.case import Case
    from issuer.console.door import Door
    from issuer.desk import Desk
    from issuer.keyring import Place
    from verifier.edge.console.visit import Visit
    from verifier.edge.i18n import Translator

TURNS = {
    "complete": ("assessor", "desk"),
    "accept": ("assessor", "desk"),
    "answers": ("assessor", "desk"),
    "assess": ("assessor", "desk"),
    "decide": ("decider",),
    "issue": ("decider",),
    "package": ("decider",),
}
"""Whose turn it is at each step."""

ROTATION = tuple(f"shirushi issuer key {step} ROLE" for step in ("announce", "switch", "retire"))


@dataclass(frozen=True)
class HomePages:
    """The first page and the page of keys."""

    door: Door

    def screens(self) -> Sequence[Screen]:
        """Return the screens."""
        return (Screen("/", self.home), Screen("/keys", self.keys))

    def home(self, visit: Visit) -> Response:
        """Show what waits."""
        desk, t, now = self.door.desk(), visit.t, visit.now
        cases = [(one, present_state(one, now)) for one in desk.cases()]
        keys = self._keys(desk, t)
        reminders = self._reminders()
        own = [role for role in ROLES if role in visit.person.roles]
        return visit.show(
            "evaluator/home.html",
            title=t.gettext("evaluator.home.title"),
            signs_as=[(t.gettext(f"evaluator.role.{role}"), desk.identity.holder(role)) for role in own],
            waiting=_waiting(desk, cases, visit),
            counts=_counts([state for _, state in cases], t),
            ending=ending_grid(ending(held_marks(desk), now), t),
            reminders=reminders,
            unreachable=[] if reminders else ["registry"],
            keys=keys,
        )

    def keys(self, visit: Visit) -> Response:
        """Show which keys there are and how they stand in the log."""
        desk, t = self.door.desk(), visit.t
        return visit.show(
            "evaluator/keys.html",
            title=t.gettext("evaluator.keys.title"),
            view=self._keys(desk, t),
            commands=ROTATION,
        )

    def _keys(self, desk: Desk, t: Translator) -> Grid:
        settings = self.door.settings
        rows = []
        for role in ROLES:
            for use, group in (("signs", settings.keys), ("next", settings.announced), ("former", settings.former)):
                place: Place | None = getattr(group, role)
                if place is None:
                    continue
                rows.append(
                    (
                        Cell(texts=(t.gettext(f"evaluator.role.{role}"),)),
                        Cell(texts=(t.gettext(f"evaluator.key_use.{use}"),)),
                        Cell(codes=(place.holder,)),
                        Cell(texts=(str(place.no),)),
                        Cell(tags=(key_tag(_key_state(desk, place), t),)),
                        Cell(texts=(_where(place, t),)),
                        Cell(codes=(place.kid,) if place.kid else ()),
                    )
                )
        names = ("role", "use", "by", "no", "log", "place", "kid")
        titles = tuple(t.gettext(f"evaluator.column.{name}") for name in names)
        return grid("keys", t.gettext("evaluator.keys.title"), titles, rows, empty="")

    def _reminders(self) -> list[dict[str, str]]:
        plan = planned(self.door)
        if plan is None:
            return []
        counts = {"due": len(plan.due), "unknown": len(plan.unknown), "unreachable": len(plan.unreachable)}
        return [{name: str(count) for name, count in counts.items()}]


def _waiting(desk: Desk, cases: Sequence[tuple[Case, State]], visit: Visit) -> Grid:
    t, rows = visit.t, []
    for case, state in cases:
        step = next_step(state, desk.issuance(case.id) if state is State.GRANTED else None)
        if step is None or not visit.person.may(frozenset(TURNS[step])):
            continue
        below = {"decide": "", "issue": "/issue", "package": "/issue", "answers": "/answers"}.get(step, "")
        rows.append(
            (
                Cell(tags=(turn_tag(t.gettext(f"evaluator.next.{step}")),)),
                Cell(links=(Link(case.id, f"/cases/{case.id}{below}"),)),
                Cell(texts=(f"★{case.level}",)),
                Cell(texts=(plain(case.holder.name),)),
            )
        )
    titles = tuple(t.gettext(f"evaluator.column.{name}") for name in ("todo", "case", "tier", "holder"))
    return grid("waiting", t.gettext("evaluator.home.waiting"), titles, rows, empty=t.gettext("evaluator.home.nothing"))


def _counts(states: Sequence[State], t: Translator) -> list[dict[str, object]]:
    counted = Counter(states)
    return [
        {"tag": case_tag(state, t), "count": str(counted[state]), "href": f"/cases?state={state.value}"}
        for state in State
        if counted[state]
    ]


def _key_state(desk: Desk, place: Place) -> str:
    if place.kid is None:
        return "unlisted"
    try:
        return desk.registry.state_of(key_uri(desk.identity.host, place.kid)) or "unlisted"
    except MarkError:
        return "unknown"


def _where(place: Place, t: Translator) -> str:
    if place.pkcs11:
        return f"{t.gettext('evaluator.keys.token')} {place.pkcs11.token}"
    return t.gettext("evaluator.keys.file")
