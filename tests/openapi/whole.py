"""All that a registry serves, with everything that may be switched on: its applications by their documents."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
from starlette.applications import Starlette

from registry.admission.api import create_api
from registry.casebook.inbox import Inbox
from registry.data_folder import DataFolder
from registry.document.document_key import make_document_key
from registry.portal.desk import Desk
from registry.portal.letters import Letters
from registry.portal.portal_database import PortalDatabase
from registry.portal.service import create_portal
from registry.reading.hourly_limit import HourlyLimit
from registry.reading.reader import create_reader
from registry.reading.report_routes import ReportDesk
from registry.verification.service import create_verification
from registry.web.in_process import InProcessTransport
from tests.console.enrolled import serving
from tests.ports import free_port
from tests.registry.conftest import HOST, World
from verifier.edge.page.pages import PageRenderer

PORTAL, READER, VERIFICATION, API = "portal", "read-plane", "verification", "registry"


@dataclass(frozen=True)
class Whole:
    """The applications that describe themselves, and a client of what is served, by the names of their documents."""

    applications: dict[str, Starlette]
    http: httpx.Client


@contextmanager
def whole(world: World) -> Iterator[Whole]:
    """Serve everything over a registry; the reader's way to the portal is a real one."""
    root, keys, data = world.ceremony.root, world.ceremony.keys, DataFolder(world.folder)
    render = PageRenderer(environment=root.content.environment, zone=root.content.zone, now=world.clock)
    database = PortalDatabase(world.folder / "portal.db")
    database.migrate()
    desk = Desk(database, HOST, world.clock, secrets.token_bytes, to_loopback=True)
    letters = Letters("portal@shirushi.example", lambda letter: None)
    portal = create_portal(desk, world.public, trust_root=root, letters=letters)
    document_key = make_document_key(data, passphrase=b"no secret at all", now=world.clock(), entropy=world.entropy)
    verification = create_verification(
        world.public,
        world.folder / "verification",
        trust_root=root,
        now=world.clock,
        signer=keys.receipt,
        document_key=document_key,
        read_url="http://read-plane",
    )
    verification.index.refresh()
    with serving(portal.served, free_port()) as address:
        reader = create_reader(
            world.public,
            trust_root=root,
            now=world.clock,
            render=render,
            desk=ReportDesk(Inbox(data.reports), HourlyLimit(each=10, together=200), secrets.token_bytes),
            documents_at="http://verification",
            boxes_at=address,
            sandbox=data.sandbox,
        )
        api = create_api(world.registry, keys.receipt)
        served = {PORTAL: portal.served, READER: reader, VERIFICATION: verification.served, API: api}
        with httpx.Client(transport=InProcessTransport(served)) as http:
            own = {PORTAL: portal.api, READER: reader, VERIFICATION: verification.api, API: api}
            yield Whole(own, http)
    database.close()
