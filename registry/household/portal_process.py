"""The portal's process: the public folder and a database of its own; no key of the registry, not its database."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from registry.household.child import Child, now
from registry.portal.desk import Desk
from registry.portal.follow_key import read_follow_key
from registry.portal.letters import Letters, letters_by
from registry.portal.portal_database import open_portal
from registry.portal.service import create_portal
from verifier.edge.mail import read_server
from verifier.edge.web_server import serve_application

if TYPE_CHECKING:
    from registry.settings import Settings


def run(child: Child) -> None:
    """Serve clients, watch and deliver until told to end."""
    root = child.data.trust_root()
    database = open_portal(child.data, child.settings)
    to_loopback = child.settings.portal_to_loopback == 1
    desk = Desk(database, root.host, now, secrets.token_bytes, to_loopback=to_loopback)
    letters = _letters(child.settings)
    key = read_follow_key(child.data.follow_key, secrets.token_bytes)
    portal = create_portal(
        desk,
        child.data.public,
        trust_root=root,
        letters=letters,
        follow_key=key,
        tells_all=child.settings.access_log == 1,
    )
    portal.start()
    serve_application(portal.served, address=child.settings.listen, port=child.port, hold=child.hold)
    portal.stop()
    database.close()


def _letters(settings: Settings) -> Letters | None:
    if not settings.portal_mail_server:
        return None
    server = read_server(settings.portal_mail_server, trusted=None, requires_tls=False)
    return letters_by(server, settings.portal_mail_sender)
