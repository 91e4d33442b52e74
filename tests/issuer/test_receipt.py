"""The desk believes an answer only with a receipt that binds the registry, and asks again until it has one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from issuer.commands import app
from issuer.office import ROOT
from issuer.options import PASSPHRASE
from issuer.trust import PinnedRoot
from registry.root.ceremony import WitnessPlace, hold_ceremony
from registry.scenario.simulated_log import HOST
from registry.scenario.simulator import RegistrySimulator
from tests.issuer.conftest import GRANTED, Evaluator
from verifier.errors import NotFoundError, ProofError, SignatureError, TrustRootError, WrongUseError
from verifier.injected import seeded_entropy
from verifier.signer import SoftwareSigner

STRANGER = SoftwareSigner.generate(seeded_entropy("stranger"))


@pytest.mark.parametrize(
    ("promises", "error"),
    [
        ({"signer": STRANGER}, SignatureError),
        ({"statement_sha256": "A" * 43}, ProofError),
        ({"index": 4_711}, ProofError),
        ({"host": "other.example"}, SignatureError),
    ],
    ids=["by a stranger", "for another statement", "at another place", "of another log"],
)
def test_a_receipt_that_does_not_bind_the_registry_is_not_believed(
    granted: Evaluator, tmp_path: Path, promises: dict[str, Any], error: type[Exception]
) -> None:
    granted.registry.promises = promises
    with pytest.raises(error):
        granted.issue(GRANTED, tmp_path)
    kept = granted.desk.issuance(GRANTED)
    assert kept is not None
    assert kept.admitted is None
    granted.registry.promises = {}
    granted.registry.forget_receipts()
    assert granted.issue(GRANTED, tmp_path).index == len(granted.sim.entries) - 2
    assert len(set(granted.registry.sent)) == 1


def test_another_key_of_the_authority_gives_no_receipts(granted: Evaluator, tmp_path: Path) -> None:
    granted.registry.promises = {"signer": granted.sim.ceremony.keys.directory}
    with pytest.raises(SignatureError, match="not signed by a receipt key"):
        granted.issue(GRANTED, tmp_path)


@pytest.fixture
def pinned(tmp_path: Path) -> PinnedRoot:
    return PinnedRoot(tmp_path / "root.json", HOST)


def test_a_desk_without_a_root_keeps_the_one_that_it_is_shown_first(pinned: PinnedRoot, tmp_path: Path) -> None:
    sim = RegistrySimulator("first")
    assert pinned(sim).sha256 == sim.root.sha256
    assert (tmp_path / "root.json").read_bytes() == sim.root.serialize()
    sim.files["trust/1.json"] = RegistrySimulator("second").root.serialize()
    assert pinned(sim).sha256 == sim.root.sha256


def test_a_root_of_another_host_is_not_pinned(pinned: PinnedRoot, tmp_path: Path) -> None:
    sim = RegistrySimulator("first")
    witnesses = [WitnessPlace("w1", str(sim.witnesses[0].key), "Operator 1", "JP")]
    foreign = hold_ceremony(
        host="other.example", zone="UTC", environment="sandbox", witnesses=witnesses, quorum=1, now=sim.now,
        entropy=seeded_entropy("foreign"),
    ).root  # fmt: skip
    with pytest.raises(TrustRootError, match=r"is of other\.example"):
        pinned.give(foreign.serialize())
    assert not (tmp_path / "root.json").exists()


def test_a_pinned_root_is_never_replaced(pinned: PinnedRoot) -> None:
    first, second = (RegistrySimulator(name).root.serialize() for name in ("first", "second"))
    pinned.give(first)
    pinned.give(first)
    with pytest.raises(WrongUseError, match="another trust root is pinned"):
        pinned.give(second)


def test_a_registry_that_shows_no_root_is_not_believed(pinned: PinnedRoot) -> None:
    sim = RegistrySimulator("first")
    del sim.files["trust/1.json"]
    with pytest.raises(NotFoundError):
        pinned(sim)


def test_init_pins_the_root_that_it_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSPHRASE, "a long passphrase of the desk")
    sim = RegistrySimulator("first")
    file = tmp_path / "1.json"
    file.write_bytes(sim.root.serialize())
    where = ["--host", HOST, "--body", "1001", "--read", "https://read.test", "--api", "https://api.test"]
    given = ["--root", str(file), "--desk", str(tmp_path / "desk")]
    assert CliRunner().invoke(app, ["init", *where, *given], catch_exceptions=False).exit_code == 0
    assert PinnedRoot(tmp_path / "desk" / ROOT, HOST)(sim).sha256 == sim.root.sha256
    elsewhere = ["--root", str(file), "--desk", str(tmp_path / "other")]
    with pytest.raises(TrustRootError):
        CliRunner().invoke(app, ["init", *where, *elsewhere, "--host", "other.example"], catch_exceptions=False)
