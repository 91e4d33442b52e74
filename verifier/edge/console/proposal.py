"""A proposal: what one person proposes and another one approves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

State = Literal["open", "under_way", "approved", "refused", "withdrawn"]


@dataclass(frozen=True)
class Proposal:
    """A proposal: ``members`` is what its kind needs to carry it out, ``about`` one line that names its object."""

    id: int
    kind: str
    about: str
    members: dict[str, Any]
    unit: str
    by: str
    at: int
    state: State
    settled_by: str = ""
    settled_at: int | None = None
    outcome: str = ""
