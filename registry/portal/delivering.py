"""Delivering: takes what is due out of the outbox, sends it signed, and notes what became of it.

A worker has one endpoint at a time, under a lease. Dying anywhere loses nothing: what was not noted is sent again when
the lease has ended, under the same ``webhook-id``; so each event arrives at least once. A receiver that cannot be
reached costs one worker one time-out for a whole handful of deliveries, and holds up nobody else's.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recognition.authenticate.edge.guarded_http import NotReached
from registry.portal import queries_outbox as queries
from registry.portal.retry_schedule import SCHEDULE, asked_wait, next_wait
from registry.portal.webhook_signature import signed_headers

if TYPE_CHECKING:
    from recognition.authenticate.edge.guarded_http import GuardedHttp, Reached
    from registry.portal.queries_outbox import Claimed, Parcel, Result
    from registry.rows.database import Database
    from verifier.injected import Clock, Entropy

MOST = 16
"""Deliveries that a worker takes in hand at a time."""
WITHIN = 20.0
"""Seconds after which a worker begins no further delivery under its lease."""
LEASE = 60
"""Seconds; more than ``WITHIN`` and one whole exchange."""
MEDIA_TYPE = "application/json"


@dataclass(frozen=True)
class Delivering:
    """Delivers from one database; any number of threads and processes may do so at a time."""

    database: Database
    http: GuardedHttp
    now: Clock
    entropy: Entropy
    lease: int = LEASE
    schedule: tuple[int, ...] = SCHEDULE

    def step(self) -> int:
        """Make the deliveries of one endpoint that are due; return how many attempts there were."""
        now, lease = self.now(), self.entropy(16).hex()
        with self.database.write() as connection:
            claimed = queries.claim(connection, lease=lease, now=now, until=now + self.lease, most=MOST)
        if claimed is None:
            return 0
        results = self._send(claimed)
        with self.database.write() as connection:
            queries.settle(connection, claimed, results, now=self.now())
            if any(one.status == 410 for one in results):
                queries.stop_endpoint(connection, claimed.endpoint, reason=queries.GONE, now=self.now())
        return len(results)

    def _send(self, claimed: Claimed) -> list[Result]:
        results: list[Result] = []
        ends = time.monotonic() + min(WITHIN, self.lease / 2)
        for parcel in claimed.parcels:
            answer = self._post(claimed, parcel)
            results.append(self._judged(parcel, answer))
            if isinstance(answer, NotReached):
                # Nobody is there: so it would be for the rest, each with a time-out of its own.
                rest = claimed.parcels[len(results) :]
                return results + [self._judged(one, answer) for one in rest]
            if answer.status == 410 or time.monotonic() > ends:
                break
        return results

    def _post(self, claimed: Claimed, parcel: Parcel) -> Reached | NotReached:
        headers = signed_headers(claimed.secrets, id=parcel.event, at=self.now(), body=parcel.payload)
        return self.http.post(claimed.url, parcel.payload, media_type=MEDIA_TYPE, headers=headers)

    def _judged(self, parcel: Parcel, answer: Reached | NotReached) -> Result:
        now, attempts = self.now(), parcel.attempts + 1
        status = None if isinstance(answer, NotReached) else answer.status
        if status is not None and 200 <= status < 300:
            return queries.Result(parcel.id, "delivered", attempts, now, status, "")
        asked = 0 if isinstance(answer, NotReached) else asked_wait(answer.headers.get("retry-after", ""))
        reason = answer.reason if isinstance(answer, NotReached) else "refused"
        wait = next_wait(attempts, schedule=self.schedule, asked=asked, chance=self.entropy(1)[0])
        state = "dead" if wait is None or status == 410 else "pending"
        return queries.Result(parcel.id, state, attempts, now + (wait or 0), status, reason)
