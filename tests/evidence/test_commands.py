"""`shirushi evidence` on the command line: plan, seal, submit, verify, show; resumed, offline, in two languages."""

from __future__ import annotations

import itertools
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from issuer.identity import ROLES, prove_key
from issuer.office import found_office, open_office, read_settings
from issuer.sealing_folder import SealingFolder
from registry.desk.operator_desk import OperatorDesk
from registry.scenario import cast
from tests.evidence.conftest import PLAN, RUNS, Sealer, write_runs
from verifier.edge.i18n import LANGUAGES
from verifier.edge.main import exit_code, run
from verifier.errors import MarkError, RefusedError, UnavailableError, WrongUseError

NOWHERE = "http://127.0.0.1:9"
SECRET = "a long passphrase"
NUMBERS = itertools.count(1000, len(ROLES))
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def shirushi(
    sealer: Sealer, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Run:
    """Return a function that runs `shirushi evidence ...` at the registry's time and gives exit code and output."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("SHIRUSHI_PASSPHRASE", SECRET)
    monkeypatch.setattr("time.time", lambda: float(sealer.now))

    def call(*arguments: str | Path) -> tuple[int, str]:
        capsys.readouterr()
        try:
            code = run(["evidence", *map(str, arguments)])
        except MarkError as error:
            return exit_code(error), f"{error.code}: {error.message}"
        return code, capsys.readouterr().out

    return call


@pytest.fixture
def office(sealer: Sealer, tmp_path: Path) -> Iterator[tuple[Path, Sealer]]:
    """A desk's folder without a way to its registry, and the same desk with one: its keys are listed."""
    folder, stage = tmp_path / "office", sealer.world.stage
    number = next(NUMBERS)
    keys = {role: {"holder": f"h-{role}", "no": number + at} for at, role in enumerate(ROLES)}
    where = {"host": cast.HOST, "body": cast.BODY_NO, "read": NOWHERE, "api": NOWHERE}
    settings = read_settings({**where, "keys": keys})
    found_office(folder, settings, passphrases=dict.fromkeys(ROLES, SECRET.encode()), entropy=os.urandom)
    authority = OperatorDesk(
        host=cast.HOST,
        first=stage.operators[0],
        second=stage.operators[1],
        http=stage.http,
        addresses=stage.addresses,
        clock=stage.clock,
        entropy=stage.entropy,
        pause=lambda: stage.pass_time(1),
    )
    at_desk = {"passphrase": SECRET.encode(), "clock": stage.clock, "entropy": stage.entropy}
    with open_office(folder, roles=ROLES, **at_desk) as desk:
        for role in ROLES:
            proof = prove_key(desk.identity, role, desk.signers, at=stage.clock(), entropy=stage.entropy)
            authority.add_key(proof)
        sealer.wait(2)
        yield folder, replace(sealer, desk=replace(desk, registry=sealer.desk.registry))


@pytest.fixture
def sealed(office: tuple[Path, Sealer], shirushi: Run, data: Path, tmp_path: Path) -> tuple[Sealer, Path, Path]:
    """A plan and its results, made and signed on the command line while the registry was out of reach, then sealed."""
    desk, connected = office
    (tmp_path / "plan.toml").write_bytes(PLAN)
    plan, out = tmp_path / "plan", tmp_path / "results"
    code, said = shirushi("plan", tmp_path / "plan.toml", "--out", plan, "--offline", "--desk", desk)
    assert (code, "plan of 1 rows" in said) == (0, True)
    connected.submit(SealingFolder(plan))
    connected.wait(3600)
    write_runs(data, range(1, RUNS + 1), at=connected.now)
    connected.wait(3600)
    code, said = shirushi("seal", data, "--earlier", plan, "--out", out, "--offline", "--desk", desk)
    assert (code, f"results of {RUNS} rows" in said) == (0, True)
    connected.submit(SealingFolder(out))
    return connected, plan, out


def _verify(sealer: Sealer, data: Path, *more: str | Path) -> list[str | Path]:
    root = sealer.world.public / "trust/1.json"
    return ["verify", data, "--root", root, *more]


def test_what_was_sealed_is_verified_from_the_registry_and_from_its_bundle(
    sealed: tuple[Sealer, Path, Path], shirushi: Run, data: Path
) -> None:
    sealer, _, out = sealed
    for way in (["--from", sealer.world.public], ["--bundle", out / "bundle.json"]):
        code, said = shirushi(*_verify(sealer, data, "--manifest", out, *way, "--json"))
        told: dict[str, Any] = json.loads(said)
        assert (code, told["exit"]) == (0, 0)
        assert told["counts"] == {"unaltered": RUNS, "altered": 0, "missing": 0, "added": 0, "unread": 0}
        assert [one["kind"] for one in told["versions"]] == ["plan", "results"]
        assert told["terms"]["text"] == "契約の相手方に限る。公開しない。"
        sealed_at = told["files"][0]["sealed_at"]
        assert sealer.now - 60 < sealed_at["earliest"] <= sealed_at["latest"] <= sealer.now


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("ja", ("変更あり", "欠落", "追加", "利用条件", "封印より前の測定が正しかったことは示せません")),
        ("en", ("altered", "missing", "added", "Terms of use", "between", "what was measured before it was true")),
    ],
)
def test_the_report_is_told_in_words(
    sealed: tuple[Sealer, Path, Path], shirushi: Run, data: Path, lang: str, words: tuple[str, ...]
) -> None:
    sealer, _, out = sealed
    (data / "tensile/run-001.csv").write_text("altered")
    (data / "tensile/run-002.csv").unlink()
    (data / "tensile/run-030.csv").write_text("\x1b[2J")
    code, said = shirushi(*_verify(sealer, data, "--manifest", out, "--from", sealer.world.public, "--lang", lang))
    assert code == 1
    assert "契約の相手方に限る" in said
    assert [word for word in words if word not in said] == []
    for name in ("run-001.csv", "run-002.csv", "run-030.csv"):
        assert name in said
    assert "run-003.csv" not in said
    assert "\x1b" not in said


