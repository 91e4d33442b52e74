"""The header Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07), and answers that are kept in memory.

A write that is sent again under the same key has its effect once and is answered as it was the first time. What a
registered client or a body wishes is noted in its database. What anybody may do without a name is noted here: in this
process's memory, for a short time and under a digest, because nothing of it may stand anywhere. After a restart such a
request is a new one.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Header
from starlette.responses import Response

from verifier.edge.answered_once import AnsweredOnce
from verifier.encoding import canonical, digest

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "Idempotency-Key"
PATTERN = r"^[\x21-\x7e]{8,128}$"
HELD = 60.0
"""Seconds for which an answer without a name is kept: long enough to send again what a broken line swallowed."""
_ABOUT = "New for each request, the same when it is repeated"

IdempotencyKey = Annotated[str, Header(alias=NAME, pattern=PATTERN, description=f"{_ABOUT}; kept for 24 hours.")]
OptionalKey = Annotated[
    str | None,
    Header(
        alias=NAME,
        pattern=PATTERN,
        description=f"{_ABOUT}: then the effect is one and the answer the first. See the operation for how long.",
    ),
]


class AnsweredBefore:
    """What was answered to whoever has no name, in this process."""

    def __init__(self, *, held: float = HELD, clock: Callable[[], float] = time.monotonic) -> None:
        self._once = AnsweredOnce(held=held, clock=clock)

    def do(self, key: str | None, wished: Any, act: Callable[[], Response]) -> Response:
        """Answer with what ``act`` returns, or returned before under this key to this very wish. Raises as it does.

        What was refused leaves no trace. A wish is the route and the body, as JSON; who knows both may ask again.
        """
        return act() if key is None else self._once.do(digest(canonical([key, wished])), act)
