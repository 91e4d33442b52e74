"""The operators' console put together, over the data folder of one registry."""

from __future__ import annotations

import secrets
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx

from registry.console.agreements_screens import AgreementsScreens
from registry.console.applications_screens import ApplicationsScreens
from registry.console.bodies_screens import BodiesScreens
from registry.console.ceremonies_screens import CeremoniesScreens
from registry.console.desk import Desk
from registry.console.erasure_screens import ErasureScreens
from registry.console.experts_screens import ExpertsScreens
from registry.console.house_screens import HouseScreens
from registry.console.keys_screens import KeysScreens
from registry.console.marks_screens import MarksScreens
from registry.console.matters_screens import MattersScreens
from registry.console.proposing import Proposing
from registry.console.read_log import ReadLog
from registry.console.schemes_screens import SchemesScreens
from registry.console.showing import OPERATORS
from registry.console.timers_screens import TimersScreens
from registry.data_folder import OPERATORS as KEYS
from registry.data_folder import DataFolder
from registry.household.child import now
from verifier.edge.authority.words import PAGES
from verifier.edge.console.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MENU = {one: "/" if one == "house" else f"/{one}" for one in PAGES}


@contextmanager
def open_plan(folder: Path) -> Iterator[Plan]:
    """Give the plan over a registry's data folder. Raises NotFoundError where there is none, UnavailableError."""
    data = DataFolder(folder.resolve())
    root = data.trust_root()
    log = ReadLog(data.database_place, root.host)
    with httpx.Client(timeout=10) as http:
        try:
            yield plan_over(Desk(data, log, http, now, secrets.token_bytes, lambda: time.sleep(0.3)))
        finally:
            log.close()


def plan_over(desk: Desk) -> Plan:
    """Return the console that works with this desk."""
    proposing = Proposing(desk)
    applications = ApplicationsScreens(desk, proposing)
    ceremonies, erasure = CeremoniesScreens(desk), ErasureScreens(desk)
    parts = (
        HouseScreens(desk),
        BodiesScreens(desk),
        erasure,
        ExpertsScreens(desk),
        SchemesScreens(desk),
        KeysScreens(desk),
        MarksScreens(desk),
        AgreementsScreens(desk),
        applications,
        MattersScreens(desk),
        TimersScreens(desk),
    )
    return Plan(
        name="operator",
        roles=("operator", "registrar"),
        screens=[screen for part in (*parts, ceremonies) for screen in part.screens()],
        deeds=[deed for part in parts for deed in part.deeds()],
        menu=MENU,
        keys=dict.fromkeys(KEYS, OPERATORS),
        try_key=desk.try_key,
        kinds={**proposing.kinds(), **applications.kinds(), **erasure.kinds()},
        zone=desk.root.content.zone,
    )
