"""Watched lists on this machine: looked at by a press of a button, and what had another answer each time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verifier.check.outcome import RowVerdict
from verifier.edge.buyer.copy_view import copy_facts
from verifier.edge.buyer.desk import EVERY_ROLE
from verifier.edge.buyer.kept_watches import all_watches, find_watch, forget_watch
from verifier.edge.buyer.list_view import verdict_appearance
from verifier.edge.check.check_words import state_text, verdict_words
from verifier.edge.console.plan import Deed, Screen
from verifier.edge.i18n import plain
from verifier.edge.page.grid import Cell, Grid, Tag, grid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.responses import Response

    from verifier.edge.buyer.desk import Desk
    from verifier.edge.buyer.kept_watches import KeptWatch, Look
    from verifier.edge.console.visit import Visit
    from verifier.edge.i18n import Moment, Translator

WATCHES = "/watches"
ONE = f"{WATCHES}/{{watch}}"


@dataclass(frozen=True)
class WatchRow:
    """A watched list: its last look, and how much had changed then."""

    href: str
    title: str
    tier: str
    looked: tuple[Moment, ...]
    changes: tuple[str, ...]


@dataclass(frozen=True)
class LookView:
    """One look: when, under which epoch, how many are watched, and the changes as a table."""

    at: Moment
    epoch: str
    summary: str
    tables: tuple[Grid, ...]


class WatchScreens:
    """The screens and deeds of watched lists."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def screens(self) -> Sequence[Screen]:
        """Return the screens."""
        return (Screen(WATCHES, self.show_watches, EVERY_ROLE), Screen(ONE, self.show_watch, EVERY_ROLE))

    def deeds(self) -> Sequence[Deed]:
        """Return the deeds."""
        return (
            Deed(f"{ONE}/look", self.look, EVERY_ROLE, again=self.show_watch),
            Deed(f"{ONE}/forget", self.forget, EVERY_ROLE),
        )

    def show_watches(self, visit: Visit) -> Response:
        """Show the lists that are watched."""
        rows = [_row(one, visit) for one in all_watches(self._desk.folder.watched)]
        return visit.show(
            "buyer/watches.html",
            title=visit.t.gettext("buyer.watches.title"),
            rows=rows,
            copy=copy_facts(self._desk, visit),
        )

    def show_watch(self, visit: Visit) -> Response:
        """Show what had another answer, look by look."""
        watch = self._find(visit)
        looks = [_look_view(one, place, visit) for place, one in enumerate(watch.looks())]
        title = plain(watch.order.title)
        return visit.show("buyer/watch.html", watch=watch, title=title, looks=looks, copy=copy_facts(self._desk, visit))

    def look(self, visit: Visit) -> Response:
        """Look at a list again."""
        watch = self._find(visit)
        seen = watch.look(self._desk.folder)
        return visit.go(f"{WATCHES}/{watch.id}", "buyer.told.looked", changes=str(len(seen.changes)))

    def forget(self, visit: Visit) -> Response:
        """Watch a list no more."""
        watch = self._find(visit)
        forget_watch(watch)
        return visit.go(WATCHES, "buyer.told.unwatched", title=watch.order.title)

    def _find(self, visit: Visit) -> KeptWatch:
        return find_watch(self._desk.folder.watched, visit.params["watch"])


def _row(watch: KeptWatch, visit: Visit) -> WatchRow:
    newest = watch.looks()[:1]
    return WatchRow(
        f"{WATCHES}/{watch.id}",
        plain(watch.order.title),
        watch.order.requirement.tier,
        tuple(visit.moment(one.at) for one in newest),
        tuple(visit.t.ngettext("buyer.watch.changed", len(one.changes)) for one in newest),
    )


def _look_view(look: Look, place: int, visit: Visit) -> LookView:
    t = visit.t
    names = ("buyer.column.row", "buyer.column.supplier", "buyer.column.before", "buyer.column.now", "buyer.column.why")
    columns = tuple(t.gettext(one) for one in names)
    rows = [_cells(one, t) for one in look.changes]
    table = grid(f"look-{place}", str(visit.moment(look.at)), columns, rows, empty="")
    summary = t.ngettext("buyer.watch.changed", len(rows))
    return LookView(visit.moment(look.at), f"{look.epoch:,}", summary, (table,) if rows else ())


def _cells(change: Mapping[str, Any], t: Translator) -> tuple[Cell, ...]:
    cause = t.gettext("bulk.by_clock") if change["index"] is None else t.gettext("bulk.by_entry", index=change["index"])
    return (
        Cell(texts=(str(change["row"]),)),
        Cell(texts=(plain(change["name"]),) if change["name"] else (), codes=(change["subject"],)),
        _side(change["old"], change["old_state"], t),
        _side(change["new"], change["new_state"], t),
        Cell(texts=(cause,), codes=(change["mark"],) if change["mark"] else ()),
    )


def _side(answer: Mapping[str, Any] | None, state: str | None, t: Translator) -> Cell:
    if answer is None:
        return Cell()
    verdict = RowVerdict(answer["verdict"])
    words = (state_text(state, t),) if state else ()
    return Cell(tags=(Tag(verdict_appearance(verdict), verdict_words(verdict, t)),), texts=words)
