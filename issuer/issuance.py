"""How far the issuance of one mark has come: what an interrupted run left, and what the next one starts from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Signed:
    """What the decider signed, byte for byte: it is stored before it is sent and sent again unchanged."""

    seal: str
    mark: str
    statement: str
    credential: str | None = None
    """The mark once more as an SD-JWT VC, where one was asked for: the holder's alone, and never sent."""


@dataclass(frozen=True)
class Admitted:
    """The registry's answer: the index of the log entry and the signed admission receipt."""

    index: int
    receipt: str


@dataclass(frozen=True)
class Issuance:
    """The stored state of an issuance; each member is set once its step is done."""

    case_id: str
    begun_at: int
    signed: Signed | None = None
    admitted: Admitted | None = None
    finished_at: int | None = None


@dataclass(frozen=True)
class Corrected:
    """A correction as it was signed, with the assessor's approval of it; ``no`` is its place in the desk's files."""

    mark: str
    at: int
    signed: Signed
    approval: str
    admitted: Admitted | None = None
    no: int | None = None


@dataclass(frozen=True)
class CaseEvent:
    """One line of a case's history."""

    at: int
    by: str
    event: str
    state: str
    note: str
