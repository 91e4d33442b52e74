"""The portal's process: the public folder and a database of its own; no key of the registry, not its database."""

from __future__ import annotations

import secrets

from registry.child import Child, now
from registry.portal.desk import Desk
from registry.portal.portal_database import open_portal
from registry.portal.service import create_portal
from verifier.edge.web_server import serve_application


def run(child: Child) -> None:
    """Serve clients, watch and deliver until told to end."""
    root = child.data.trust_root()
    database = open_portal(child.data, child.settings)
    to_loopback = child.settings.portal_to_loopback == 1
    desk = Desk(database, root.host, now, secrets.token_bytes, to_loopback=to_loopback)
    portal = create_portal(desk, child.data.public, trust_root=root)
    portal.start()
    serve_application(portal.served, address=child.settings.listen, port=child.port, hold=child.hold)
    portal.stop()
    database.close()
