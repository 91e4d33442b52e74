"""Sealing through the real registry: what was altered is named, and what the dates and numbers say is flagged."""

from __future__ import annotations

import base64
import os
import re
from pathlib import Path
from typing import Any

import pytest

from issuer.sealing_folder import SealingFolder
from tests.evidence.conftest import RUNS, Sealer, write_runs
from verifier.errors import RefusedError, UnavailableError
from verifier.evidence.check import EvidenceCheckName as Name
from verifier.evidence.comparison import FileState
from verifier.evidence.manifest import build_manifest
from verifier.evidence.report import EvidenceReport
from verifier.evidence.row import PlanRow
from verifier.evidence.sealing import parse_seal_evidence
from verifier.verdict import Result

HOUR = 3600


def reason(report: EvidenceReport, name: Name) -> tuple[str, str]:
    check = report.check(name)
    assert check is not None
    return check.result.value, check.reason


def planned(sealer: Sealer, data: Path, numbers: range | list[int] = range(1, RUNS + 1), *, wait: int = 2) -> None:
    """Measure these runs an hour after the plan was sealed, and let so many hours go by."""
    sealer.wait(HOUR)
    write_runs(data, numbers, at=sealer.now)
    sealer.wait(wait * HOUR)


def test_a_plan_then_results_in_time_are_unaltered_and_dated_by_witnesses(sealer: Sealer, data: Path) -> None:
    begun = sealer.now
    plan = sealer.plan()
    planned(sealer, data)
    results = sealer.seal("results", data, earlier=tuple(plan.manifests()))
    report = sealer.report(data, *results.manifests())
    assert {check.name for check in report.checks} == set(Name)
    assert [check for check in report.checks if check.result is not Result.PASSED] == []
    assert report.exit_code == 0
    first, second = (version.seal for version in report.versions)
    assert first is not None
    assert second is not None
    assert first.earliest is not None
    assert begun - 10 < first.earliest <= first.latest < begun + HOUR
    assert second.latest - 10 < sealer.now
    assert len(second.witnesses) >= 3
    assert {line.seal for line in report.files} == {second}


def test_exactly_the_three_altered_files_of_five_thousand_are_named(sealer: Sealer, data: Path) -> None:
    for number in range(5000):
        folder = data / f"lot-{number // 500}"
        folder.mkdir(exist_ok=True)
        (folder / f"{number}.csv").write_bytes(b"%d\n" % number)
    results = sealer.seal("results", data, subject="5,000 measurements")
    altered = ["lot-0/17.csv", "lot-4/2400.csv", "lot-9/4999.csv"]
    for name in altered:
        before = (data / name).stat()
        (data / name).write_bytes((data / name).read_bytes().replace(b"\n", b" "))
        os.utime(data / name, ns=(before.st_atime_ns, before.st_mtime_ns))
    report = sealer.report(data, *results.manifests())
    assert list(report.named(FileState.ALTERED)) == altered
    assert len(report.named(FileState.UNALTERED)) == 4997
    assert len(report.files) == 5000
    assert [check.name for check in report.checks if check.result is not Result.PASSED] == [Name.FILES]
    assert report.exit_code == 1


def test_a_missing_an_added_and_a_renamed_file_are_told_apart(sealer: Sealer, data: Path) -> None:
    write_runs(data, range(1, 6), at=sealer.now)
    results = sealer.seal("results", data, subject="five runs")
    (data / "tensile/run-001.csv").unlink()
    (data / "tensile/run-002.csv").rename(data / "tensile/passed.csv")
    (data / "new.txt").write_text("new")
    report = sealer.report(data, *results.manifests())
    lines = {line.result.path: line.result for line in report.files if line.result.state is not FileState.UNALTERED}
    assert {path: line.state.value for path, line in lines.items()} == {
        "new.txt": "added",
        "tensile/passed.csv": "added",
        "tensile/run-001.csv": "missing",
        "tensile/run-002.csv": "missing",
    }
    assert lines["tensile/run-002.csv"].same_as == ("tensile/passed.csv",)
    assert lines["tensile/passed.csv"].same_as == ("tensile/run-002.csv",)
    assert lines["tensile/run-001.csv"].same_as == ()


