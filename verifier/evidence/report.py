"""The report on sealed evidence: a line for each file, the checks, the versions, the terms of use; one exit code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from verifier.evidence.check import EvidenceCheck, EvidenceCheckName
from verifier.evidence.comparison import FileResult, FileState
from verifier.evidence.manifest import Manifest
from verifier.evidence.runs import RunFinding
from verifier.evidence.sealing import Seal
from verifier.verdict import Result


@dataclass(frozen=True)
class Version:
    """A manifest at hand and its seal in the log, None where the log does not show one."""

    manifest: Manifest
    seal: Seal | None = None

    def members(self) -> dict[str, Any]:
        """Return the JSON object of the version."""
        head = self.manifest.head
        return {
            "kind": head.kind,
            "manifest_sha256": self.manifest.sha256,
            "rows": head.count,
            "is_part": self.manifest.is_part,
            "reason": head.reason,
            "seal": self.seal.members() if self.seal else None,
        }


@dataclass(frozen=True)
class FileLine:
    """A file's result with what its dates say: ``flags`` are stable words, ``seal`` is the first one of this content.

    late, late_open, measured_after_sealing, measured_before_plan, plan_open, corrected, run_by_correction.
    """

    result: FileResult
    flags: tuple[str, ...] = ()
    seal: Seal | None = None

    @property
    def is_clean(self) -> bool:
        """Say whether there is nothing to tell about the file."""
        return self.result.state is FileState.UNALTERED and not self.flags

    def members(self) -> dict[str, Any]:
        """Return the JSON object of the line; what does not apply is null."""
        row, now = self.result.row, self.result.now
        return {
            "path": self.result.path,
            "state": self.result.state.value,
            "flags": list(self.flags),
            "same_as": list(self.result.same_as),
            "problem": now.problem if now else None,
            "sealed_sha256": row.sha256 if row else None,
            "present_sha256": now.sha256 if now else None,
            "item": row.item if row else None,
            "run": row.run if row else None,
            "measured_at": row.measured_at if row else None,
            "measured_by": row.measured_by if row else None,
            "sealed_at": {"earliest": self.seal.earliest, "latest": self.seal.latest} if self.seal else None,
        }


@dataclass(frozen=True)
class Change:
    """What the correction ``manifest_sha256`` did to a file: changed, added or removed it."""

    path: str
    kind: str
    manifest_sha256: str


@dataclass(frozen=True)
class EvidenceReport:
    """Everything that is known about a folder of sealed evidence. Times are UTC seconds."""

    versions: tuple[Version, ...]
    current: Version
    checks: tuple[EvidenceCheck, ...]
    files: tuple[FileLine, ...]
    runs: tuple[RunFinding, ...] = ()
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    as_of: int | None = None

    @property
    def exit_code(self) -> int:
        """0 all unaltered and confirmed, 1 something is altered or flagged, 2 something could not be confirmed."""
        results = {check.result for check in self.checks}
        if Result.FAILED in results:
            return 1
        return 2 if Result.UNKNOWN in results else 0

    def check(self, name: EvidenceCheckName) -> EvidenceCheck | None:
        """Return a check by its name, None when it does not apply."""
        return next((check for check in self.checks if check.name is name), None)

    def named(self, state: FileState) -> tuple[str, ...]:
        """Return the names of the files in a state."""
        return tuple(line.result.path for line in self.files if line.result.state is state)

    def members(self) -> dict[str, Any]:
        """Return the JSON object of the report."""
        head = self.current.manifest.head
        return {
            "exit": self.exit_code,
            "object": head.object,
            "by": head.by,
            "subject": head.subject,
            "terms": head.terms.members() if head.terms else None,
            "as_of": self.as_of,
            "notes": list(self.notes),
            "versions": [version.members() for version in self.versions],
            "checks": [check.members() for check in self.checks],
            "runs": [vars(one) for one in self.runs],
            "changes": [vars(one) for one in self.changes],
            "counts": {state.value: len(self.named(state)) for state in FileState},
            "files": [line.members() for line in self.files],
        }
