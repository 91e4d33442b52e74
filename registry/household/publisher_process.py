"""The publisher's process: alone with the log key and what it signed last."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

import httpx
import structlog

from registry.data_folder import LOG
from registry.errors import PublishRefusedError
from registry.household.child import Child, now
from registry.publishing.files import PublicFolder
from registry.publishing.publisher import Publisher
from registry.publishing.signer_store import SignerStore
from registry.rows import queries
from registry.rows.database import Database, FlushedDatabase
from registry.settings import read_passphrase
from registry.witness.client import WitnessClient
from verifier.edge.keystore import load_note_key
from verifier.errors import MarkError
from verifier.log.note import NoteSigner

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.publishing.publisher import PublishResult

ALARM_AFTER = 60.0
"""Seconds without a published checkpoint, while there is something to publish, until an alarm is written."""

SOONEST = 0.2
"""Seconds that lie between two steps at least, however much is committed."""

LOOK_EVERY = 0.05
"""Seconds between two looks whether the log has grown."""

_log = structlog.get_logger()


def run(child: Child) -> None:
    """Publish what is committed, soon after it is, until told to end.

    Raises PublishRefusedError, which only a person can settle.
    """
    stopping = threading.Event()
    child.hold(stopping.set)
    publisher, alarm, is_sure = _publisher(child), Alarm(time.monotonic), False
    cadence = Cadence(Database(child.data.database_place), longest=child.settings.publish_every_ms / 1000)
    while not stopping.is_set():
        try:
            if not is_sure:
                # What a killed publisher wrote may stand in the cache alone: it is signed over only once it is durable.
                os.sync()
                publisher.recover()
            alarm.note(publisher.publish_once())
            is_sure = True
        except PublishRefusedError:
            raise
        except (MarkError, OSError) as error:
            # It may have stopped between two files: that is finished first.
            is_sure = False
            alarm.failed(str(error))
        cadence.wait(stopping)


class Cadence:
    """When the publisher takes its next step: soon after a commit, and after ``longest`` seconds in any case."""

    def __init__(self, database: Database, *, longest: float) -> None:
        self._database = database
        self._longest = longest
        self._seen = 0

    def wait(self, stopping: threading.Event) -> None:
        """Wait for the next step, or until told to end."""
        latest = time.monotonic() + self._longest
        stopping.wait(SOONEST)
        while not stopping.is_set() and time.monotonic() < latest and not self._has_grown():
            stopping.wait(LOOK_EVERY)

    def _has_grown(self) -> bool:
        """Say whether anything was committed since the last look: what waits for witnesses wakes nobody again."""
        try:
            with self._database.read() as connection:
                size = queries.log_size(connection).size
        except MarkError:
            # The step itself will tell.
            return False
        before, self._seen = self._seen, size
        return size > before


class Alarm:
    """Tells when entries wait for their checkpoint: a warning at first, an alarm every minute that they wait."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._since: float | None = None
        self._told = 0.0

    def note(self, result: PublishResult) -> None:
        """Take notice of one step of the publisher."""
        if result.outcome == "waiting":
            self._tell("waiting for witnesses", published=result.size, absent=result.absent)
        elif self._since is not None:
            _log.info("publishing again", published=result.size, silent_for=round(self._monotonic() - self._since))
            self._since = None

    def failed(self, error: str) -> None:
        """Take notice of a step that ended with an error."""
        self._tell("publishing failed", error=error)

    def _tell(self, event: str, **facts: object) -> None:
        moment = self._monotonic()
        if self._since is None:
            self._since = self._told = moment
            _log.warning(event, **facts)
        elif moment - self._told >= ALARM_AFTER:
            self._told = moment
            _log.error("alarm: nothing is published", cause=event, silent_for=round(moment - self._since), **facts)


def _publisher(child: Child) -> Publisher:
    data, root = child.data, child.data.trust_root()
    http = httpx.Client(timeout=child.settings.witness_timeout_ms / 1000)
    addresses = dict(child.settings.witnesses)
    if child.house_url:
        addresses |= {one.name: f"{child.house_url}/{one.name}" for one in data.own_witnesses()}
    return Publisher(
        database=FlushedDatabase(data.database_place),
        signer_store=SignerStore(data.signer_store),
        public=PublicFolder(data.public, writer="publisher"),
        root=root,
        signer=NoteSigner(root.origin, load_note_key(data.key(LOG), read_passphrase())),
        witnesses={name: WitnessClient(url, http) for name, url in addresses.items()},
        clock=now,
    )