def test_a_result_sealed_before_its_plan_is_flagged(sealer: Sealer, data: Path) -> None:
    write_runs(data, range(1, 6), at=sealer.now)
    results = sealer.seal("results", data, subject="five runs")
    text = b'subject = "late plan"\n[[items]]\nitem = "runs"\nlabel = "Force"\nmethod = "ISO"\nlast = 5\n'
    plan = sealer.plan(text=text, earlier=())
    assert sealer.report(data, *results.manifests()).exit_code == 0
    assert plan.manifests()[-1].head.object != results.manifests()[-1].head.object
    # The evaluator seals the plan under the same object as the results, so that it looks as if it belonged to them.
    own = results.manifests()[-1]
    late = sealer.out("late plan")
    members = {**plan.manifests()[-1].head.members(), "object": own.head.object}
    _keep_plan(late, members, plan.manifests()[-1].items)
    sealer.submit(late)
    report = sealer.report(data, *late.manifests(), *results.manifests())
    assert reason(report, Name.PLAN) == ("failed", "plan_after_results")
    assert report.exit_code == 1
    assert reason(sealer.report(data, own), Name.PLAN) == ("failed", "plan_after_results")


def test_results_that_name_a_plan_sealed_after_them_are_flagged(sealer: Sealer, data: Path) -> None:
    plan = sealer.plan()
    unsealed = sealer.out("unsealed")
    head = plan.manifests()[-1].head.members()
    _keep_plan(unsealed, {**head, "object": f"{head['object']}x"}, plan.manifests()[-1].items)
    planned(sealer, data)
    results = sealer.make("results", data, earlier=tuple(unsealed.manifests()))
    with pytest.raises(RefusedError, match="not sealed yet"):
        sealer.submit(results)
    # Whoever leaves that check out seals the results first all the same.
    alone = sealer.out("alone")
    alone.keep(results.manifests()[-1], [])
    sealer.submit(alone)
    assert reason(sealer.report(data, *results.manifests()), Name.PLAN) == ("failed", "plan_not_sealed")
    sealer.submit(unsealed)
    report = sealer.report(data, *results.manifests())
    assert reason(report, Name.PLAN) == ("failed", "plan_after_results")
    assert report.exit_code == 1


def test_what_was_measured_before_the_plan_was_sealed_is_flagged(sealer: Sealer, data: Path) -> None:
    write_runs(data, range(1, RUNS + 1), at=sealer.now - HOUR)
    plan = sealer.plan()
    results = sealer.seal("results", data, earlier=tuple(plan.manifests()))
    report = sealer.report(data, *results.manifests())
    assert reason(report, Name.PLAN) == ("failed", "measured_before_plan")
    assert all("measured_before_plan" in line.flags for line in report.files)


def test_a_gap_in_run_numbers_is_refused_and_flagged_where_it_is_sealed_anyway(sealer: Sealer, data: Path) -> None:
    plan = tuple(sealer.plan().manifests())
    planned(sealer, data, [*range(1, 7), *range(9, RUNS + 1)])
    with pytest.raises(RefusedError, match="tensile misses runs 7-8"):
        sealer.make("refused", data, earlier=plan)
    results = sealer.seal("results", data, earlier=plan, with_gaps=True)
    report = sealer.report(data, *results.manifests())
    assert reason(report, Name.RUNS) == ("failed", "runs_gaps")
    assert report.runs[0].gaps == ((7, 8),)
    assert report.exit_code == 1


def test_runs_that_are_left_out_at_the_end_or_repeated_beyond_the_plan_are_flagged(sealer: Sealer, data: Path) -> None:
    plan = tuple(sealer.plan().manifests())
    planned(sealer, data, range(1, RUNS - 1))
    short = sealer.seal("short", data, earlier=plan)
    report = sealer.report(data, *short.manifests())
    assert reason(report, Name.RUNS) == ("failed", "runs_absent")
    assert report.runs[0].absent == ((RUNS - 1, RUNS),)
    write_runs(data, [*range(RUNS - 1, RUNS + 3)], at=sealer.now)
    longer = sealer.seal("longer", data, earlier=tuple(short.manifests()), with_gaps=True)
    report = sealer.report(data, *longer.manifests())
    assert reason(report, Name.RUNS) == ("failed", "runs_unplanned")
    assert report.runs[0].unplanned == ((RUNS + 1, RUNS + 2),)


