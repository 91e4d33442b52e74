"""The buyer's desk: a list that was checked, requests, watches, receipts, the copy, and an unconnected portal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.buyer.conftest import make_buyer, open_pages
from tests.check.suppliers import number
from tests.console.enrolled import Visitor, add_person, serving
from tests.screenshots.fixed_day import fixed_day

if TYPE_CHECKING:
    from pathlib import Path

    from tests.buyer.conftest import Pages
    from tests.screenshots.camera import Camera

AREA = "buyer"
MENU = ("lists", "requests", "watches", "receipts", "directory", "portal", "settings")
EMPTY = ("lists", "requests", "watches", "receipts")


def draw_buyer(camera: Camera, place: Path) -> None:
    """Draw every page of a desk, first with nothing on it, at the time at which its registry lives."""
    buyer = make_buyer(place)
    with fixed_day("buyer", at=buyer.now), open_pages(buyer) as pages:
        person = add_person(pages.console, "見本 購買", "engineer", "clerk", "admin")
        engineer = Visitor(pages.console, person)
        with serving(pages.console.app, int(engineer.origin.rpartition(":")[2])) as url:
            camera.draw(AREA, url, {f"{one}-none": f"/{one}" for one in EMPTY}, by=engineer)
            done = _everything(pages, engineer)
            menu = {one: f"/{one}" for one in MENU}
            camera.draw(AREA, url, {"overview": "/", **menu, **done, "requests-new": "/requests/new"}, by=engineer)


def _everything(pages: Pages, engineer: Visitor) -> dict[str, str]:
    """Do everything once; return the paths of what came of it."""
    one = pages.upload(engineer, pages.buyer.list_of(120))
    engineer.send(f"{one}/check", pages.order(engineer, one))
    pages.finish(engineer, one)
    holders = pages.buyer.registry.holders
    request = {
        "client_name": "見本電機株式会社",
        "client_identifier": holders["good"][0],
        "supplier_name": "見本部品株式会社",
        "supplier_identifier": f"0188-{number(holders['good'][1])}",
        "tier": "jp.meti.scs/4",
        "reasons": ["confidential"],
        "need": "図面を預け、部品の加工をお願いしています。",
        "by": "2027-03-31",
        "cost_contact": "購買部 purchasing@example.jp",
    }
    return {
        "list": one,
        "list-order": f"{one}/order",
        "list-refused": f"{one}?verdict=refused",
        "list-receipt": f"{one}/receipt",
        "watch": engineer.send(f"{one}/watch").headers["location"],
        "request": engineer.send("/requests", request).headers["location"],
    }
