"""Checks on sealed evidence: a closed list, each passed, failed or not to be made, with a stable reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from verifier.errors import MarkError, UnavailableError
from verifier.verdict import Result


class EvidenceCheckName(Enum):
    """The checks in the order in which they are shown."""

    LOG = "log"
    SIGNER = "signer"
    SEALED = "sealed"
    PRESENT = "present"
    VERSIONS = "versions"
    PLAN = "plan"
    RUNS = "runs"
    LATE = "late"
    FILES = "files"


@dataclass(frozen=True)
class EvidenceCheck:
    """One check; ``detail`` says in English what exactly was found."""

    name: EvidenceCheckName
    result: Result
    reason: str = "ok"
    detail: str = ""

    def members(self) -> dict[str, Any]:
        """Return the JSON object of the check."""
        members = {"name": self.name.value, "result": self.result.value, "reason": self.reason}
        return {**members, "detail": self.detail} if self.detail else members


def passed(name: EvidenceCheckName) -> EvidenceCheck:
    """Return a check that passed."""
    return EvidenceCheck(name, Result.PASSED)


def failed(name: EvidenceCheckName, reason: str, detail: str = "") -> EvidenceCheck:
    """Return a check that failed."""
    return EvidenceCheck(name, Result.FAILED, reason, detail)


def unknown(name: EvidenceCheckName, reason: str, detail: str = "") -> EvidenceCheck:
    """Return a check that could not be made."""
    return EvidenceCheck(name, Result.UNKNOWN, reason, detail)


def from_error(name: EvidenceCheckName, error: MarkError, *, reason: str) -> EvidenceCheck:
    """Return what an error makes of a check: not to be made where we could not find out, else failed."""
    if isinstance(error, UnavailableError):
        return unknown(name, reason, error.message)
    return failed(name, reason, error.message)
