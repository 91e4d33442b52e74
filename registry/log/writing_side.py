"""The side of the write plane that writes, as its process keeps it: the registry and the turns of its jobs."""

from __future__ import annotations

import secrets
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog

from registry.data_folder import DIRECTORY, STATUS
from registry.household.child import Child, now
from registry.log.service import Registry
from registry.settings import read_passphrase
from registry.timers.job import TimerJob
from registry.timers.limits import Limits
from registry.timers.store import TimerFolder
from verifier.edge.keystore import load_signer
from verifier.errors import MarkError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EVERY = 1.0
_log = structlog.get_logger()


def open_registry(child: Child) -> Registry:
    """Return the registry of a child's data folder, with the directory and the status key."""
    passphrase = read_passphrase()
    return Registry(
        database=child.data.database_place,
        public=child.data.public,
        root=child.data.trust_root(),
        directory_signer=load_signer(child.data.key(DIRECTORY), passphrase),
        status_signer=load_signer(child.data.key(STATUS), passphrase),
        organisation=child.settings.organisation,
        clock=now,
        entropy=secrets.token_bytes,
    )


def open_timers(child: Child, registry: Registry) -> TimerJob:
    """Return the job that logs what the clock makes due, within the limits of the settings."""
    settings = child.settings
    return TimerJob(
        writer=registry.writer,
        office=registry.office,
        signer=load_signer(child.data.key(DIRECTORY), read_passphrase()),
        folder=TimerFolder(child.data.timers),
        limits=Limits(settings.timer_most_acts, settings.timer_most_percent, most_hours=settings.timer_most_hours),
        lift_days=settings.timer_lift_days,
    )


@contextmanager
def keep_published(registry: Registry, timers: TimerJob, *, when: Callable[[], bool]) -> Iterator[None]:
    """Let the jobs take a turn each second until the block ends, whenever the condition holds."""
    stopping = threading.Event()
    # Timed acts first: they judge the clock by the last checkpoint, before there is another one.
    steps: dict[str, Callable[[], object]] = {
        "timed acts wait": timers.turn,
        "the directory waits": registry.directory.step,
        "the status lists wait": registry.status.step,
        "the status responses wait": registry.mark_status.step,
    }

    def run() -> None:
        while not stopping.wait(EVERY):
            for waits, step in steps.items():
                try:
                    if when():
                        step()
                except (MarkError, OSError) as error:
                    _log.error(waits, error=str(error))

    thread = threading.Thread(target=run, name="directory")
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()
