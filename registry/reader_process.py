"""The reader's process: the public folder, no database, no key."""

from __future__ import annotations

from registry.child import Child, now
from registry.reader import create_reader
from registry.web_server import serve_application
from verifier.edge.pages import PageRenderer


def run(child: Child) -> None:
    """Serve the public folder until told to end."""
    root = child.data.trust_root()
    render = PageRenderer(environment=root.content.environment, zone=root.content.zone, now=now)
    app = create_reader(child.data.public, trust_root=root, now=now, render=render)
    serve_application(app, address=child.settings.listen, port=child.port, hold=child.hold)
