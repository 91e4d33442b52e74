"""`shirushi federation` and `shirushi registry body configuration`: a body's chain from the desk to a stranger."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.main import get_command

from registry.desk.body_commands import app as body_app
from registry.publishing.body_configuration import take_body_configuration
from tests.federation.conftest import BODY, TYPE, body_configuration, take
from verifier.edge.command.federation_command import app
from verifier.errors import EnvelopeError, NotFoundError, SignatureError, WrongUseError

if TYPE_CHECKING:
    from tests.registry.conftest import Office, World
    from verifier.signer import SoftwareSigner


@pytest.fixture
def today(office: Office) -> tuple[World, SoftwareSigner]:
    """The registry today: a command takes the time from the machine."""
    world, signers = office
    world.clock.now = int(time.time())
    world.settle()
    return world, signers["decider"]


def run(world: World, *arguments: str) -> None:
    where = ["--from", str(world.public), "--root", str(world.public / "trust/1.json")]
    get_command(app).main(args=[*arguments, *where], prog_name="shirushi federation", standalone_mode=False)


def test_a_chain_that_holds_is_told_with_its_keys_and_types(
    today: tuple[World, SoftwareSigner], capsys: pytest.CaptureFixture[str]
) -> None:
    world, decider = today
    take(world, body_configuration(world, decider))
    run(world, "7")
    told = capsys.readouterr().out
    assert f"{BODY}: the trust chain holds until " in told
    assert f"key {decider.kid}" in told
    assert f"issues {TYPE}" in told
    run(world, BODY, "--json")
    assert json.loads(capsys.readouterr().out)["trust_mark_types"] == [TYPE]


def test_a_configuration_out_of_a_file_is_checked_before_it_is_published(
    today: tuple[World, SoftwareSigner], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world, decider = today
    with pytest.raises(NotFoundError):
        run(world, "7")
    file = tmp_path / "body.jwt"
    file.write_text(body_configuration(world, decider) + "\n")
    run(world, "7", "--configuration", str(file))
    assert BODY in capsys.readouterr().out


def test_what_does_not_hold_is_refused_with_its_reason(today: tuple[World, SoftwareSigner], tmp_path: Path) -> None:
    world, decider = today
    file = tmp_path / "body.jwt"
    old = body_configuration(world, decider, iat=world.clock() - 91 * 86_400)
    file.write_text(old)
    with pytest.raises(EnvelopeError, match="body: the token has expired"):
        run(world, "7", "--configuration", str(file))
    head, _, tail = body_configuration(world, decider).rpartition(".")
    file.write_text(f"{head}.{'B' if tail[0] == 'A' else 'A'}{tail[1:]}")
    with pytest.raises(SignatureError):
        run(world, "7", "--configuration", str(file))
    with pytest.raises(WrongUseError):
        run(world, "https://elsewhere.example/e/7")


def test_the_operator_publishes_what_a_body_sent(
    today: tuple[World, SoftwareSigner], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world, decider = today
    file = tmp_path / "body.jwt"
    file.write_text(body_configuration(world, decider))
    command = ["configuration", str(file), "--dir", str(world.folder)]
    get_command(body_app).main(args=command, prog_name="shirushi registry body", standalone_mode=False)
    assert f"{BODY}: published" in capsys.readouterr().out
    assert (world.public / "e/7/.well-known/openid-federation").read_text() == file.read_text()


def test_a_body_that_has_no_number_of_this_authority_is_refused(
    today: tuple[World, SoftwareSigner], tmp_path: Path
) -> None:
    world, decider = today
    elsewhere = body_configuration(world, decider).encode()
    with pytest.raises(NotFoundError):
        take_body_configuration(elsewhere, tmp_path, root=world.ceremony.root, now=world.clock())
