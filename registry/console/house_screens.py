"""The first page, and choosing one's own key."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from registry.applications.store import Applications
from registry.console.applications import running_applications
from registry.console.house import look_at_house
from registry.console.matters import matters_listed, open_casebook
from registry.console.showing import OPERATORS, names_of, show_cards
from verifier.edge.authority.house_view import house_cards
from verifier.edge.authority.words import KEPT, KEY_TAKEN
from verifier.edge.console.errors import NotAllowedError
from verifier.edge.console.people import ADMIN
from verifier.edge.console.plan import Deed, Screen
from verifier.trust.recognition_list import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from registry.console.desk import Desk
    from verifier.edge.console.visit import Visit


@dataclass(frozen=True)
class HouseScreens:
    """The state of the house."""

    desk: Desk

    def screens(self) -> Sequence[Screen]:
        """Return the first page."""
        return (Screen("/", self.show),)

    def deeds(self) -> Sequence[Deed]:
        """Return what may be done on it."""
        return (
            Deed("/own-key", self.take_key, OPERATORS, again=self.show),
            Deed("/own-key/give-up", self.give_up_key, OPERATORS | {ADMIN}, again=self.show),
        )

    def show(self, visit: Visit) -> Response:
        """Show how the house stands and what waits."""
        with self.desk.log.look() as reading:
            house = asdict(look_at_house(self.desk.data, self.desk.root, reading, now=visit.now))
            agreements = Counter(one["state"] for one in listed(reading.state, reading.state.size)["agreements"])
        matters = matters_listed(open_casebook(self.desk.data), now=visit.now)
        running = [one for one in matters if one["state"] != "closed"]
        proposals = visit.house.proposals.list(unit=visit.person.unit)
        waiting = {
            "proposals": sum(one.state in ("open", "under_way") for one in proposals),
            "applications": running_applications(Applications(self.desk.data.applications)),
            "matters": len(running),
            "late": sum(one["is_late"] for one in running),
            **{state: agreements[state] for state in ("proposed", "announced", "in_force")},
        }
        own = self.desk.holders.key_of(visit.person.id)
        free = self.desk.free_keys() if visit.person.may(OPERATORS) else ()
        answer = {
            "house": house,
            "waiting": waiting,
            "own_key": {"key": own[0] if own else "", "kid": own[1] if own else "", "free": free},
            "held": self._held(visit),
        }
        return show_cards(visit, house_cards(answer, visit.house.plan.zone, visit.t))

    def take_key(self, visit: Visit) -> Response:
        """Note which key is the visitor's own. Raises LockedError, RefusedError."""
        self.desk.take_key(visit, visit.form.need("key"))
        return visit.go("/", KEY_TAKEN)

    def give_up_key(self, visit: Visit) -> Response:
        """Forget whose a key is: one's own, or as an administrator anybody's. Raises NotAllowedError."""
        kid, own = visit.form.need("kid"), self.desk.holders.key_of(visit.person.id)
        if ADMIN not in visit.person.roles and (own is None or own[1] != kid):
            raise NotAllowedError("this key is another person's", hint="Ask an administrator.")
        self.desk.holders.give_up(kid)
        return visit.go("/", KEPT)

    def _held(self, visit: Visit) -> list[dict[str, str]]:
        """Return the keys that the visitor may make free: one's own, to an administrator all."""
        names = names_of(visit)
        return [
            {"key": key, "kid": kid, "person": names.get(f"p-{person}", "")}
            for kid, (key, person) in self.desk.holders.all().items()
            if ADMIN in visit.person.roles or person == visit.person.id
        ]
