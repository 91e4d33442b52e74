"""Evidence about seals that somebody forged, cut or took from elsewhere confirms nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from registry.scenario.simulated_log import HOST
from registry.scenario.simulator import CRITERIA, SCHEME, TIERS, VERSION, RegistrySimulator
from tests.evidence.conftest import Sealer, write_runs
from verifier.errors import MarkError
from verifier.evidence.check import EvidenceCheckName as Name
from verifier.evidence.comparison import Present
from verifier.evidence.gathering import gather_seals
from verifier.evidence.judge import judge_evidence
from verifier.evidence.manifest import Manifest, build_manifest, parse_manifest
from verifier.evidence.report import EvidenceReport
from verifier.evidence.row import FileRow
from verifier.evidence.sealing import SealEvidence, SealProof, judge_seals, parse_seal_evidence
from verifier.names import evidence_uri, key_uri, log_origin, scheme_uri
from verifier.signer import SoftwareSigner
from verifier.statement import Draft
from verifier.verdict import Result

LABEL = "lot7"
OBJECT = evidence_uri(HOST, LABEL)


@pytest.fixture(scope="module")
def honest() -> tuple[RegistrySimulator, Any]:
    """A registry with one accredited body, whose keys are listed."""
    sim = RegistrySimulator("seals")

    public = {"scheme": SCHEME, "version": VERSION, "sha256": CRITERIA, "tiers": TIERS}
    sim.say("scheme.published", scheme_uri(HOST, SCHEME, VERSION), public)
    body = sim.accredit(1001)
    sim.add_key(body, "decider", "h-1", no=1)
    sim.add_key(body, "assessor", "h-2", no=2)
    sim.publish()
    return sim, body


def manifest(sim: RegistrySimulator, subject: str = "Lot 7", **head: Any) -> Manifest:
    members = {"log": log_origin(HOST), "object": OBJECT, "kind": "results", "by": f"https://{HOST}/e/1001"}
    row = FileRow(path="1.csv", sha256="A" * 43, size=1, salt="A" * 22)
    return build_manifest({**members, "made_at": sim.now, "subject": subject, **head}, [row])


def seal(sim: RegistrySimulator, body: Any, one: Manifest, *, role: str = "decider", **options: Any) -> int:
    public = {"manifest_sha256": one.sha256, "kind": options.pop("kind", one.head.kind)}
    draft = Draft(log_origin(HOST), "evidence.sealed", OBJECT, public)
    index = sim.speak(draft, options.pop("signer", body.keys[role]), iss=body.uri, **options)
    sim.publish()
    return index


def report(sim: RegistrySimulator, one: Manifest, evidence: SealEvidence | None = None) -> EvidenceReport:

    sealing = judge_seals(evidence or gather_seals(sim, OBJECT), OBJECT, root=sim.root, now=sim.now)
    return judge_evidence([one], [Present("1.csv", "A" * 43)], sealing, now=sim.now)


def failing(told: EvidenceReport) -> dict[str, tuple[str, str]]:
    return {check.name.value: (check.result.value, check.reason)
            for check in told.checks if check.result is not Result.PASSED}  # fmt: skip


def test_an_honest_seal_is_confirmed(honest: tuple[RegistrySimulator, Any]) -> None:
    sim, body = honest[0].fork(), honest[1]
    one = manifest(sim)
    seal(sim, body, one)
    sim.publish_directory()
    assert failing(report(sim, one)) == {}


@pytest.mark.parametrize("role", ["assessor", "stranger", "operator"])
def test_a_registry_cannot_seal_in_a_bodys_name(honest: tuple[RegistrySimulator, Any], role: str) -> None:
    sim, body = honest[0].fork(), honest[1]
    one = manifest(sim)

    signer = {
        "assessor": body.keys["assessor"],
        "stranger": SoftwareSigner.generate(sim.entropy),
        "operator": sim.ceremony.keys.operators[0],
    }[role]
    seal(sim, body, one, signer=signer, judged=False)
    sim.publish_directory()
    told = report(sim, one)
    assert told.exit_code in (1, 2)
    assert failing(told)["signer"][0] in ("failed", "unknown")
    assert failing(told)["sealed"] == ("unknown", "no_log")


def test_the_log_does_not_seal_what_it_never_saw(honest: tuple[RegistrySimulator, Any]) -> None:
    sim, body = honest[0].fork(), honest[1]
    sim.publish_directory()
    one = manifest(sim)
    sim.now += 10
    sim.publish()
    sim.publish_directory()
    sim.publish()
    sim.publish_directory()
    assert failing(report(sim, one))["sealed"] == ("failed", "not_sealed")
    seal(sim, body, manifest(sim, "Lot 8"))
    sim.publish_directory()
    sim.publish_directory()
    told = failing(report(sim, one))
    assert told["sealed"] == ("failed", "not_sealed")
    assert told["versions"] == ("unknown", "version_missing")


def test_a_directory_that_is_older_than_the_manifest_denies_nothing(honest: tuple[RegistrySimulator, Any]) -> None:
    sim = honest[0].fork()
    sim.publish_directory()
    sim.now += 3600
    assert failing(report(sim, manifest(sim)))["sealed"] == ("unknown", "not_sealed")


def test_results_that_were_sealed_as_a_plan_are_told(honest: tuple[RegistrySimulator, Any]) -> None:
    sim, body = honest[0].fork(), honest[1]
    one = manifest(sim)
    seal(sim, body, one, kind="plan")
    sim.publish_directory()
    assert failing(report(sim, one))["sealed"] == ("failed", "sealed_as_other")


def _revoke(sim: RegistrySimulator, kid: str, cutoff: int) -> None:
    sim.say("key.revoked", key_uri(HOST, kid), {"cutoff_index": cutoff, "reason": "compromised"})
    sim.publish()
    sim.publish_directory()


def test_a_seal_under_a_key_that_was_cut_off_before_it_does_not_count(honest: tuple[RegistrySimulator, Any]) -> None:
    sim, body = honest[0].fork(), honest[1]
    one = manifest(sim)
    index = seal(sim, body, one)
    _revoke(sim, body.keys["decider"].kid, index)
    sim.publish_directory()
    assert failing(report(sim, one)) == {
        "sealed": ("failed", "not_sealed"),
    }


def test_a_thiefs_seal_does_not_spoil_the_honest_one_before_it(honest: tuple[RegistrySimulator, Any]) -> None:
    sim, body = honest[0].fork(), honest[1]
    one, forged = manifest(sim), manifest(sim, "forged")
    seal(sim, body, one)
    index = seal(sim, body, forged)
    sim.publish_directory()
    assert failing(report(sim, one)) == {"versions": ("unknown", "version_missing")}
    _revoke(sim, body.keys["decider"].kid, index)
    sim.publish_directory()
    assert failing(report(sim, one)) == {}
    assert failing(report(sim, forged))["sealed"] == ("failed", "not_sealed")


def test_a_proof_of_another_log_dates_nothing(honest: tuple[RegistrySimulator, Any]) -> None:
    sim, body = honest[0].fork(), honest[1]
    one = manifest(sim)
    seal(sim, body, one)
    sim.now += 100_000
    sim.publish_directory()
    evidence = gather_seals(sim, OBJECT)
    (first,) = judge_seals(evidence, OBJECT, root=sim.root, now=sim.now).seals
    (proof,) = evidence.proofs
    other = RegistrySimulator("other")
    strange = [
        replace(evidence, proofs=()),
        replace(evidence, proofs=(SealProof(b"junk"),)),
        replace(evidence, proofs=(replace(proof, proof=_renamed(proof.proof, other)),)),
    ]
    for told in strange:
        (late,) = judge_seals(told, OBJECT, root=sim.root, now=sim.now).seals
        assert late.latest > first.latest + 99_000
    moved = replace(evidence, proofs=(replace(proof, anchor=other.files["log/checkpoint"]),))
    (undated,) = judge_seals(moved, OBJECT, root=sim.root, now=sim.now).seals
    assert (undated.earliest, undated.latest) == (None, first.latest)


def _renamed(proof: bytes, other: RegistrySimulator) -> bytes:
    """Put the checkpoint of another log under a proof."""
    head, _, _ = proof.partition(b"\n\n")
    return head + b"\n\n" + other.files["log/checkpoint"]


@pytest.mark.parametrize("part", ["latest", "directory", "statements", "trust_roots"])
def test_evidence_from_which_a_part_was_cut_confirms_nothing(honest: tuple[RegistrySimulator, Any], part: str) -> None:
    sim, body = honest[0].fork(), honest[1]
    one = manifest(sim)
    seal(sim, body, one)
    sim.publish_directory()
    value = json.loads(gather_seals(sim, OBJECT).serialize())
    if part == "trust_roots":
        sim.renew_root()
        sim.say("trust_root.published", f"https://{HOST}/trust", {"version": 2, "sha256": sim.root.sha256})
        sim.publish()
        sim.publish_directory()
        value = json.loads(gather_seals(sim, OBJECT).serialize())
        value["bundle"]["trust_roots"] = []
    elif part == "statements":
        value["bundle"][part] = [row for row in value["bundle"][part] if row["index"] > 2]
    else:
        del value["bundle"][part]
    evidence = parse_seal_evidence(json.dumps(value).encode())
    first = honest[0].root
    sealing = judge_seals(evidence, OBJECT, root=first, now=sim.now)

    told = judge_evidence([one], [Present("1.csv", "A" * 43)], sealing, now=sim.now)
    assert told.exit_code != 0


def test_too_few_witnesses_confirm_nothing(honest: tuple[RegistrySimulator, Any]) -> None:
    sim, body = honest[0].fork(), honest[1]
    one = manifest(sim)
    seal(sim, body, one)
    sim.cosigning = 2
    sim.publish_directory()
    told = report(sim, one)
    assert failing(told)["log"][0] == "unknown"
    assert told.exit_code == 2


def test_manifests_of_two_objects_are_not_mixed(honest: tuple[RegistrySimulator, Any]) -> None:
    sim = honest[0].fork()

    other = manifest(sim, object=f"{OBJECT}x")
    with pytest.raises(MarkError, match="not about the same evidence"):
        judge_evidence([manifest(sim), other], [], None, now=sim.now)


def test_a_part_is_confirmed_by_the_same_seal_and_says_nothing_of_the_rest(sealer: Sealer, data: Path) -> None:
    write_runs(data, range(1, 6), at=sealer.now)
    whole = sealer.seal("results", data, subject="five runs").manifests()[-1]
    part = parse_manifest(whole.show(["tensile/run-002.csv"]))
    (data / "tensile/run-004.csv").write_text("altered, and not shown")
    told = sealer.report(data, part)
    assert [line.result.path for line in told.files] == ["tensile/run-002.csv"]
    assert told.exit_code == 0
    assert "part" in told.notes
    assert told.check(Name.RUNS) is None
    (data / "tensile/run-002.csv").write_text("altered")
    assert sealer.report(data, part).exit_code == 1
