"""A process that delivers until it is killed: `python -m tests.portal.delivering_worker FILE`."""

from __future__ import annotations

import secrets
import sys
import threading
import time
from pathlib import Path

from recognition.authenticate.edge.guarded_http import GuardedHttp
from registry.portal.delivering import Delivering
from registry.portal.portal_database import PortalDatabase
from registry.portal.repeating import Repeating

LEASE = 2
AT_ONCE = (0,) * 10_000
"""A schedule that never waits and hardly ends."""


def main() -> None:
    """Deliver with four threads."""
    delivering = Delivering(
        PortalDatabase(Path(sys.argv[1])),
        GuardedHttp(allow_loopback=True),
        lambda: int(time.time()),
        secrets.token_bytes,
        lease=LEASE,
        schedule=AT_ONCE,
    )
    for number in range(4):
        Repeating(f"worker {number}", delivering.step, every=0.05).start()
    threading.Event().wait()


if __name__ == "__main__":
    main()
