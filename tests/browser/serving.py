"""Serves a published folder as the reader does, for browsers that test it: ``python -m tests.browser.serving``.

Arguments: the public folder, the pinned root's file, the port, and seconds by which the server's clock is ahead.
"""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path

from registry.data_folder import DataFolder
from registry.document.document_key import document_certificate
from registry.reading.reader import create_reader
from verifier.edge.page.pages import PageRenderer
from verifier.edge.web_server import serve_application
from verifier.trust.root import pin


def main(public: str, root_file: str, port: str, ahead: str) -> None:
    """Serve until the process is told to end."""
    root = pin(Path(root_file).read_bytes())

    def now() -> int:
        return int(time.time()) + int(ahead)

    render = PageRenderer(environment=root.content.environment, zone=root.content.zone, now=now)
    certificate = document_certificate(DataFolder(Path(public).parent))
    app = create_reader(Path(public), trust_root=root, now=now, render=render, document_certificate=certificate)
    serve_application(
        app,
        address="127.0.0.1",
        port=int(port),
        hold=lambda stop: signal.signal(signal.SIGTERM, lambda *_: stop()) and None,
    )


if __name__ == "__main__":
    main(*sys.argv[1:5])
