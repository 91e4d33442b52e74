"""`shirushi recognition evidence`: describe, approve twice, look up; and what one operator alone cannot do."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from registry.scenario.simulated_log import SimulatedLog
from tests.authenticate.foreign import HOLDER, profile_text
from tests.authenticate.test_manual_evidence import FACTS
from tests.authenticate.test_published_lists import CLAIMS, COLUMNS, DATA
from verifier.edge.keystore import save_signer
from verifier.edge.main import run
from verifier.errors import MalformedError, NotFoundError, RefusedError, WrongUseError
from verifier.injected import seeded_entropy
from verifier.signer import SoftwareSigner

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "a passphrase of enough length"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    world = SimulatedLog()
    monkeypatch.setenv("SHIRUSHI_PASSPHRASE", SECRET)
    (tmp_path / "root.json").write_bytes(world.root.serialize())
    for number, signer in enumerate(world.ceremony.keys.operators, 1):
        save_signer(tmp_path / f"key{number}.pem", signer, SECRET.encode())
    save_signer(tmp_path / "stranger.pem", SoftwareSigner.generate(seeded_entropy("stranger")), SECRET.encode())
    more = f'[list]\nissuer = "operator"\nform = "csv"\ncolumns = {COLUMNS}\nfresh_days = 7\n'
    (tmp_path / "profile.toml").write_text(profile_text(claims=CLAIMS, token="", more=more), "utf-8")
    (tmp_path / "list.csv").write_bytes(DATA)
    facts = {**FACTS, "issued": int(time.time()) - 86_400, "expires": int(time.time()) + 86_400 * 300}
    (tmp_path / "facts.json").write_text(json.dumps(facts), "utf-8")
    (tmp_path / "scan.pdf").write_bytes(b"scan")
    return tmp_path


def evidence(folder: Path, command: str, *arguments: str) -> Any:
    named = [str(folder / one[1:]) if one.startswith("@") else one for one in arguments]
    return run(["recognition", "evidence", command, *named])


def approve(folder: Path, *numbers: int) -> list[str]:
    for number in numbers:
        out = f"@approval{number}"
        assert (
            evidence(
                folder, "approve", "@record.json", "--key", f"@key{number}.pem", "--root", "@root.json", "--out", out
            )
            == 0
        )
    return [part for number in numbers for part in ("--approval", f"@approval{number}")]


def describe(folder: Path) -> None:
    today = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86_400))
    assert (
        evidence(
            folder,
            "describe-list",
            "@list.csv",
            "--profile",
            "@profile.toml",
            "--source",
            "https://operator.example/list.csv",
            "--published",
            today,
            "--out",
            "@record.json",
        )
        == 0
    )


def find(folder: Path, number: str, approvals: list[str]) -> Any:
    return evidence(
        folder,
        "find-listed",
        number,
        "--list",
        "@list.csv",
        "--profile",
        "@profile.toml",
        "--holder",
        HOLDER,
        "--record",
        "@record.json",
        "--root",
        "@root.json",
        *approvals,
    )


def test_a_list_counts_after_two_operators_and_not_after_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    describe(folder)
    with pytest.raises(RefusedError, match="two approvals"):
        find(folder, "C-1", approve(folder, 1))
    both = approve(folder, 1, 2)
    assert find(folder, "C-1", both) == 0
    assert "Authenticated" in capsys.readouterr().out
    assert find(folder, "C-9", both) == 2
    assert find(folder, "C-1", [*both, "--lang", "ja"]) == 0
    (folder / "list.csv").write_bytes(DATA.replace(b"C-1", b"C-7"))
    with pytest.raises(RefusedError, match="not the one"):
        find(folder, "C-7", both)


def test_a_certificate_examined_by_hand_counts_after_two_operators(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        evidence(
            folder,
            "describe-certificate",
            "@facts.json",
            "--document",
            "@scan.pdf",
            "--looked",
            "original_seen",
            "--out",
            "@record.json",
        )
        == 0
    )
    both = approve(folder, 1, 2)
    capsys.readouterr()
    assert evidence(folder, "examined", "@record.json", "--root", "@root.json", "--json", *both) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["record"]["assurance"], told["certificate"]["evidence"]) == ("low", "authenticated")
    with pytest.raises(RefusedError, match="one person"):
        evidence(folder, "examined", "@record.json", "--root", "@root.json", *both[:2], *both[:2])


def test_a_key_that_is_no_operators_approves_nothing(folder: Path) -> None:
    describe(folder)
    with pytest.raises(WrongUseError, match="no operator"):
        evidence(
            folder, "approve", "@record.json", "--key", "@stranger.pem", "--root", "@root.json", "--out", "@approval"
        )


def test_a_record_of_one_kind_is_not_used_as_another(folder: Path) -> None:
    describe(folder)
    both = approve(folder, 1, 2)
    with pytest.raises(WrongUseError, match="manual"):
        evidence(folder, "examined", "@record.json", "--root", "@root.json", *both)
    (folder / "record.json").write_text('{"kind": "something", "record": {}}', "utf-8")
    with pytest.raises(MalformedError, match="no record"):
        find(folder, "C-1", both)
    with pytest.raises(NotFoundError):
        evidence(folder, "examined", "@missing.json", "--root", "@root.json", *both)


def test_without_a_passphrase_nothing_is_signed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    describe(folder)
    monkeypatch.delenv("SHIRUSHI_PASSPHRASE")
    with pytest.raises(WrongUseError, match="SHIRUSHI_PASSPHRASE"):
        evidence(folder, "approve", "@record.json", "--key", "@key1.pem", "--root", "@root.json", "--out", "@approval")
    (folder / "secret").write_text(SECRET + "\n", "utf-8")
    assert (
        evidence(
            folder,
            "approve",
            "@record.json",
            "--key",
            "@key1.pem",
            "--root",
            "@root.json",
            "--out",
            "@approval",
            "--passphrase-file",
            "@secret",
        )
        == 0
    )
