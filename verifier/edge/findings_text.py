"""Findings and reports as people read them in a terminal. Everything but the layout comes from the findings."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from verifier.audit.kinds import Severity
from verifier.dates import utc_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.audit.finding import Finding
    from verifier.audit.report import Report


def finding_lines(finding: Finding) -> Iterator[str]:
    """Yield the lines about one finding."""
    where = [f"entry {finding.entry}"] if finding.entry is not None else []
    where += [part for part in (finding.path, finding.object) if part]
    yield f"{finding.severity.value}: {finding.code.value} [{finding.kind.rule}] {' '.join(where)}".rstrip()
    detail = f" ({finding.detail})" if finding.detail else ""
    yield f"    {finding.kind.explanation}{detail}"
    yield f"    What to do: {finding.kind.next_step}"


def report_lines(report: Report) -> Iterator[str]:
    """Yield the lines of a report, the findings first and the outcome last."""
    for finding in report.findings:
        yield from finding_lines(finding)
    for code, count in report.findings.omitted.items():
        yield f"... and {count} more of {code}"
    members = report.members()
    yield from (f"not made: {text}" for text in members["not_made"])
    counts = report.counts
    yield (
        f"{counts.entries} entries read, {counts.checkpoints} checkpoints judged, "
        f"{counts.directories} directories computed again"
    )
    if report.head is not None and report.head.time is not None:
        yield f"as of {utc_text(report.head.time)}, {report.head.size} entries"
    found = Counter(one.severity for one in report.findings)
    yield ", ".join(f"{found[severity]} {severity.value}s" for severity in Severity)
    yield f"report sha256 {report.digest}"
