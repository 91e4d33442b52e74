"""The threads that judge: as many as there are processors. More of them would only take turns."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import anyio.to_thread
from anyio import CapacityLimiter

if TYPE_CHECKING:
    from collections.abc import Callable

Value = TypeVar("Value")

_limiters: list[CapacityLimiter] = []


async def judged(work: Callable[..., Value], *args: Any, **named: Any) -> Value:
    """Return what the work returns, made in a thread as soon as one is free."""
    if not _limiters:
        # A limiter belongs to the loop that runs: there is one, and it runs by now.
        _limiters.append(CapacityLimiter(os.cpu_count() or 2))
    return await anyio.to_thread.run_sync(partial(work, *args, **named), limiter=_limiters[0])
