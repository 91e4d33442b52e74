"""The trust root's page, and its files to take along to a ceremony."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.console.ceremonies import root_file, roots_shown
from registry.console.showing import show_cards
from verifier.edge.authority.ceremonies_view import ceremonies_cards
from verifier.edge.console.plan import Screen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from registry.console.desk import Desk
    from verifier.edge.console.visit import Visit


@dataclass(frozen=True)
class CeremoniesScreens:
    """The page about the trust root."""

    desk: Desk

    def screens(self) -> Sequence[Screen]:
        """Return the page and the files."""
        return (Screen("/ceremonies", self.show), Screen("/ceremonies/{version:int}.json", self.file))

    def show(self, visit: Visit) -> Response:
        """Show every version, and what the next one needs."""
        with self.desk.log.look() as reading:
            size = reading.state.size
        answer = roots_shown(self.desk.data, self.desk.root, size=size, now=visit.now)
        return show_cards(visit, ceremonies_cards(answer, visit.house.plan.zone, visit.t))

    def file(self, visit: Visit) -> Response:
        """Give a version's file. Raises NotFoundError."""
        version = int(visit.params["version"])
        return visit.file(root_file(self.desk.data, version), "application/json", f"trust-root-{version}.json")
