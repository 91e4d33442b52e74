"""Marks signed inside SoftHSM2 by decider and assessor verify like any other, from the desk to a phone."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from typer.main import get_command

from issuer.commands import app
from registry.scenario.one_process import one_process
from registry.scenario.outcome import verify_package
from registry.scenario.story import Story
from verifier.edge.pkcs11_signer import make_token_key, open_token_key
from verifier.errors import KeyRefusedError, WrongUseError
from verifier.injected import seeded_entropy
from verifier.mark import parse_mark
from verifier.signer import SoftwareSigner
from verifier.statement.key_proof import parse_key_proof
from verifier.verdict import Headline, Result

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hsm.conftest import Tokens
    from verifier.signer import Signer
    from verifier.statement.public import KeyRole

pytestmark = pytest.mark.system

START = 1_795_305_600
HOST = "shirushi.example"


def run(*arguments: str) -> None:
    get_command(app).main(args=list(arguments), prog_name="shirushi issuer", standalone_mode=False)


def test_a_mark_signed_inside_the_module_verifies_like_any_other(tokens: Tokens, tmp_path: Path) -> None:
    with ExitStack() as stack:
        signers: dict[KeyRole, Signer] = {"desk": SoftwareSigner.generate(seeded_entropy("desk"))}
        people: tuple[KeyRole, ...] = ("assessor", "decider")
        for role in people:
            place, pin = tokens.key(role, "whole story"), tokens.pin(role)
            make_token_key(place, pin)
            signers[role] = stack.enter_context(open_token_key(place, pin))
        world = stack.enter_context(one_process(tmp_path, seed="module", start=START))
        story = Story(world.stage, tell=lambda heading, detail: None, signers=signers)
        marks = story.play(tmp_path / "marks")
        for mark in marks:
            verdict = verify_package(mark.issued.folder, world.public / "trust/1.json", now=world.clock())
            assert verdict.headline is Headline.VALID_OFFLINE
            assert {check.result for check in verdict.checks} == {Result.PASSED}
            signed = parse_mark((mark.issued.folder / "mark.jwt").read_bytes())
            assert signed.token.kid == signers["decider"].kid


@pytest.fixture
def secrets(tokens: Tokens, tmp_path: Path) -> dict[str, str]:
    """Files with the PINs of the two people and the passphrase of the desk's own key."""
    texts = {**tokens.pins, "desk": "a long passphrase of the desk"}
    for name, text in texts.items():
        (tmp_path / f"{name}.secret").write_text(f"{text}\n")
    return {name: str(tmp_path / f"{name}.secret") for name in texts}


def test_a_desk_is_made_over_tokens_and_its_commands_take_a_pin_from_a_file(
    tokens: Tokens, secrets: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = tmp_path / "desk"
    where = ["--host", HOST, "--body", "1001", "--read", "http://127.0.0.1:9", "--api", "http://127.0.0.1:9"]
    keys = ["--module", tokens.module, "--assessor-key", "token of assessor/cli", "--decider-key"]
    pins = ["--assessor-passphrase-file", secrets["assessor"], "--decider-passphrase-file", secrets["decider"]]
    run("init", *where, *keys, "token of decider/cli", *pins, "--passphrase-file", secrets["desk"], "--desk", str(desk))
    printed = capsys.readouterr().out
    assert sorted(path.name for path in (desk / "keys").iterdir()) == ["desk.pem"]
    settings = (desk / "desk.toml").read_text()
    assert f'[keys.decider.pkcs11]\nmodule = "{tokens.module}"\ntoken = "token of decider"\nlabel = "cli"' in settings
    run("key-proof", "decider", "--desk", str(desk), "--passphrase-file", secrets["decider"])
    proof = parse_key_proof(capsys.readouterr().out.strip(), log=f"{HOST}/log")
    with open_token_key(tokens.key("decider", "cli"), tokens.pin("decider")) as signer:
        assert (proof.role, proof.key.kid) == ("decider", signer.kid)
        assert signer.kid in settings
    assert not [pin for pin in tokens.pins.values() if pin in printed + settings]


def test_the_pin_of_another_person_opens_nothing(tokens: Tokens, secrets: dict[str, str], tmp_path: Path) -> None:
    desk = tmp_path / "desk"
    where = ["--host", HOST, "--body", "1001", "--read", "http://127.0.0.1:9", "--api", "http://127.0.0.1:9"]
    keys = ["--module", tokens.module, "--decider-key", "token of decider/other pin"]
    pins = ["--decider-passphrase-file", secrets["decider"], "--passphrase-file", secrets["desk"]]
    run("init", *where, *keys, *pins, "--desk", str(desk))
    with pytest.raises(KeyRefusedError, match="PIN"):
        run("key-proof", "decider", "--desk", str(desk), "--passphrase-file", secrets["assessor"])


def test_a_key_in_a_token_is_named_by_module_and_labels(secrets: dict[str, str], tmp_path: Path) -> None:
    where = ["--host", HOST, "--body", "1", "--read", "http://127.0.0.1:9", "--api", "http://127.0.0.1:9"]
    for keys in (["--decider-key", "token/key"], ["--module", "/m.so", "--decider-key", "no-slash"]):
        with pytest.raises(WrongUseError, match="TOKEN/KEY"):
            run("init", *where, *keys, "--passphrase-file", secrets["desk"], "--desk", str(tmp_path / "d"))
