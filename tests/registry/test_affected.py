"""Which marks a key's cut-off concerns, told before anything is signed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.main import get_command

from registry.admission.affected import affected, cutoff_since
from registry.commands import app
from verifier.errors import NotFoundError, WrongUseError
from verifier.names import parse_name

if TYPE_CHECKING:
    from registry.admission.affected import Affected
    from tests.registry.conftest import Office, World

DATABASES = ("sqlite", "postgresql")


def ids(found: Affected) -> tuple[list[str], list[str]]:
    return ([parse_name(one.uri).value for one in found.before], [parse_name(one.uri).value for one in found.after])


def index_of(world: World, mark_id: str) -> int:
    head, _ = world.registry.look_up(f"https://{world.registry.host}/m/{mark_id}").result(30)
    assert head is not None
    return head


@pytest.mark.parametrize("role", ["decider", "assessor"])
def test_the_marks_of_a_key_fall_on_two_sides_of_a_cut_off(office: Office, role: str) -> None:
    world, signers = office
    early, late = world.issue(signers), world.issue(signers)
    database, host, kid = world.registry.database, world.registry.host, signers[role].kid
    assert ids(affected(database, host, kid, cutoff=index_of(world, late))) == ([early], [late])
    assert ids(affected(database, host, kid, cutoff=0)) == ([], [early, late])
    assert ids(affected(database, host, kid, cutoff=10**6)) == ([early, late], [])


def test_marks_of_another_key_of_the_same_body_are_not_concerned(office: Office) -> None:
    world, signers = office
    world.issue(signers)
    other = world.add_key(7, "decider", 9)
    assert ids(affected(world.registry.database, world.registry.host, other.kid, cutoff=0)) == ([], [])
    assert ids(affected(world.registry.database, world.registry.host, signers["desk"].kid, cutoff=0)) == ([], [])


def test_a_cut_off_by_time_is_the_first_entry_from_then_on(office: Office) -> None:
    world, signers = office
    early = world.issue(signers)
    world.clock.now += 1000
    stolen_at = world.clock()
    late = world.issue(signers)
    database = world.registry.database
    cutoff = cutoff_since(database, stolen_at)
    assert index_of(world, early) < cutoff <= index_of(world, late)
    assert cutoff_since(database, stolen_at + 10**6) == world.registry.size().result(30)


def test_a_key_that_the_log_does_not_know_is_named(office: Office) -> None:
    world, _ = office
    with pytest.raises(NotFoundError, match="no key"):
        affected(world.registry.database, world.registry.host, "A" * 43, cutoff=0)


def run(*arguments: str) -> None:
    get_command(app).main(args=["key", *arguments], prog_name="registry", standalone_mode=False)


def test_the_command_lists_what_is_to_be_issued_anew(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    world, signers = office
    if isinstance(place := world.registry.database.place, str):
        (world.folder / "settings.toml").write_text(f'database = "{place}"\n', "utf-8")
    early, late = world.issue(signers), world.issue(signers)
    asked = ["affected", signers["decider"].kid, "--dir", str(world.folder), "--cutoff", str(index_of(world, late))]
    capsys.readouterr()
    run(*asked, "--json")
    told = json.loads(capsys.readouterr().out)
    assert [one["mark"] for one in told["stay_valid"]] == [early]
    assert [(one["mark"], one["tier"], one["state"]) for one in told["reissue"]] == [(late, 3, "active")]
    run(*asked)
    assert "1 marks stay valid, 1 become void" in capsys.readouterr().out
    for where in ([], ["--cutoff", "1", "--since", "2026-11-22"]):
        with pytest.raises(WrongUseError, match="where to cut off"):
            run("affected", signers["decider"].kid, "--dir", str(world.folder), *where)
