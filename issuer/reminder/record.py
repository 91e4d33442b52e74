"""What the desk keeps of reminders. Addresses stand in its private database and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["sending", "sent", "refused"]
MOST_ADDRESSES = 2


@dataclass(frozen=True)
class Contact:
    """One of the two addresses of a holder, and the language that is read there."""

    subject: str
    position: int
    address: str
    language: str


@dataclass(frozen=True)
class Key:
    """Which reminder: about which mark, at which step, to which of the two addresses."""

    mark: str
    days: int
    position: int


@dataclass(frozen=True)
class Reminded:
    """A reminder that was begun. ``sending`` after a run means that nobody knows whether it was taken."""

    key: Key
    message_id: str
    state: State
    at: int
    note: str
