"""A finding: what somebody who checked a registry has to tell, as a code of a closed list (kinds.py).

The JSON form is stable: every member is always there, in words for people and codes for programs.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from verifier.audit.kinds import KINDS, Code, Kind, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_OF_A_CODE = 1000


@dataclass(frozen=True)
class Finding:
    """One finding: its code and where it was found. ``evidence`` holds texts that prove it to others."""

    code: Code
    detail: str = ""
    entry: int | None = None
    object: str | None = None
    path: str | None = None
    evidence: tuple[str, ...] = ()

    @property
    def kind(self) -> Kind:
        """What the code means."""
        return KINDS[self.code]

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return self.kind.severity

    @property
    def counts(self) -> bool:
        """Say whether something is wrong or needs a look; a notice only tells."""
        return self.severity is not Severity.NOTICE

    def members(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {
            "code": self.code.value,
            "severity": self.severity.value,
            "rule": self.kind.rule,
            "entry": self.entry,
            "object": self.object,
            "path": self.path,
            "detail": self.detail,
            "explanation": self.kind.explanation,
            "next": self.kind.next_step,
            "evidence": list(self.evidence),
        }


def order_of(finding: Finding) -> tuple[int, str, str, str, str]:
    """Return the sorting key: by entry, those about no entry first, then by code, path and object."""
    entry = -1 if finding.entry is None else finding.entry
    return entry, finding.code.value, finding.path or "", finding.object or "", finding.detail


@dataclass
class Findings:
    """Collects findings. Of each code the first thousand are kept and the rest is counted, so memory is bounded."""

    items: list[Finding] = field(default_factory=list)
    counted: Counter[Code] = field(default_factory=Counter)

    def add(
        self,
        code: Code,
        detail: str = "",
        *,
        entry: int | None = None,
        object: str | None = None,
        path: str | None = None,
        evidence: tuple[str, ...] = (),
    ) -> None:
        """Take a finding."""
        self.take(Finding(code, detail, entry, object, path, evidence))

    def take(self, finding: Finding) -> None:
        """Take a finding that is made already."""
        self.counted[finding.code] += 1
        if self.counted[finding.code] <= MOST_OF_A_CODE:
            self.items.append(finding)

    def extend(self, findings: Iterable[Finding]) -> None:
        """Take several findings."""
        for finding in findings:
            self.take(finding)

    def __iter__(self) -> Iterator[Finding]:
        return iter(sorted(self.items, key=order_of))

    @property
    def is_clean(self) -> bool:
        """Say whether nothing but notices was found."""
        return not any(finding.counts for finding in self.items)

    @property
    def omitted(self) -> dict[str, int]:
        """How many findings of a code were counted and not kept."""
        return {
            code.value: count - MOST_OF_A_CODE
            for code, count in sorted(self.counted.items(), key=lambda item: item[0].value)
            if count > MOST_OF_A_CODE
        }