def test_a_late_seal_is_flagged_for_the_files_that_are_late(sealer: Sealer, data: Path) -> None:
    plan = tuple(sealer.plan().manifests())
    planned(sealer, data, range(1, 6), wait=30)
    write_runs(data, range(6, RUNS + 1), at=sealer.now - HOUR)
    results = sealer.seal("results", data, earlier=plan)
    report = sealer.report(data, *results.manifests())
    assert reason(report, Name.LATE) == ("failed", "late")
    late = [line.result.path for line in report.files if "late" in line.flags]
    assert late == [f"tensile/run-{number:03}.csv" for number in range(1, 6)]
    assert len(report.named(FileState.UNALTERED)) == RUNS
    assert report.exit_code == 1


def test_a_measurement_dated_after_its_seal_is_flagged(sealer: Sealer, data: Path) -> None:
    plan = tuple(sealer.plan().manifests())
    sealer.wait(HOUR)
    write_runs(data, range(1, RUNS + 1), at=sealer.now + HOUR)
    results = sealer.seal("results", data, earlier=plan)
    assert reason(sealer.report(data, *results.manifests()), Name.LATE) == ("failed", "measured_after_sealing")


def test_a_correction_is_a_new_version_and_the_first_one_stays(sealer: Sealer, data: Path) -> None:
    plan = sealer.plan()
    planned(sealer, data)
    results = sealer.seal("results", data, earlier=tuple(plan.manifests()))
    (data / "tensile/run-003.csv").write_text("run,3\nforce,4999\n")
    assert sealer.report(data, *results.manifests()).named(FileState.ALTERED) == ("tensile/run-003.csv",)
    with pytest.raises(RefusedError, match="1 sealed files changed"):
        sealer.make("silent", data, earlier=tuple(results.manifests()))
    sealer.wait(200 * HOUR)
    fixed = sealer.seal("fixed", data, earlier=tuple(results.manifests()), reason="sensor 3 was calibrated wrongly")
    report = sealer.report(data, *fixed.manifests())
    assert report.exit_code == 0
    assert [version.manifest.head.kind for version in report.versions] == ["plan", "results", "correction"]
    assert report.versions[2].manifest.head.corrects == report.versions[1].manifest.sha256
    assert [(one.path, one.kind) for one in report.changes] == [("tensile/run-003.csv", "changed")]
    seals = {line.result.path: line.seal for line in report.files}
    assert seals["tensile/run-003.csv"] == report.versions[2].seal
    assert seals["tensile/run-004.csv"] == report.versions[1].seal


def test_whoever_shows_only_the_first_version_hides_no_correction(sealer: Sealer, data: Path) -> None:
    write_runs(data, range(1, 6), at=sealer.now)
    results = sealer.seal("results", data, subject="five runs")
    before = sealer.evidence(results.manifests()[-1].head.object)
    (data / "tensile/run-003.csv").write_text("corrected")
    sealer.seal("fixed", data, earlier=tuple(results.manifests()), reason="typing error")
    (data / "tensile/run-003.csv").write_text("run,3\nforce,4003\n")
    report = sealer.report(data, *results.manifests())
    assert reason(report, Name.VERSIONS) == ("unknown", "version_missing")
    assert report.exit_code == 2
    # Old evidence says until when it speaks; it cannot deny what came later.
    old = sealer.report(data, *results.manifests(), evidence=before)
    assert old.exit_code == 0
    assert old.as_of is not None
    assert old.as_of < sealer.now


def test_a_run_that_first_appears_in_a_correction_is_flagged(sealer: Sealer, data: Path) -> None:
    plan = tuple(sealer.plan().manifests())
    planned(sealer, data, [*range(1, 7), *range(8, RUNS + 1)])
    results = sealer.seal("results", data, earlier=plan, with_gaps=True)
    write_runs(data, [7], at=sealer.now)
    fixed = sealer.seal("fixed", data, earlier=tuple(results.manifests()), reason="run 7 was forgotten")
    report = sealer.report(data, *fixed.manifests())
    assert reason(report, Name.RUNS) == ("failed", "run_by_correction")


