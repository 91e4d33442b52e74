"""Receipts after a rotation: a new receipt key is known to whoever follows the signed chain of trust roots."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.loopback import answering, passed_on
from verifier.edge.main import run
from verifier.edge.root_store import default_store
from verifier.errors import RefusedError, SignatureError
from verifier.trust.root import CustodianKeys, sign_root

if TYPE_CHECKING:
    from pathlib import Path

    from tests.verification.conftest import Rotated

HOLDER = "0188-1180301018771"
SIGNED_ALONE = "signed; without the evidence it is the service's word"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user of a machine of its own, which has followed no root yet."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def pinned(rotated: Rotated, tmp_path: Path) -> Path:
    """The first version of the root, in a file."""
    file = tmp_path / "root-1.json"
    file.write_bytes(rotated.first.serialize())
    return file


def check(file: Path, root: Path, *further: str | Path) -> int:
    """Check a receipt on the command line."""
    return run(["check-receipt", "verify", str(file), "--root", str(root), *map(str, further)])


def test_the_command_line_follows_the_roots_in_the_evidence(
    rotated: Rotated, pinned: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = rotated.service.answer(identifier=HOLDER, evidence=True)
    whole, alone, evidence = (tmp_path / name for name in ("answer.json", "receipt.jwt", "evidence.json"))
    whole.write_text(json.dumps(document), "utf-8")
    alone.write_text(document["receipt"], "ascii")
    evidence.write_text(json.dumps(document["evidence"]), "utf-8")
    with pytest.raises(SignatureError, match="not signed by a receipt key") as refused:
        check(alone, pinned)
    assert "newer version" in refused.value.hint
    assert check(alone, pinned, "--evidence", evidence) == 0
    assert "made again from its evidence" in capsys.readouterr().out
    # What was followed once is kept: from now on the receipt alone is enough.
    assert check(alone, pinned) == 0
    assert SIGNED_ALONE in capsys.readouterr().out
    assert check(whole, pinned) == 0


def test_the_command_line_follows_the_roots_that_this_machine_has_seen(
    rotated: Rotated, pinned: Path, tmp_path: Path
) -> None:
    alone = tmp_path / "receipt.jwt"
    alone.write_text(rotated.service.answer(identifier=HOLDER)["receipt"], "ascii")
    default_store().learn(rotated.first, (rotated.second.serialize(),))
    assert check(alone, pinned) == 0


def test_a_key_that_a_newer_root_ended_is_not_brought_back_by_the_roots_in_the_evidence(
    rotated: Rotated, pinned: Path, tmp_path: Path
) -> None:
    whole = tmp_path / "answer.json"
    whole.write_bytes(rotated.service.look_up(identifier=HOLDER, evidence=True).content)
    assert check(whole, pinned) == 0
    default_store().learn(rotated.first, (rotated.third(directory_until=1).serialize(),))
    with pytest.raises(RefusedError, match="directory"):
        check(whole, pinned)


def test_a_receipt_is_judged_where_no_root_can_be_kept(
    rotated: Rotated, pinned: Path, state: Path, tmp_path: Path
) -> None:
    state.write_bytes(b"a file stands where the folder should be")
    whole = tmp_path / "answer.json"
    whole.write_bytes(rotated.service.look_up(identifier=HOLDER, evidence=True).content)
    assert check(whole, pinned) == 0


def test_a_mark_is_verified_where_no_root_can_be_kept(rotated: Rotated, pinned: Path, state: Path) -> None:
    state.write_bytes(b"a file stands where the folder should be")
    with answering(passed_on(rotated.service.world.http, "http://read")) as reader:
        assert run(["verify", rotated.service.mark, "--root", str(pinned), "--via", reader]) in (0, 2)


def test_the_command_line_follows_no_forged_root(rotated: Rotated, pinned: Path, tmp_path: Path) -> None:
    document = rotated.service.answer(identifier=HOLDER, evidence=True)
    document["evidence"]["trust_roots"][1] = json.loads(rotated.forged().serialize())
    whole = tmp_path / "answer.json"
    whole.write_text(json.dumps(document), "utf-8")
    with pytest.raises(SignatureError, match="not signed by a receipt key"):
        check(whole, pinned)
    assert default_store().newest(rotated.first).content.version == 1


def test_commands_keep_every_version_that_they_followed(rotated: Rotated, pinned: Path, tmp_path: Path) -> None:
    """What is kept is found by the root that the user names, so the third version is kept beside the second."""
    world = rotated.service.world
    two = [CustodianKeys(one.holder, one.es256, one.ml_dsa_65) for one in world.ceremony.custodians[:2]]
    third = sign_root(rotated.second.content.members() | {"version": 3}, two)
    bundle = tmp_path / "bundle.json"
    with answering(passed_on(world.http, "http://read")) as reader:
        assert run(["verify", rotated.service.mark, "--root", str(pinned), "--via", reader]) in (0, 2)
        bundle.write_bytes(httpx.get(f"{reader}/m/{rotated.service.mark}/bundle.json").content)
    assert default_store().newest(rotated.first).content.version == 2
    said = json.loads(bundle.read_bytes())
    said["trust_roots"].append(json.loads(third.serialize()))
    bundle.write_text(json.dumps(said), "utf-8")
    run(["verify", rotated.service.mark, "--root", str(pinned), "--bundle", str(bundle)])
    assert default_store().newest(rotated.first).content.version == 3