def test_the_languages_are_those_of_the_pages(sealed: tuple[Sealer, Path, Path], shirushi: Run, data: Path) -> None:
    sealer, _, out = sealed
    answers = {lang: shirushi("verify", data, "--manifest", out, "--lang", lang) for lang in LANGUAGES}
    assert {code for code, _ in answers.values()} == {2}
    assert "The sealing time could not be confirmed." in answers["en"][1]
    assert "封印の時刻は確かめられませんでした。" in answers["ja"][1]
    assert shirushi("verify", data, "--manifest", out, "--lang", "fr")[0] == 64
    assert sealer.now


def test_a_part_is_cut_out_and_verified_alone(
    sealed: tuple[Sealer, Path, Path], shirushi: Run, data: Path, tmp_path: Path
) -> None:
    sealer, _, out = sealed
    part, alone = tmp_path / "part.json", tmp_path / "alone"
    assert shirushi("show", out, "tensile/run-004.csv", "--out", part) == (0, f"{part}: 1 of {RUNS} rows\n")
    (alone / "tensile").mkdir(parents=True)
    shutil.copy2(data / "tensile/run-004.csv", alone / "tensile")
    code, said = shirushi(*_verify(sealer, alone, "--manifest", part, "--from", sealer.world.public, "--json"))
    assert (code, [one["path"] for one in json.loads(said)["files"]]) == (0, ["tensile/run-004.csv"])
    assert shirushi("show", out, "nothing.csv", "--out", part)[0] == 2


