"""What a child process of `shirushi serve` is told. Secrets come by the environment, never by arguments."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from registry.data_folder import DataFolder
from registry.settings import Settings

CHILDREN = {
    "witnesses": "registry.household.witnesses_process",
    "sequencer": "registry.household.sequencer_process",
    "api": "registry.household.api_process",
    "publisher": "registry.household.publisher_process",
    "verification": "registry.household.verification_process",
    "portal": "registry.household.portal_process",
    "reader": "registry.household.reader_process",
}
"""The module of each child, in the order in which they are started. Each has ``run``; no child imports another's.

The sequencer runs on PostgreSQL only; there are as many of ``api`` as the settings say, named api, api-2, api-3.
"""


@dataclass(frozen=True)
class Child:
    """Its data folder, settings and port, where the others answer, how it learns to end."""

    data: DataFolder
    settings: Settings
    port: int
    house_url: str
    hold: Callable[[Callable[[], None]], None]
    verification_url: str = ""
    portal_url: str = ""


def now() -> int:
    """Return the present time of this machine."""
    return int(time.time())
