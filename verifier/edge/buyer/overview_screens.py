"""The first page: how old the copy is, the newest lists, what was asked of suppliers, and what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.edge.buyer.copy_view import copy_facts
from verifier.edge.buyer.desk import EVERY_ROLE
from verifier.edge.buyer.kept_checks import all_checks
from verifier.edge.buyer.kept_requests import all_requests
from verifier.edge.buyer.kept_watches import all_watches
from verifier.edge.buyer.list_rows import check_rows
from verifier.edge.buyer.request_screens import request_row
from verifier.edge.console.plan import Screen
from verifier.edge.page.account import banners

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from verifier.edge.buyer.desk import Desk
    from verifier.edge.console.visit import Visit

NEWEST = 5


class OverviewScreens:
    """The first page."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def screens(self) -> Sequence[Screen]:
        """Return the screen."""
        return (Screen("/", self.show, EVERY_ROLE),)

    def show(self, visit: Visit) -> Response:
        """Show what waits."""
        folder, t = self._desk.folder, visit.t
        lines, _ = all_requests(folder)
        unmet = [one for one in lines if one.standing is None or one.standing.exit_code != 0]
        watches = all_watches(folder.watched)
        newest = [(watch, watch.looks()[:1]) for watch in watches]
        changed = [
            (f"/watches/{watch.id}", watch.order.title, t.ngettext("buyer.watch.changed", len(look.changes)))
            for watch, looks in newest
            for look in looks
            if look.changes
        ]
        return visit.show(
            "buyer/overview.html",
            title=visit.t.gettext("buyer.overview.title"),
            banners=banners(folder.trust_root().content.environment, t),
            copy=copy_facts(self._desk, visit),
            lists=check_rows(all_checks(folder.checks)[:NEWEST], self._desk.checking, visit),
            requests=[request_row(one, t) for one in unmet[:NEWEST]],
            changed=changed[:NEWEST],
        )
