"""The supplier's place: a guided self-assessment, its approval and package, requests, and a mark that is held."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from issuer.answers import answers_members
from issuer.case import result_bytes
from issuer.supplier.bringing import Sent, bring_sheet
from issuer.supplier.client_requests import take_request
from issuer.supplier.place import SupplierPlace
from issuer.supplier.plan import supplier_plan
from issuer.supplier.shelf import add_bundle, pin_root
from issuer.supplier.swearing import take_invitation
from registry.scenario.simulated_world import World
from tests.console.enrolled import Visitor, add_person, free_port, open_console, serving
from tests.supplier.filled import HOLDER, ITEMS, level_request, met, sheet
from verifier.encoding import digest
from verifier.gather import gather

if TYPE_CHECKING:
    from pathlib import Path

    from tests.screenshots.camera import Camera

AREA = "supplier"


def draw_supplier(camera: Camera, place: Path) -> None:
    """Draw the first page of an empty place, then every page of one with something of everything."""
    world = World("screens")
    mark = world.issue()
    here = SupplierPlace(place, now=lambda: world.sim.now)
    console = open_console(supplier_plan(here), place, port=free_port(), now=here.now)
    answering = add_person(console, "見本 回答", "answerer")
    answerer = Visitor(console, answering)
    officer = Visitor(console, add_person(console, "見本 役員", "officer"))
    with serving(console.app, int(answerer.origin.rpartition(":")[2])) as url:
        camera.draw(AREA, url, {"begin": "/", "requests-none": "/requests", "marks-none": "/marks"}, by=answerer)
        _fill(here, answerer, by=answering.id)
        pin_root(here, world.sim.fetch("trust/1.json"))
        add_bundle(here, gather(world.sim, mark).serialize(), by=answering.id)
        request = take_request(here, level_request(by="2027-09-30").serialize(), by=answering.id)
        camera.draw(AREA, url, {**_MENU, "gaps": "/gaps", "item-gap": f"/items/{ITEMS[-2]}"}, by=answerer)
        _close_gaps(here, by=answering.id)
        oath = f"/oaths/{take_invitation(here, _invitation(here, world.sim.now), by=answering.id)}"
        asked = answerer.send("/approval").headers["location"]
        more = {"oaths": "/oaths", "oath": oath, "request": f"/requests/{request.sha256}", "approval": asked}
        camera.draw(
            AREA,
            url,
            {**more, "marks": "/marks", "mark": f"/marks/{mark}", "mark-link": f"/marks/{mark}/link"},
            by=officer,
        )
        officer.send(f"{asked}/approve")
        camera.draw(AREA, url, {"package": "/package", "approved": "/approval"}, by=answerer)
    console.house.accounts.database.close()
    here.database.close()


_MENU = {
    "home": "/",
    "scope": "/scope",
    "expert": "/expert",
    "items": "/items",
    "item": f"/items/{ITEMS[0]}",
    "bring": "/bring",
    "requests": "/requests",
}


def _fill(here: SupplierPlace, answerer: Visitor, *, by: str) -> None:
    """Answer everything but two items, of which one is a gap."""
    here.begin(3, by=by)
    answerer.send("/scope", HOLDER)
    bring_sheet(here, Sent("昨年.xlsx", sheet(met(ITEMS[:-2]))), by=by, replacing=False)
    here.answer(ITEMS[-2], ("not_met", "来年度に導入する", ""), seen=0, by=by)
    here.attach(ITEMS[0], "規程集.pdf", b"a rule", by=by)
    answerer.get("/")


def _close_gaps(here: SupplierPlace, *, by: str) -> None:
    for item in ITEMS[-2:]:
        given = here.need().given.get(item)
        here.answer(item, ("met", "", f"規程 {item}"), seen=given.no if given else 0, by=by)


def _invitation(here: SupplierPlace, now: int) -> bytes:
    """Return an evaluator's invitation to swear to what was answered here."""
    progress = here.need()
    answers = answers_members(progress.answers)
    told = {
        "form": "shirushi-invitation-1",
        "purpose": "swear",
        "case": "C-000001",
        "organisation": HOLDER["name"],
        "scheme": "jp.meti.scs",
        "version": "2026-03-27",
        "level": 3,
        "scope": {"kind": HOLDER["kind"], "summary": HOLDER["summary"]},
        "answers": answers,
        "exclusions": [],
        "result_sha256": digest(result_bytes(answers, [])),
        "expires_at": now + 10 * 86_400,
        "token": "A" * 43,
        "by": "",
        "agrees": False,
    }
    return json.dumps(told).encode()
