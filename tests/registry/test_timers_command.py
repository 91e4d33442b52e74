"""`shirushi registry timers`: what waits is shown by name, and confirmed by its digest, by two operators."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from registry.data_folder import OPERATORS, DataFolder
from registry.timers.commands import confirm, show
from registry.timers.limits import Limits
from tests.registry.test_timers import HOST, folder, pass_a_day, suspended, timers
from verifier.edge.keystore import save_signer
from verifier.errors import ConflictError, NotFoundError, StatementError, WrongUseError

if TYPE_CHECKING:
    from tests.registry.conftest import Office, World


@pytest.fixture
def waiting(office: Office, monkeypatch: pytest.MonkeyPatch) -> World:
    """A registry in which two acts wait, with the operators' keys in its folder."""
    world, _ = suspended(office, 2)
    monkeypatch.setenv("SHIRUSHI_PASSPHRASE", "a long enough passphrase")
    monkeypatch.setattr("registry.timers.commands.now", world.clock)
    for name, signer in zip(OPERATORS, world.ceremony.keys.operators, strict=True):
        save_signer(DataFolder(world.folder).key(name), signer, b"a long enough passphrase")
    pass_a_day(world)
    timers(world, Limits(most_acts=1)).step()
    return world


def test_show_names_what_waits_and_two_operators_confirm_it_by_its_digest(
    waiting: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert show(waiting.folder, as_json=True) == 1
    shown = json.loads(capsys.readouterr().out)
    assert (len(shown["held"]["acts"]), shown["held"]["reasons"], shown["approvals"]) == (2, ["too_many"], 0)
    confirm(waiting.folder, shown["digest"], operator="operator-1")
    assert "confirmed by 1 of 2" in capsys.readouterr().out
    assert show(waiting.folder) == 1
    assert "too_many: more acts than one run may log by itself" in capsys.readouterr().out
    confirm(waiting.folder, shown["digest"], operator="operator-2")
    assert timers(waiting, Limits(most_acts=1)).step().logged == 2
    assert show(waiting.folder) == 0


def test_confirm_refuses_another_list_a_stranger_and_a_second_word_of_the_same_operator(waiting: World) -> None:
    with pytest.raises(ConflictError, match="another list"):
        confirm(waiting.folder, "A" * 43, operator="operator-1")
    held = folder(waiting).held()
    assert held is not None
    with pytest.raises(WrongUseError, match="no operator"):
        confirm(waiting.folder, held.digest(HOST), operator="operator-3")
    folder(waiting).settle()
    with pytest.raises(NotFoundError, match="nothing waits"):
        confirm(waiting.folder, held.digest(HOST), operator="operator-1")


def test_a_file_that_is_no_list_stops_the_job_and_logs_nothing(waiting: World) -> None:
    (waiting.folder / "timers/held.json").write_text("{}\n")
    with pytest.raises(StatementError):
        timers(waiting).step()
