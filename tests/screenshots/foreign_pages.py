"""The foreign operator's console: schemes, mappings, gaps, simulations, and an agreement that is in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.console.enrolled import Visitor, add_person, serving
from tests.foreign.conftest import LABEL, PASSPHRASE, open_corridor
from tests.foreign.test_browser import CRITERION, MAPPING, furnish

if TYPE_CHECKING:
    from pathlib import Path

    from tests.foreign.conftest import Corridor
    from tests.screenshots.camera import Camera

AREA = "foreign"
SUBJECTS = {
    "front": "/",
    "schemes": "/schemes",
    "scheme": "/schemes/example.partner-scheme",
    "mappings": "/mappings",
    "mapping": f"/mappings/{MAPPING}",
    "matrix": f"/mappings/{MAPPING}/matrix",
    "gaps": f"/mappings/{MAPPING}/gaps",
    "versions": f"/mappings/{MAPPING}/versions",
    "criterion": f"/mappings/{MAPPING}/criteria/{CRITERION}",
    "simulations": "/simulation",
    "simulation": "/simulation/1",
    "agreements": "/agreements",
    "agreement-new": "/agreements/new",
    "agreement": f"/agreements/{LABEL}",
    "terms": f"/agreements/{LABEL}/terms",
    "proposals": "/proposals",
    "proposal": "/proposals/1",
}


def draw_foreign(camera: Camera, place: Path) -> None:
    """Draw every page, as somebody sees it who may do everything but release."""
    with open_corridor(place) as corridor:
        port = int(corridor.console.house.accounts.party.origin.rpartition(":")[2])
        with serving(corridor.console.app, port) as url:
            furnish(camera.browser, corridor)
            _agree(corridor)
            everybody = Visitor(corridor.console, add_person(corridor.console, "Sample mapper", "mapper", "signatory"))
            camera.draw(AREA, url, SUBJECTS, by=everybody)
            nobody = Visitor(corridor.console, add_person(corridor.console, "Sample approver", "approver"))
            camera.draw(AREA, url, {"matrix-approver": f"/mappings/{MAPPING}/versions"}, by=nobody)


def _agree(corridor: Corridor) -> None:
    """Sign and send the terms, and let the other side announce them and put them in force."""
    signatory = Visitor(corridor.console, add_person(corridor.console, "Sample signatory", "signatory"))
    page = f"/agreements/{LABEL}"
    shown = corridor.desks.agreements.treaty(LABEL).sha256
    signatory.send(f"{page}/sign", {"unlock_key": "operator", "unlock_passphrase": PASSPHRASE, "sha256": shown})
    signatory.send(f"{page}/send")
    corridor.tick()
    desk = corridor.desks.agreements
    uri, public = desk.uri(LABEL), desk.treaty(LABEL).statement_public(1)
    corridor.authority.submit("agreement.announced", uri, public)
    corridor.tick()
    begun = {name: one for name, one in public.items() if name != "scheme"}
    corridor.authority.submit("agreement.in_force", uri, {**begun, "effective": corridor.world.clock() + 1})
    corridor.tick()
    signatory.send(f"{page}/ask")
