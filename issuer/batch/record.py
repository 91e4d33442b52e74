"""What the desk keeps of a batch beside the issuance of each case."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Batch:
    """One batch. ``sheet_sha256`` is over its cases in their order: the same list again goes on with the same batch."""

    id: str
    sheet_sha256: str
    filename: str
    begun_at: int
    by: str
    receipt: str | None = None
    finished_at: int | None = None


@dataclass(frozen=True)
class Member:
    """A case of a batch: its signed statement once there is one, its log index once the registry admitted it."""

    case_id: str
    statement: str | None
    index: int | None
