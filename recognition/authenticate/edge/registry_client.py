"""Asking a foreign registry about certificates: kept answers, breaker, tries with pauses; the judging is ``look_up``'s.

Every failure of the other side ends as undecided. An answer that was kept and has grown old does not count, but the
record says when the registry last confirmed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import Protocol

from recognition.authenticate.addresses import certificate_address
from recognition.authenticate.circuit import Circuit
from recognition.authenticate.edge.guarded_http import NotReached, Reached
from recognition.authenticate.kept_answers import Answer, KeptAnswers
from recognition.authenticate.look_up import MEDIA_TYPES, judge_answer, look_up_form, start_look_up
from recognition.authenticate.pauses import heeded, pauses
from recognition.authenticate.record import Authenticated, Claimed, Trail, Undecided
from recognition.authenticate.scheme_profile import Profile
from verifier.injected import Clock, Entropy

GONE = frozenset({404, 410})
BUSY = frozenset({425, 429, 500, 502, 503, 504})


class Fetching(Protocol):
    """What fetches an address: ``GuardedHttp``."""

    def fetch(self, url: str, *, accept: str) -> Reached | NotReached:
        """Return the answer, or why there is none."""


class RegistryClient:
    """Looks certificates up at one scheme's registry. It may be shared by threads."""

    def __init__(
        self,
        profile: Profile,
        http: Fetching,
        *,
        clock: Clock,
        entropy: Entropy,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._profile, self._http, self._form = profile, http, look_up_form(profile)
        self._clock, self._entropy, self._sleep = clock, entropy, sleep
        self._kept = KeptAnswers(fresh_seconds=self._form.fresh_seconds, keep_seconds=self._form.keep_seconds)
        self._circuit = Circuit()
        self._lock = Lock()

    @property
    def circuit(self) -> Circuit:
        """Return the state of the breaker."""
        return self._circuit

    def look_up(self, claimed: Claimed) -> Authenticated | Undecided:
        """Return the certificate that the registry confirms, or why it could not be confirmed."""
        now = self._clock()
        trail = start_look_up(self._profile, now=now)
        address = certificate_address(self._form.address, claimed.number)
        with self._lock:
            kept = self._kept.fresh(address, now)
            if kept is None:
                self._circuit, allowed = self._circuit.asked(now)
        if kept is not None:
            return judge_answer(kept, claimed, self._profile, trail=trail.warned("answer_kept_from_before"))
        found = self._tried(address) if allowed else NotReached("registry_paused", again=False)
        now = self._clock()
        if allowed:
            self._noted(found, now)
        if isinstance(found, NotReached):
            return self._unanswered(trail, address, found.reason, now)
        if found.status != 200:
            gone = found.status in GONE
            reason = "not_listed" if gone else "answered_with_an_error"
            return trail.passed("reached").failed("listed" if gone else "answered").undecided(reason)
        answer = Answer(found.body, found.media_type, now)
        ended = judge_answer(answer, claimed, self._profile, trail=trail)
        if isinstance(ended, Authenticated):
            with self._lock:
                self._kept.keep(address, answer)
        return ended

    def _tried(self, address: str) -> Reached | NotReached:
        (accept,) = MEDIA_TYPES[self._form.answer]
        found = self._http.fetch(address, accept=accept)
        for pause in pauses(self._entropy):
            if isinstance(found, NotReached):
                waiting = pause if found.again else None
            else:
                asked = found.headers.get("retry-after")
                waiting = heeded(pause, asked) if found.status in BUSY else None
            if waiting is None:
                break
            self._sleep(waiting / 1000)
            found = self._http.fetch(address, accept=accept)
        if isinstance(found, Reached) and found.status in BUSY:
            return NotReached("registry_busy", again=True)
        return found

    def _noted(self, found: Reached | NotReached, now: int) -> None:
        with self._lock:
            self._circuit = self._circuit.failed(now) if isinstance(found, NotReached) else self._circuit.succeeded()

    def _unanswered(self, trail: Trail, address: str, reason: str, now: int) -> Undecided:
        with self._lock:
            stale = self._kept.stale(address, now)
        trail = trail.failed("reached")
        if stale is None:
            return trail.undecided(reason)
        trail = trail.warned("last_answer_is_stale")
        return trail.undecided(reason, said_at=stale.fetched_at, fresh_until=self._kept.fresh_until(stale))
