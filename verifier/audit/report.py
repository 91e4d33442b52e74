"""The report of an audit: one canonical JSON document, a function of what is published and of the pinned root.

No clock stands in it: its time is that of the latest checkpoint. Two runs over the same plane give the same bytes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from verifier.encoding import b64u, canonical, digest

if TYPE_CHECKING:
    from verifier.audit.chain import TrustChain
    from verifier.audit.finding import Findings
    from verifier.audit.heads import Head
    from verifier.statement import Statement

KEY_PROOF = "key_proof: the proofs of possession of {count} keys are not published; they are the registry's word"
NOT_MADE = (
    "reservation: that a mark's id and number were reserved before is not published",
    "withheld: what was never logged and never promised by a receipt leaves no trace",
)
"""Checks of admission that nobody can make from outside, and what no audit can see."""


@dataclass
class Counts:
    """How much was looked at."""

    entries: int = 0
    checkpoints: int = 0
    directories: int = 0
    unproven_keys: int = 0
    types: Counter[str] = field(default_factory=Counter)

    def take(self, statement: Statement | None) -> None:
        """Count an entry."""
        self.entries += 1
        self.types[statement.type if statement else "unreadable"] += 1


@dataclass(frozen=True)
class Report:
    """The outcome of an audit or of fsck."""

    task: str
    chain: TrustChain
    head: Head | None
    counts: Counts
    findings: Findings

    @property
    def is_clean(self) -> bool:
        """Say whether everything was read and nothing is wrong."""
        return self.findings.is_clean

    def members(self) -> dict[str, Any]:
        """Return the JSON object."""
        root, head = self.chain.newest, self.head
        return {
            "v": 1,
            "task": self.task,
            "log": root.origin,
            "environment": root.content.environment,
            "result": "clean" if self.is_clean else "findings",
            "as_of": head.time if head else None,
            "checkpoint": {"size": head.size, "root": b64u(head.root)} if head else None,
            "trust_root": {
                "pinned": {"version": self.chain.pinned.content.version, "sha256": self.chain.pinned.sha256},
                "newest": {"version": root.content.version, "sha256": root.sha256},
            },
            "counts": {
                "entries": self.counts.entries,
                "checkpoints": self.counts.checkpoints,
                "directories": self.counts.directories,
                "types": dict(sorted(self.counts.types.items())),
            },
            "not_made": self._not_made(),
            "findings": [finding.members() for finding in self.findings],
            "omitted": self.findings.omitted,
        }

    def _not_made(self) -> list[str]:
        if self.task != "audit":
            return []
        count = self.counts.unproven_keys
        return [*([KEY_PROOF.format(count=count)] if count else []), *NOT_MADE]

    def serialize(self) -> bytes:
        """Return the report's file: canonical JSON and a line feed."""
        return canonical(self.members()) + b"\n"

    @property
    def digest(self) -> str:
        """SHA-256 of the file, base64url: equal for equal planes and roots."""
        return digest(self.serialize())
