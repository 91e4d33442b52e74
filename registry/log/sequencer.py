"""The sequencer on PostgreSQL: takes what API workers wrote into the outbox, in order, and gives it to the one writer.

Its decision is the last one: it judges against the state that the entry will follow. Entries, tiles, head and the
outcomes of their rows are one transaction, so a row is decided exactly when its entry is stored. Any number may run;
who holds the fence works, the others wait for it.
"""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import DBAPIError, IntegrityError

from registry.admission.accept import Submission, accept
from registry.admission.reserve import reserve
from registry.log.outbox import Decision, read_request, write_decision
from registry.log.writer import LARGEST_GROUP
from registry.rows import queries_outbox
from verifier.errors import MarkError, RefusedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.log.ledger import Group
    from registry.log.service import Registry
    from registry.rows.queries_outbox import Asked
    from verifier.replay.state import LogState

TRY_EVERY = 0.5
"""Seconds between two tries to take the fence."""

LOOK_EVERY = 0.5
"""Seconds after which the outbox is looked into without having been woken."""

KEPT_FOR = 600
"""Seconds that an outcome waits for whoever asked."""

_log = structlog.get_logger()


class Sequencer:
    """Serves the outbox of one registry. Start it once, stop it at the end."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._ledger = registry.ledger
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sequencer", daemon=True)

    def start(self) -> None:
        """Begin to serve, as soon as the fence is free."""
        self._thread.start()

    def stop(self) -> None:
        """End after the group that is being committed."""
        self._stopping.set()
        try:
            with self._registry.database.write() as connection:
                queries_outbox.wake(connection)
        except MarkError:
            # It notices by itself, a little later.
            pass
        self._thread.join()
        self._ledger.release()

    @property
    def is_active(self) -> bool:
        """Whether this sequencer holds the fence."""
        return self._ledger.is_held

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                if self._ledger.take():
                    self._serve()
                else:
                    self._stopping.wait(TRY_EVERY)
            except Exception as error:
                _log.error("the sequencer starts again", exc_info=error)
                self._stopping.wait(TRY_EVERY)

    def _serve(self) -> None:
        _log.info("this process sequences the log")
        swept = -math.inf
        with self._registry.database.listen(queries_outbox.WAKE_UP) as wait:
            while self._ledger.is_held and not self._stopping.is_set():
                if time.monotonic() - swept > KEPT_FOR / 10:
                    swept = time.monotonic()
                    self._forget_outcomes()
                if not self._take_rows():
                    wait(LOOK_EVERY)

    def _forget_outcomes(self) -> None:
        with self._registry.database.write() as connection:
            queries_outbox.forget_outcomes(connection, older=KEPT_FOR)

    def _take_rows(self) -> bool:
        with self._ledger.read() as connection:
            rows = queries_outbox.open_requests(connection, LARGEST_GROUP)
        waiting = [self._registry.writer.ask(self._request(row)) for row in rows]
        # They are answered in order: whoever waits for the last one is woken once, not once for each.
        for one in reversed(waiting):
            one.result()
        return bool(rows)

    def _request(self, row: Asked) -> Callable[[Group, LogState], Callable[[], None]]:
        def request(group: Group, state: LogState) -> Callable[[], None]:
            group.decided.append((row.row, write_decision(self._decide(row, group, state))))
            return lambda: None

        return request

    def _decide(self, row: Asked, group: Group, state: LogState) -> Decision:
        try:
            with group.request():
                return self._granted(row, group, state)
        except MarkError as error:
            return error
        except IntegrityError:
            return RefusedError("it contradicts what is stored", hint="Draw new random values and sign again.")
        except Exception as error:
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                raise
            # A row that we cannot judge must not keep those behind it waiting for ever.
            _log.error("a request was not judged", row=row.row, exc_info=error)
            return UnavailableError("the registry made a mistake with this request", hint="Its log says which.")

    def _granted(self, row: Asked, group: Group, state: LogState) -> Decision:
        office, asked = self._registry.office, read_request(row.kind, row.request)
        if isinstance(asked, Submission):
            return accept(asked, group, state, office)
        return reserve(asked, group, state, office.clock, office.entropy)
