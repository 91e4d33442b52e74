"""Keys of bodies: adding one from its own proof, retiring one, revoking one with what that voids shown before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.console.bodies import cutoff_shown, find_key, key_shown, keys_listed
from registry.console.showing import OPERATORS, first_instant, show_cards
from registry.desk.sayings import adds_key, of_key
from verifier.edge.authority.bodies_view import marks_grid
from verifier.edge.authority.keys_view import key_cards, keys_cards, revoke_cards
from verifier.edge.authority.words import SAID
from verifier.edge.console.plan import Deed, Screen
from verifier.errors import MalformedError
from verifier.names import parse_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from starlette.responses import Response

    from registry.console.desk import Desk
    from verifier.edge.console.visit import Visit
    from verifier.edge.page.grid import Grid


@dataclass(frozen=True)
class KeysScreens:
    """The pages about bodies' keys."""

    desk: Desk

    def screens(self) -> Sequence[Screen]:
        """Return the pages."""
        return (
            Screen("/keys", self.list),
            Screen("/keys/{kid}", self.show),
            Screen("/keys/{kid}/revoke", self.revoke_page, OPERATORS),
        )

    def deeds(self) -> Sequence[Deed]:
        """Return what is said and proposed on them."""
        return (
            Deed("/keys", self.add, OPERATORS, again=self.list),
            Deed("/keys/{kid}/retire", self.retire, OPERATORS, again=self.show),
            Deed("/keys/{kid}/revoke/look", self.look, OPERATORS, again=self.revoke_page),
            Deed("/keys/{kid}/revoke", self.revoke, OPERATORS, again=self.revoke_page),
        )

    def list(self, visit: Visit) -> Response:
        """Show every key."""
        with self.desk.log.look() as reading:
            keys = keys_listed(reading)
        return show_cards(visit, keys_cards(keys, visit.form.get, visit.t))

    def show(self, visit: Visit) -> Response:
        """Show one key. Raises NotFoundError."""
        with self.desk.log.look() as reading:
            key = key_shown(reading, visit.params["kid"])
        return show_cards(visit, key_cards(key, visit.house.plan.zone, visit.t))

    def add(self, visit: Visit) -> Response:
        """Propose to list a key that proves itself. Raises EvidenceError for a bad proof, LockedError."""
        proof = "".join(visit.form.need("proof").split())
        saying = adds_key(self.desk.host, proof, entropy=self.desk.entropy)
        public = saying.draft.public
        about = f"{parse_name(public['body']).value} {public['role']} {public['holder']}"
        return self.desk.propose(visit, saying, about=about)

    def retire(self, visit: Visit) -> Response:
        """Retire a key, as one operator. Raises NotFoundError, LockedError, and what the registry answers with."""
        kid = self._kid(visit)
        admitted = self.desk.say_alone(visit, of_key(self.desk.host, "key.retired", kid, {}, entropy=self.desk.entropy))
        return visit.go(f"/keys/{kid}", SAID, entry=str(admitted.index))

    def revoke_page(self, visit: Visit) -> Response:
        """Ask where to cut off, and show what that voids once it is known. Raises NotFoundError."""
        asked = visit.form.get("at") or visit.query.get("cutoff", "")
        return self._revoke(visit, int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 16 else None)

    def look(self, visit: Visit) -> Response:
        """Show what a cut-off voids: at an index, or since a day. Raises MalformedError, NotFoundError."""
        given = visit.form.get("cutoff"), visit.form.get("since")
        if all(given) or not any(given):
            raise MalformedError("say where to cut off: an index, or since when", hint="Fill in one of the two.")
        with self.desk.log.look() as reading:
            cutoff = visit.form.number("cutoff") if given[0] else reading.first_since(first_instant(visit, "since"))
        return visit.go(f"/keys/{self._kid(visit)}/revoke?cutoff={cutoff}")

    def revoke(self, visit: Visit) -> Response:
        """Propose a revocation with its cut-off. Raises MalformedError, NotFoundError, LockedError."""
        kid, cutoff = self._kid(visit), visit.form.number("at")
        with self.desk.log.look() as reading:
            concerned = cutoff_shown(reading, kid, cutoff)
        public = {"reason": visit.form.need("reason"), "cutoff_index": cutoff}
        saying = of_key(self.desk.host, "key.revoked", kid, public, entropy=self.desk.entropy)
        return self.desk.propose(visit, saying, about=f"{kid[:12]} @{cutoff}: {concerned['after']}")

    def _revoke(self, visit: Visit, cutoff: int | None) -> Response:
        with self.desk.log.look() as reading:
            key = key_shown(reading, visit.params["kid"])
            preview = None if cutoff is None else cutoff_shown(reading, key["kid"], cutoff)

        def marks(name: str, rows: Sequence[Mapping[str, Any]]) -> Grid:
            return marks_grid(name, rows, visit.house.plan.zone, visit.t)

        return show_cards(visit, revoke_cards(key, preview, visit.form.get, marks, visit.t))

    def _kid(self, visit: Visit) -> str:
        with self.desk.log.look() as reading:
            return find_key(reading, visit.params["kid"]).kid
