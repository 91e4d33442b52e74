"""The report on sealed evidence as people read it in a terminal, in Japanese or English; texts are in the catalogues.

Names of files come from others: they are shown without what steers terminals. Files about which there is nothing to
tell are counted, not listed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from verifier.edge.i18n import plain, translator
from verifier.evidence.check import EvidenceCheckName
from verifier.evidence.comparison import FileState
from verifier.verdict import Result

if TYPE_CHECKING:
    from verifier.edge.i18n import Translator
    from verifier.evidence.check import EvidenceCheck
    from verifier.evidence.report import EvidenceReport, FileLine, Version
    from verifier.evidence.sealing import Seal

_SIGNS = {Result.PASSED: "✓", Result.FAILED: "✗", Result.UNKNOWN: "?"}
_ANSWERS = {0: "evidence.answer.unaltered", 1: "evidence.answer.flagged", 2: "evidence.answer.open"}
_STATES = {
    FileState.UNALTERED: "evidence.state.unaltered",
    FileState.ALTERED: "evidence.state.altered",
    FileState.MISSING: "evidence.state.missing",
    FileState.ADDED: "evidence.state.added",
    FileState.UNREAD: "evidence.state.unread",
}
_KINDS = {"plan": "evidence.kind.plan", "results": "evidence.kind.results", "correction": "evidence.kind.correction"}
_CHECKS = {
    EvidenceCheckName.LOG: "evidence.check.log",
    EvidenceCheckName.SIGNER: "evidence.check.signer",
    EvidenceCheckName.SEALED: "evidence.check.sealed",
    EvidenceCheckName.PRESENT: "evidence.check.present",
    EvidenceCheckName.VERSIONS: "evidence.check.versions",
    EvidenceCheckName.PLAN: "evidence.check.plan",
    EvidenceCheckName.RUNS: "evidence.check.runs",
    EvidenceCheckName.LATE: "evidence.check.late",
    EvidenceCheckName.FILES: "evidence.check.files",
}
REASONS = {
    "ok": "evidence.reason.ok",
    "log": "evidence.reason.log",
    "signer": "evidence.reason.signer",
    "hidden": "evidence.reason.hidden",
    "no_log": "evidence.reason.no_log",
    "not_sealed": "evidence.reason.not_sealed",
    "sealed_as_other": "evidence.reason.sealed_as_other",
    "version_missing": "evidence.reason.version_missing",
    "corrects_another": "evidence.reason.corrects_another",
    "changed_without_correction": "evidence.reason.changed_without_correction",
    "plan_not_named": "evidence.reason.plan_not_named",
    "plan_changed": "evidence.reason.plan_changed",
    "plan_not_sealed": "evidence.reason.plan_not_sealed",
    "plan_after_results": "evidence.reason.plan_after_results",
    "measured_before_plan": "evidence.reason.measured_before_plan",
    "plan_open": "evidence.reason.plan_open",
    "plan_missing": "evidence.reason.plan_missing",
    "runs_gaps": "evidence.reason.runs_gaps",
    "runs_absent": "evidence.reason.runs_absent",
    "runs_unplanned": "evidence.reason.runs_unplanned",
    "run_by_correction": "evidence.reason.run_by_correction",
    "late": "evidence.reason.late",
    "late_open": "evidence.reason.late_open",
    "measured_after_sealing": "evidence.reason.measured_after_sealing",
    "altered": "evidence.reason.altered",
    "missing": "evidence.reason.missing",
    "added": "evidence.reason.added",
    "unread": "evidence.reason.unread",
}
"""Every reason that a check on evidence gives, with the id of its text."""

FLAGS = {
    "late": "evidence.flag.late",
    "late_open": "evidence.flag.late_open",
    "measured_after_sealing": "evidence.flag.measured_after_sealing",
    "measured_before_plan": "evidence.flag.measured_before_plan",
    "plan_open": "evidence.flag.plan_open",
    "corrected": "evidence.flag.corrected",
    "run_by_correction": "evidence.flag.run_by_correction",
}
NOTES = {
    "terms_ended": "evidence.note.terms_ended",
    "part": "evidence.note.part",
    "no_plan": "evidence.note.no_plan",
    "corrected": "evidence.note.corrected",
    "grown": "evidence.note.grown",
}
_PROBLEMS = {
    "link": "evidence.problem.link",
    "special": "evidence.problem.special",
    "name": "evidence.problem.name",
    "clash": "evidence.problem.clash",
    "unread": "evidence.problem.unread",
}
_CHANGES = {
    "changed": "evidence.change.changed",
    "added": "evidence.change.added",
    "removed": "evidence.change.removed",
}


def report_lines(report: EvidenceReport, lang: str, *, zone: str) -> Iterator[str]:
    """Yield the report: answer, what it is about, versions with their times, files to be told of, checks, limits.

    Raises WrongUseError for a language that there is no catalogue of.
    """
    t = translator(lang)
    head = report.current.manifest.head
    yield f"{_SIGNS[_result(report.exit_code)]} {t.gettext(_ANSWERS[report.exit_code])}"
    yield f"{plain(head.subject)}  {head.object}"
    for note in report.notes:
        yield t.gettext(NOTES[note])
    for version in report.versions:
        yield from _version_lines(version, t, zone)
    yield from _terms_lines(report, t, zone)
    yield t.gettext("evidence.files")
    for state, message in _STATES.items():
        count = len(report.named(state))
        if count:
            yield f"  {t.gettext(message)}: {count}"
    for line in report.files:
        if not line.is_clean:
            yield from _file_lines(line, t, zone)
    for change in report.changes:
        yield f"  {plain(change.path)}: {t.gettext(_CHANGES[change.kind])}"
    yield t.gettext("evidence.checks")
    for check in report.checks:
        yield from _check_lines(check, t)
    if report.as_of is not None:
        yield t.gettext("evidence.as_of", moment=str(t.moment(report.as_of, zone)))
    yield t.gettext("evidence.limit")


def _version_lines(version: Version, t: Translator, zone: str) -> Iterator[str]:
    head = version.manifest.head
    yield f"{t.gettext(_KINDS[head.kind])}  sha256 {version.manifest.sha256}"
    if head.reason:
        yield f"  {t.gettext('evidence.why')} {plain(head.reason)}"
    yield f"  {_sealed(version.seal, t, zone)}"


def _sealed(seal: Seal | None, t: Translator, zone: str) -> str:
    if seal is None:
        return t.gettext("evidence.time.unknown")
    latest = str(t.moment(seal.latest, zone))
    if seal.earliest is None:
        told = t.gettext("evidence.time.latest", latest=latest, index=seal.index)
    else:
        earliest = str(t.moment(seal.earliest, zone))
        told = t.gettext("evidence.time.between", earliest=earliest, latest=latest, index=seal.index)
    return f"{told} {t.gettext('evidence.time.by', body=seal.by, witnesses=', '.join(seal.witnesses))}"


def _terms_lines(report: EvidenceReport, t: Translator, zone: str) -> Iterator[str]:
    terms = report.current.manifest.head.terms
    if terms is None:
        yield t.gettext("evidence.terms.none")
        return
    yield t.gettext("evidence.terms.title")
    for line in terms.text.splitlines():
        yield f"  {plain(line)}"
    if terms.until is not None:
        yield f"  {t.last_day(terms.until, zone)}"


def _file_lines(line: FileLine, t: Translator, zone: str) -> Iterator[str]:
    result = line.result
    told = [t.gettext(_STATES[result.state]), *(t.gettext(FLAGS[flag]) for flag in line.flags)]
    if result.now and result.now.problem:
        told.append(t.gettext(_PROBLEMS[result.now.problem]))
    yield f"  {plain(result.path)}: {t.gettext('evidence.and').join(told)}"
    for twin in result.same_as:
        yield f"    {t.gettext('evidence.same', path=plain(twin))}"
    if line.flags and result.row and result.row.measured_at is not None:
        yield f"    {t.gettext('evidence.measured', moment=str(t.moment(result.row.measured_at, zone)))}"


def _check_lines(check: EvidenceCheck, t: Translator) -> Iterator[str]:
    yield f"  {_SIGNS[check.result]} {t.gettext(_CHECKS[check.name])}: {t.gettext(REASONS[check.reason])}"
    if check.detail and check.name is not EvidenceCheckName.FILES:
        yield f"      {plain(check.detail)}"


def _result(exit_code: int) -> Result:
    return {0: Result.PASSED, 1: Result.FAILED}.get(exit_code, Result.UNKNOWN)
