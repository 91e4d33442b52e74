"""The stage: where a story is played. The story does not know whether processes or one process stand behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

from verifier.edge.write_api import Addresses
from verifier.injected import Clock, Entropy
from verifier.signer import Signer
from verifier.trust.root import TrustRoot


@dataclass(frozen=True)
class Stage:
    """A running registry, seen from outside, and what its actors are given.

    ``pass_time`` lets the registry work and the clock go on for about so many seconds.
    """

    root: TrustRoot
    operators: tuple[Signer, Signer]
    http: httpx.Client
    addresses: Addresses
    desk: Path
    clock: Clock
    entropy: Entropy
    pass_time: Callable[[float], None]