def test_results_may_grow_day_by_day_under_one_plan(sealer: Sealer, data: Path) -> None:
    earlier = tuple(sealer.plan().manifests())
    for day in range(4):
        planned(sealer, data, range(day * 5 + 1, day * 5 + 6), wait=20)
        earlier = tuple(sealer.seal(f"day {day}", data, earlier=earlier).manifests())
    report = sealer.report(data, *earlier)
    assert report.exit_code == 0
    assert [line.seal.index for line in report.files if line.seal][::5] == [
        version.seal.index for version in report.versions[1:] if version.seal
    ]


def test_without_the_log_the_sealing_time_could_not_be_confirmed(sealer: Sealer, data: Path) -> None:
    write_runs(data, range(1, 6), at=sealer.now)
    results = sealer.seal("results", data, subject="five runs")
    report = sealer.report(data, *results.manifests(), offline=True)
    assert reason(report, Name.SEALED) == ("unknown", "no_log")
    assert report.exit_code == 2
    (data / "tensile/run-001.csv").write_text("altered")
    assert sealer.report(data, *results.manifests(), offline=True).exit_code == 1


def test_the_bundle_beside_a_seal_answers_as_the_registry_does(sealer: Sealer, data: Path) -> None:
    plan = sealer.plan()
    planned(sealer, data)
    results = sealer.seal("results", data, earlier=tuple(plan.manifests()))
    kept = results.read("bundle.json")
    assert kept is not None
    evidence = parse_seal_evidence(kept)
    assert evidence.serialize() == kept
    report = sealer.report(data, *results.manifests(), evidence=evidence)
    assert report.exit_code == 0
    assert report.versions[0].seal == sealer.report(data, *results.manifests()).versions[0].seal


def test_the_registry_and_the_log_learn_no_name_no_salt_and_no_content(sealer: Sealer, data: Path) -> None:
    write_runs(data, range(1, 6), at=sealer.now)
    results = sealer.seal("results", data, subject="secret lot", terms=None)
    row = results.manifests()[-1].files[0]
    told = b"".join(path.read_bytes() for path in sealer.world.public.rglob("*") if path.is_file())
    payloads = re.findall(rb"eyJ[A-Za-z0-9_-]+\.([A-Za-z0-9_-]+)\.", told)
    told += b"".join(base64.urlsafe_b64decode(one + b"=" * (-len(one) % 4)) for one in payloads)
    assert results.manifests()[-1].sha256.encode() in told
    for secret in ("run-00", "tensile", "secret lot", row.salt, row.sha256):
        assert secret.encode() not in told


def test_an_unknown_outcome_is_asked_for_again_with_the_same_bytes(
    sealer: Sealer, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_runs(data, range(1, 6), at=sealer.now)
    results = sealer.make("results", data, subject="five runs")
    send = sealer.desk.registry.send

    def lost(statement: str, **companions: str) -> None:
        send(statement, **companions)
        raise UnavailableError("the connection broke")

    with monkeypatch.context() as broken:
        broken.setattr(sealer.desk.registry, "send", lost)
        with pytest.raises(UnavailableError):
            sealer.submit(results)
    signed = results.read("statement.jwt")
    sealed = sealer.submit(results)
    assert results.read("statement.jwt") == signed
    assert sealer.submit(results) == sealed
    assert len(sealer.report(data, *results.manifests()).versions) == 1


def test_a_statement_that_grew_too_old_unsent_is_signed_anew(
    sealer: Sealer, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_runs(data, range(1, 6), at=sealer.now)
    results = sealer.make("results", data, subject="five runs")

    def unreachable(statement: str, **companions: str) -> None:
        raise UnavailableError("no connection")

    with monkeypatch.context() as broken:
        broken.setattr(sealer.desk.registry, "send", unreachable)
        with pytest.raises(UnavailableError):
            sealer.submit(results)
    signed = results.read("statement.jwt")
    sealer.wait(30 * HOUR)
    sealer.submit(results)
    assert results.read("refused.jwt") == signed
    assert results.read("statement.jwt") != signed
    assert sealer.report(data, *results.manifests()).exit_code == 0


def _keep_plan(folder: SealingFolder, members: dict[str, Any], items: tuple[PlanRow, ...]) -> None:
    folder.folder.mkdir(parents=True)
    folder.keep(build_manifest(members, items), [])
