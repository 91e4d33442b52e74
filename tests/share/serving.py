"""Serves a reader and a portal over a played registry, each on its own port: ``python -m tests.share.serving``.

Arguments: the data folder, the port of the reader, the port of the portal.
"""

from __future__ import annotations

import secrets
import signal
import sys
import threading
import time
from pathlib import Path

from registry.data_folder import DataFolder
from registry.portal.desk import Desk
from registry.portal.portal_database import PortalDatabase
from registry.portal.service import create_portal
from registry.reading.reader import create_reader
from verifier.edge.page.pages import PageRenderer
from verifier.edge.web_server import serve_application


def now() -> int:
    return int(time.time())


def main(folder: str, process: str, port: str, portal_port: str) -> None:
    """Serve until the process is told to end."""
    data = DataFolder(Path(folder))
    root = data.trust_root()
    if process == "portal":
        database = PortalDatabase(data.portal)
        database.migrate()
        desk = Desk(database, root.host, now, secrets.token_bytes, to_loopback=False)
        portal = create_portal(desk, data.public, trust_root=root)
        app = portal.served
        threading.Thread(target=keep_tidy, args=(portal.boxes.step,), daemon=True).start()
    else:
        render = PageRenderer(environment=root.content.environment, zone=root.content.zone, now=now)
        at = f"http://127.0.0.1:{portal_port}"
        app = create_reader(data.public, trust_root=root, now=now, render=render, boxes_at=at)
    serve_application(
        app,
        address="127.0.0.1",
        port=int(port),
        hold=lambda stop: signal.signal(signal.SIGTERM, lambda *_: stop()) and None,
    )


def keep_tidy(step: object) -> None:
    while callable(step):
        step()
        time.sleep(0.2)


if __name__ == "__main__":
    main(*sys.argv[1:5])
