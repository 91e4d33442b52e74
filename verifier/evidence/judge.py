"""The judge of sealed evidence: a folder, its manifests and the log's word in, one report out. Pure.

Every check is made whatever others found. Without the log the files can still be compared with the manifest, but a
manifest that nobody sealed proves nothing, so the answer is then at most "could not confirm".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from verifier.evidence.check import EvidenceCheck, EvidenceCheckName, failed, passed, unknown
from verifier.evidence.comparison import FileResult, FileState, Present, compare
from verifier.evidence.manifest import Manifest
from verifier.evidence.report import EvidenceReport, FileLine, Version
from verifier.evidence.row import PlanRow
from verifier.evidence.runs import RunFinding, judge_runs, ranges_text
from verifier.evidence.sealing import Seal, Sealing
from verifier.evidence.timing import check_late, check_plan, file_flags, late_limit, planned_seal
from verifier.evidence.versions import changes, check_sealed, check_versions, first_seen, of_files, ordered_versions

_FAULTS = (FileState.ALTERED, FileState.MISSING, FileState.ADDED)


def judge_evidence(
    manifests: Sequence[Manifest], present: Iterable[Present], sealing: Sealing | None, *, now: int
) -> EvidenceReport:
    """Return the report on a folder; ``sealing`` is what the log says, None where it was not asked.

    ``now`` is in UTC seconds. Raises WrongUseError when no manifest is about files, StatementError when they are not
    about the same evidence.
    """
    versions = ordered_versions(manifests, sealing)
    files = of_files(versions)
    current = files[-1]
    results = compare(current.manifest.files, present, is_part=current.manifest.is_part)
    lines = _lines(results, versions, sealing)
    flags = {line.result.path: line.flags for line in lines if line.flags}
    runs, run_check = _runs(versions, files, lines)
    is_sealed = all(version.seal is not None for version in files)
    checks = [
        *(sealing.checks if sealing else (unknown(EvidenceCheckName.LOG, "no_log", "the log was not asked"),)),
        check_sealed(versions, sealing),
        check_versions(versions, sealing),
        check_plan(versions, sealing, flags),
        run_check,
        check_late(flags, is_sealed=is_sealed) if _has_limit(versions, files) else None,
        _files_check(results),
    ]
    order = list(EvidenceCheckName)
    return EvidenceReport(
        versions=versions,
        current=current,
        checks=tuple(sorted((one for one in checks if one), key=lambda check: order.index(check.name))),
        files=lines,
        runs=runs,
        changes=tuple(changes(files)),
        notes=tuple(_notes(current, files, now)),
        as_of=sealing.as_of if sealing else None,
    )


def _lines(
    results: tuple[FileResult, ...], versions: tuple[Version, ...], sealing: Sealing | None
) -> tuple[FileLine, ...]:
    files = of_files(versions)
    seen, limit = first_seen(versions), late_limit(versions)
    seals = _seals(files)
    plan = planned_seal(files, sealing)
    lines = []
    for result in results:
        row = result.row
        if row is None:
            lines.append(FileLine(result))
            continue
        first, version = seen[row.path]
        flags = [*file_flags(first, version.seal, plan=plan, limit=limit)]
        if first.sha256 != row.sha256:
            flags.append("corrected")
        if row.run is not None and version.manifest.head.kind == "correction":
            flags.append("run_by_correction")
        lines.append(FileLine(result, tuple(flags), seals[row.path, row.sha256]))
    return tuple(lines)


def _seals(files: tuple[Version, ...]) -> dict[tuple[str, str], Seal | None]:
    """Return the seal of the first version that holds a content under a name."""
    found: dict[tuple[str, str], Seal | None] = {}
    for version in files:
        for row in version.manifest.files:
            found.setdefault((row.path, row.sha256), version.seal)
    return found


def _runs(
    versions: tuple[Version, ...], files: tuple[Version, ...], lines: tuple[FileLine, ...]
) -> tuple[tuple[RunFinding, ...], EvidenceCheck | None]:
    name, current = EvidenceCheckName.RUNS, files[-1].manifest
    items = _items(versions, current.head.plan)
    if current.is_part or not (items or any(row.run is not None for row in current.files)):
        return (), None
    findings = judge_runs(current.files, items)
    reason = _worst(findings)
    if reason:
        return findings, failed(name, reason, _told(findings))
    late = [line.result.path for line in lines if "run_by_correction" in line.flags]
    if late:
        return findings, failed(name, "run_by_correction", ", ".join(late[:5]))
    if current.head.plan is not None and not items:
        return findings, unknown(name, "plan_missing", "the manifest of the plan is not at hand")
    return findings, passed(name)


def _items(versions: tuple[Version, ...], plan: str | None) -> tuple[PlanRow, ...]:
    for version in versions:
        if version.manifest.sha256 == plan and not version.manifest.is_part:
            return version.manifest.items
    return ()


def _worst(findings: tuple[RunFinding, ...]) -> str:
    for reason in ("gaps", "absent", "unplanned"):
        if any(getattr(one, reason) for one in findings):
            return f"runs_{reason}"
    return ""


def _told(findings: tuple[RunFinding, ...]) -> str:
    parts = []
    for one in findings:
        told = (("missing", one.gaps), ("not sealed", one.absent), ("not planned", one.unplanned))
        parts += [f"{one.item}: {word} {ranges_text(ranges)}" for word, ranges in told if ranges]
    return "; ".join(parts)


def _has_limit(versions: tuple[Version, ...], files: tuple[Version, ...]) -> bool:
    measured = any(row.measured_at is not None for version in files for row in version.manifest.files)
    return measured and late_limit(versions) is not None


def _files_check(results: tuple[FileResult, ...]) -> EvidenceCheck:
    name = EvidenceCheckName.FILES
    for state in _FAULTS:
        found = [one.path for one in results if one.state is state]
        if found:
            return failed(name, state.value, f"{len(found)}")
    unread = [one.path for one in results if one.state is FileState.UNREAD]
    return unknown(name, "unread", f"{len(unread)}") if unread else passed(name)


def _notes(current: Version, files: tuple[Version, ...], now: int) -> Iterable[str]:
    head = current.manifest.head
    if head.terms and head.terms.until is not None and now >= head.terms.until:
        yield "terms_ended"
    if current.manifest.is_part:
        yield "part"
    if files[0].manifest.head.plan is None:
        yield "no_plan"
    if len(files) > 1:
        yield "corrected" if head.kind == "correction" else "grown"
