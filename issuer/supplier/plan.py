"""The supplier's console: what it is made of, over one folder."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from issuer.supplier.bring_screens import BringScreens
from issuer.supplier.home_screens import HomeScreens
from issuer.supplier.item_screens import ItemScreens
from issuer.supplier.mark_screens import MarkScreens
from issuer.supplier.package_screens import APPROVAL, PackageScreens
from issuer.supplier.place import SupplierPlace
from issuer.supplier.request_screens import RequestScreens
from issuer.supplier.share_screens import ShareScreens
from verifier.edge.console.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "supplier"
ROLES = ("answerer", "officer")
MENU = {
    "home": "/",
    "items": "/items",
    "package": "/package",
    "requests": "/requests",
    "marks": "/marks",
}


def supplier_plan(place: SupplierPlace) -> Plan:
    """Return the console over a supplier's place."""
    package = PackageScreens(place)
    parts = (
        HomeScreens(place),
        ItemScreens(place),
        BringScreens(place),
        package,
        RequestScreens(place),
        ShareScreens(place),
        MarkScreens(place),
    )
    return Plan(
        name=NAME,
        roles=ROLES,
        screens=tuple(screen for part in parts for screen in part.screens()),
        deeds=tuple(deed for part in parts for deed in part.deeds()),
        menu=MENU,
        kinds=package.kinds(),
    )


def plan_message_ids() -> set[str]:
    """Return the ids of the texts of menu, roles and proposals."""
    return {
        f"{NAME}.title",
        *(f"{NAME}.menu.{one}" for one in MENU),
        *(f"{NAME}.role.{one}" for one in ROLES),
        f"{NAME}.kind.{APPROVAL}",
    }


def now() -> int:
    """Return the time in UTC seconds."""
    return int(time.time())


@contextmanager
def open_plan(folder: Path) -> Iterator[Plan]:
    """Give the console over a folder, which is made where there is none, readable by its owner only."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = SupplierPlace(folder, now=now)
    try:
        yield supplier_plan(place)
    finally:
        place.database.close()
