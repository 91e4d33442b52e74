"""Complaints, appeals, reports of misuse and hearings: recorded, handled step by step, and closed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.casebook.commands import decided_at
from registry.casebook.machines import MACHINES
from registry.console.matters import matter_shown, matters_listed, open_casebook, open_matter, take_step
from registry.console.showing import HANDLERS, first_instant, pseudonym, show_cards
from verifier.edge.authority.matters_view import matter_cards, matters_cards
from verifier.edge.authority.words import KEPT
from verifier.edge.console import queries
from verifier.edge.console.plan import Deed, Screen
from verifier.errors import MalformedError, RefusedError
from verifier.names import parse_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from registry.casebook.matter import Matter
    from registry.console.desk import Desk
    from verifier.edge.console.visit import Visit


@dataclass(frozen=True)
class MattersScreens:
    """The pages about matters."""

    desk: Desk

    def screens(self) -> Sequence[Screen]:
        """Return the pages."""
        return (Screen("/matters", self.list, HANDLERS), Screen("/matters/{id}", self.show, HANDLERS))

    def deeds(self) -> Sequence[Deed]:
        """Return what is done on them."""
        return (
            Deed("/matters", self.open, HANDLERS, again=self.list),
            Deed("/matters/{id}", self.step, HANDLERS, again=self.show),
            Deed("/matters/{id}/forget", self.forget, HANDLERS, again=self.show),
        )

    def list(self, visit: Visit) -> Response:
        """Show every matter, those that wait first."""
        rows = matters_listed(open_casebook(self.desk.data), now=visit.now)
        return show_cards(visit, matters_cards(rows, visit.form.get, visit.house.plan.zone, visit.t))

    def show(self, visit: Visit) -> Response:
        """Show one matter and the steps that are possible. Raises NotFoundError."""
        book = open_casebook(self.desk.data)
        matter = matter_shown(book, book.get(visit.params["id"]), now=visit.now)
        return show_cards(visit, matter_cards(matter, _people(visit), visit.form.get, visit.house.plan.zone, visit.t))

    def open(self, visit: Visit) -> Response:
        """Record what came in. Raises MalformedError, RefusedError, NotFoundError."""
        form, kind = visit.form, visit.form.need("kind")
        if kind not in MACHINES:
            raise MalformedError(f"{kind[:40]!r} is no kind of matter")
        object_uri = self._object(form.need("object"))
        entry = form.number("entry") if form.get("entry") else None
        event = {"at": visit.now, "by": pseudonym(visit), "note": form.get("note")}
        if entry is not None:
            event["entry"] = entry
        matter = open_matter(
            open_casebook(self.desk.data),
            kind,
            object_uri,
            event,
            decided=decided_at(self.desk.data.path, entry),
            contact=form.get("contact"),
            entropy=self.desk.entropy,
        )
        return visit.go(f"/matters/{matter.id}", KEPT)

    def step(self, visit: Visit) -> Response:
        """Take a step. Raises RefusedError in the words of the rule that does not hold, MalformedError."""
        form, book = visit.form, open_casebook(self.desk.data)
        entry = form.number("entry") if form.get("entry") else None
        event: dict[str, Any] = {"step": form.need("step"), "at": visit.now, "by": pseudonym(visit)}
        event["note"] = form.get("note")
        if entry is not None:
            event["entry"] = entry
        if form.get("reason"):
            event["reason"] = form.get("reason")
        if form.get("until"):
            event["until"] = first_instant(visit, "until")
        if form.many("panel"):
            event["panel"] = [*form.many("panel")]
            self._check_panel(book.get(visit.params["id"]), event["panel"])
        take_step(book, visit.params["id"], event, decided=decided_at(self.desk.data.path, entry))
        return visit.go(f"/matters/{visit.params['id']}", KEPT)

    def forget(self, visit: Visit) -> Response:
        """Erase how to reach whoever reported a matter. Raises NotFoundError."""
        book = open_casebook(self.desk.data)
        book.get(visit.params["id"])
        book.erase_contact(visit.params["id"])
        return visit.go(f"/matters/{visit.params['id']}", KEPT)

    def _object(self, typed: str) -> str:
        """Return the full name of what was typed: a mark's id, a body's number, a name. Raises MalformedError."""
        host = self.desk.host
        if typed.startswith("https://"):
            parse_name(typed)
            return typed
        uri = f"https://{host}/e/{typed}" if typed.isdecimal() else f"https://{host}/m/{typed}"
        parse_name(uri)
        return uri

    def _check_panel(self, matter: Matter, panel: Sequence[str]) -> None:
        """A log's entry names its signers by their keys: an operator who signed what is appealed is no judge of it."""
        signed = {f"p-{person}" for kid, (_, person) in self.desk.holders.all().items() if kid in matter.involved}
        if signed.intersection(panel):
            raise RefusedError("a member of the panel signed the decision", hint="Choose members who did not.")


def _people(visit: Visit) -> list[tuple[str, str]]:
    with visit.house.accounts.database.transaction() as db:
        return [(f"p-{one.id}", one.name) for one in queries.list_people(db) if one.blocked_at is None]
