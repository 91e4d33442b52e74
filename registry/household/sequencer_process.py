"""The sequencer's process on PostgreSQL: the one writer of the log and its jobs, with their keys."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from registry.log.sequencer import Sequencer
from registry.log.writing_side import keep_published, open_registry, open_timers

if TYPE_CHECKING:
    from registry.household.child import Child


def run(child: Child) -> None:
    """Sequence the log until told to end; while another process does, wait to take its place."""
    stopping = threading.Event()
    child.hold(stopping.set)
    registry = open_registry(child)
    registry.start()
    sequencer = Sequencer(registry)
    sequencer.start()
    with keep_published(registry, open_timers(child, registry), when=lambda: sequencer.is_active):
        stopping.wait()
    sequencer.stop()
    registry.stop()
