"""The three commands of every console: where it serves, whom it asks for first, and what it refuses in words."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

import issuer.console.commands
import issuer.supplier.commands
import recognition.console.commands
import registry.console.commands
import verifier.edge.buyer.command
from registry.scenario.command import API_PORT, DEFAULT_PORT, PORTAL_PORT, SERVICE_PORT
from registry.scenario.sandbox import command as sandbox
from registry.settings import Settings
from verifier.errors import MarkError, WrongUseError

if TYPE_CHECKING:
    from pathlib import Path

    from typer import Typer

CONSOLES = {
    "desk": issuer.console.commands.PORT,
    "operators": registry.console.commands.PORT,
    "foreign operator": recognition.console.commands.PORT,
    "supplier": issuer.supplier.commands.PORT,
    "buyer": verifier.edge.buyer.command.PORT,
}


def test_every_console_registry_and_sandbox_may_run_beside_each_other_on_one_machine() -> None:
    settings = [field.default for name, field in Settings.model_fields.items() if name.endswith("_port")]
    demo = {DEFAULT_PORT, SERVICE_PORT, API_PORT, PORTAL_PORT}
    taken = [*CONSOLES.values(), sandbox.DEFAULT_PORT, sandbox.SERVICE_PORT, *(demo | {one for one in settings if one})]
    assert sorted(taken) == sorted(set(taken))


def test_a_console_does_not_share_its_port_with_whoever_listens_there(tmp_path: Path) -> None:
    with socket.socket() as other:
        # As a second console would take it: the kernel would let both listen.
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(WrongUseError, match=f"port {port} is taken"):
            _run(issuer.supplier.commands.app, "serve", "--dir", str(tmp_path), "--port", str(port))
    assert not (tmp_path / "console.db").exists()


@pytest.mark.parametrize(
    ("app", "option"),
    [
        (issuer.console.commands.app, "--desk"),
        (registry.console.commands.app, "--dir"),
        (registry.console.commands.app, "--data"),
        (recognition.console.commands.app, "--dir"),
        (verifier.edge.buyer.command.app, "--dir"),
    ],
)
def test_a_console_over_a_folder_that_is_none_says_what_makes_one(app: Typer, option: str, tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    with pytest.raises(MarkError) as refused:
        _run(app, "people", option, str(missing))
    assert "init" in refused.value.hint
    assert not missing.exists()


def test_whoever_opens_a_console_first_is_told_the_whole_command_that_invites_an_administrator(tmp_path: Path) -> None:
    place = str(tmp_path / "a place")
    said = _run(issuer.supplier.commands.app, "people", "--dir", place)
    assert f"console invite NAME --role admin --dir '{place}'" in said
    _run(issuer.supplier.commands.app, "invite", "見本 管理", "--role", "admin", "--dir", place)


def _run(app: Typer, *arguments: str) -> str:
    """Run a console's command, or that of the application which has a console. Raises what the command raises."""
    names = {group.name for group in app.registered_groups}
    words = ["console", *arguments] if "console" in names else list(arguments)
    ran = CliRunner().invoke(app, words)
    if isinstance(ran.exception, MarkError):
        raise ran.exception
    assert ran.exit_code == 0, ran.output
    return ran.output
