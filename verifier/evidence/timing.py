"""What the dates say: the plan before its results, results soon after measuring.

The log dates a seal between two instants, see sealing.py. A file is late when even the earlier one lies beyond the
limit, and in time when the later one does not; in between the answer is open. When something was measured is the
evaluator's word: a seal cannot show that what was measured before it was true.
"""

from __future__ import annotations

from collections.abc import Mapping

from verifier.envelope import CLOCK_SKEW
from verifier.evidence.check import EvidenceCheck, EvidenceCheckName, failed, passed, unknown
from verifier.evidence.report import Version
from verifier.evidence.row import FileRow
from verifier.evidence.sealing import Seal, Sealing
from verifier.evidence.versions import of_files

SHOWN = 5


def planned_seal(files: tuple[Version, ...], sealing: Sealing | None) -> Seal | None:
    """Return the seal of the plan that the first results name, None when there is none."""
    named = files[0].manifest.head.plan
    return sealing.seal(named) if sealing and named else None


def file_flags(row: FileRow, seal: Seal | None, *, plan: Seal | None, limit: int | None) -> tuple[str, ...]:
    """Return what the dates of one file say against it; ``limit`` in seconds, None for none."""
    measured = row.measured_at
    if measured is None or seal is None:
        return ()
    flags = []
    if measured > seal.latest + CLOCK_SKEW:
        flags.append("measured_after_sealing")
    if limit is not None and seal.latest - measured > limit:
        is_late = seal.earliest is not None and seal.earliest - measured > limit
        flags.append("late" if is_late else "late_open")
    if plan is not None and measured < plan.latest:
        is_before = plan.earliest is not None and measured < plan.earliest
        flags.append("measured_before_plan" if is_before else "plan_open")
    return tuple(flags)


def late_limit(versions: tuple[Version, ...]) -> int | None:
    """Return the limit from measuring to sealing, in seconds: the strictest that a manifest at hand names."""
    limits = [one.manifest.head.late_after for one in versions if one.manifest.head.late_after is not None]
    return min(limits, default=None)


def check_late(flags: Mapping[str, tuple[str, ...]], *, is_sealed: bool) -> EvidenceCheck:
    """Check that every file was sealed soon enough after it was measured."""
    name = EvidenceCheckName.LATE
    for reason in ("measured_after_sealing", "late"):
        found = _flagged(flags, reason)
        if found:
            return failed(name, reason, _names(found))
    if not is_sealed:
        return unknown(name, "no_log", "without the time of sealing nobody can say what was late")
    left = _flagged(flags, "late_open")
    return unknown(name, "late_open", _names(left)) if left else passed(name)


def check_plan(
    versions: tuple[Version, ...], sealing: Sealing | None, flags: Mapping[str, tuple[str, ...]]
) -> EvidenceCheck | None:
    """Check that a plan was sealed before the results and before anything was measured; None where there is no plan."""
    name, files = EvidenceCheckName.PLAN, of_files(versions)
    named = files[0].manifest.head.plan
    if named is None:
        return _check_unplanned(versions, files[0].seal, sealing)
    if any(one.manifest.head.plan != named for one in files):
        return failed(name, "plan_changed", "a later version names another plan than the first one")
    plan, first = planned_seal(files, sealing), files[0].seal
    if sealing is None or first is None:
        return unknown(name, "no_log", "without the log nobody can say whether the plan came first")
    if plan is None:
        return failed(name, "plan_not_sealed", f"the log does not seal the plan {named}")
    if plan.index > first.index:
        return failed(name, "plan_after_results", f"the plan is entry {plan.index}, the results are {first.index}")
    early = _flagged(flags, "measured_before_plan")
    if early:
        return failed(name, "measured_before_plan", _names(early))
    left = _flagged(flags, "plan_open")
    return unknown(name, "plan_open", _names(left)) if left else passed(name)


def _check_unplanned(
    versions: tuple[Version, ...], first: Seal | None, sealing: Sealing | None
) -> EvidenceCheck | None:
    """Results that name no plan: there must be none, neither before them nor after."""
    sealed = [one for one in (sealing.seals if sealing else ()) if one.kind == "plan"]
    if sealed and first is not None and all(one.index > first.index for one in sealed):
        told = f"the results are entry {first.index}, the plan is entry {sealed[0].index}"
        return failed(EvidenceCheckName.PLAN, "plan_after_results", told)
    if sealed or any(one.manifest.head.kind == "plan" for one in versions):
        return failed(EvidenceCheckName.PLAN, "plan_not_named", "the results name no plan, but there is one")
    return None


def _flagged(flags: Mapping[str, tuple[str, ...]], flag: str) -> list[str]:
    return [path for path, told in sorted(flags.items()) if flag in told]


def _names(paths: list[str]) -> str:
    more = f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else ""
    return ", ".join(paths[:SHOWN]) + more
