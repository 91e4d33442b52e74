"""What a witness keeps of a fork can be read back with a command, and proves by itself what the log did."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from registry.household.witness_command import app
from registry.witness.service import Witness, WitnessConfig
from tests.vectors.generate_log import LOG, ORIGIN
from tests.witness.conftest import SigningLog
from verifier.errors import NotFoundError
from verifier.log.checkpoint import SignedCheckpoint


def evidence(*options: str) -> tuple[int, list[dict[str, str]]]:
    result = CliRunner().invoke(app, ["evidence", *options], catch_exceptions=False)
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def store(config: WitnessConfig, log: SigningLog, lying_log: SigningLog) -> Path:
    witness = Witness(config)
    witness.add_checkpoint(log.growth(0, 9))
    for size in (9, 12):
        witness.add_checkpoint(lying_log.growth(9, size))
    witness.store.close()
    return config.store


def test_both_checkpoints_of_a_fork_are_shown_as_they_were_signed(store: Path, lying_log: SigningLog) -> None:
    code, shown = evidence("--store", str(store))
    assert code == 1
    assert {one["refused"].encode() for one in shown} == {lying_log.at(size).serialize() for size in (9, 12)}
    for one in shown:
        kept, refused = (SignedCheckpoint.parse(one[name].encode()) for name in ("cosigned", "refused"))
        assert kept.verify(LOG.key, ORIGIN).size == 9
        assert refused.verify(LOG.key, ORIGIN).root != kept.checkpoint.root


def test_a_log_that_never_forked_leaves_none(store: Path) -> None:
    assert evidence("--store", str(store), "--origin", "other.example/log") == (0, [])
    assert len(evidence("--store", str(store), "--origin", ORIGIN)[1]) == 2


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        evidence("--store", str(tmp_path / "nothing.db"))
    assert not (tmp_path / "nothing.db").exists()