def test_a_seal_that_was_signed_offline_is_the_one_that_is_submitted(
    office: tuple[Path, Sealer], shirushi: Run, data: Path, tmp_path: Path
) -> None:
    desk, connected = office
    write_runs(data, range(1, 4), at=connected.now)
    out = tmp_path / "out"
    assert shirushi("seal", data, "--out", out, "--subject", "x", "--offline", "--desk", desk)[0] == 0
    draft = json.loads((out / "draft.json").read_text())
    assert draft["public"] == {"manifest_sha256": SealingFolder(out).manifests()[-1].sha256, "kind": "results"}
    other = tmp_path / "other"
    assert shirushi("seal", data, "--out", other, "--subject", "y", "--offline", "--desk", desk)[0] == 0
    shutil.copy(other / "manifest.json", out / "manifest.json")
    with pytest.raises(RefusedError, match="not the one that was signed offline"):
        connected.submit(SealingFolder(out))


def test_without_its_registry_a_seal_is_kept_and_the_same_command_goes_on(
    office: tuple[Path, Sealer], shirushi: Run, data: Path, tmp_path: Path
) -> None:
    desk, connected = office
    write_runs(data, range(1, 4), at=connected.now)
    out = tmp_path / "out"
    command = ("seal", data, "--out", out, "--subject", "x", "--desk", desk, "--wait", "0")
    code, said = shirushi(*command)
    assert (code, said.partition(":")[0]) == (2, UnavailableError.code)
    kept = (out / "manifest.json").read_bytes()
    assert not (out / "hashed.jsonl").exists()
    (data / "tensile/run-001.csv").write_text("changed after it was hashed")
    assert shirushi(*command)[0] == 2
    assert shirushi("submit", out, "--desk", desk, "--wait", "0")[0] == 2
    assert (out / "manifest.json").read_bytes() == kept
    connected.submit(SealingFolder(out))
    code, said = shirushi(*_verify(connected, data, "--manifest", out, "--from", connected.world.public, "--json"))
    assert (code, json.loads(said)["counts"]["altered"]) == (1, 1)


def test_an_audit_of_a_registry_that_sealed_evidence_finds_nothing(
    sealed: tuple[Sealer, Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    public = sealed[0].world.public
    assert run(["audit", str(public), "--root", str(public / "trust/1.json")]) == 0
    assert "0 violations" in capsys.readouterr().out


def test_the_seals_folder_is_private(sealed: tuple[Sealer, Path, Path]) -> None:
    assert sealed[2].stat().st_mode & 0o077 == 0


def test_wrong_use_is_said_in_words(
    sealed: tuple[Sealer, Path, Path],
    office: tuple[Path, Sealer],
    shirushi: Run,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("SHIRUSHI_ROOT", raising=False)
    sealer, plan, out = sealed
    desk, public = ("--desk", office[0]), sealer.world.public
    wrong: list[tuple[str | Path, ...]] = [
        ("verify", data),
        ("verify", data, "--manifest", data / "nowhere.json"),
        ("verify", data / "nowhere", "--manifest", out),
        ("verify", data, "--manifest", plan),
        ("verify", data, "--manifest", out, "--from", public, "--bundle", out / "bundle.json"),
        ("verify", data, "--manifest", out, "--from", public),
        ("plan", plan.parent / "plan.toml", "--out", data.parent / "new", "--subject", "twice", *desk),
        ("seal", data, "--out", data, *desk),
    ]
    answers = [shirushi(*arguments) for arguments in wrong]
    assert {code for code, _ in answers} == {64}
    assert {said.partition(":")[0] for _, said in answers} == {WrongUseError.code}


def test_a_manifest_that_was_edited_is_refused_by_name(
    sealed: tuple[Sealer, Path, Path], shirushi: Run, data: Path
) -> None:
    _, _, out = sealed
    text = (out / "manifest.json").read_text()
    (out / "manifest.json").write_text(text.replace('"run":7', '"run":8'))
    code, said = shirushi("verify", data, "--manifest", out)
    assert (code, said.partition(":")[0]) == (1, "proof")
    assert "manifest.json" in said
