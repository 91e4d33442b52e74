"""Fetching the status list that a verified token names, under the guards that every question to strangers has.

Only a token that was verified may cause a question: otherwise anybody could have us ask anywhere.
"""

from __future__ import annotations

from recognition.authenticate.edge.guarded_http import GuardedHttp, Limits, NotReached
from recognition.authenticate.signed_token import StatusEvidence
from recognition.authenticate.status_token import MAX_COMPACT
from verifier.injected import Clock

MEDIA_TYPE = "application/statuslist+jwt"
LIMITS = Limits(max_bytes=MAX_COMPACT)


def fetch_status(uri: str, http: GuardedHttp, *, clock: Clock) -> StatusEvidence | None:
    """Return the list as it stands there now, None when it could not be got. Nothing in it is verified here."""
    found = http.fetch(uri, accept=MEDIA_TYPE)
    if isinstance(found, NotReached) or found.status != 200 or found.media_type != MEDIA_TYPE:
        return None
    return StatusEvidence(found.body.decode("latin-1").strip(), clock())
