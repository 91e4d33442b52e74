"""The disclosed name of a body can be erased for good; every proof stays valid and nothing of the name is left."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from registry.desk import erase_command
from verifier.encoding import read_object
from verifier.errors import NotFoundError
from verifier.trust.trustlist import read_trust_list

if TYPE_CHECKING:
    from pathlib import Path

    from registry.desk.operator_desk import OperatorDesk
    from tests.registry.conftest import Office, World

NAME = "見本評価機構"


@pytest.fixture
def at_desk(office: Office, monkeypatch: pytest.MonkeyPatch) -> World:
    """A registry whose operators' desk the command sits down at."""
    world, _ = office

    def operators_desk(directory: Path) -> OperatorDesk:
        assert directory == world.folder
        return world.desk

    monkeypatch.setattr(erase_command, "operators_desk", operators_desk)
    return world


def holds(folder: Path, name: str) -> list[str]:
    return [
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and name.encode() in path.read_bytes()
    ]


def test_the_name_leaves_the_page_the_trust_list_and_the_published_file(at_desk: World) -> None:
    world = at_desk
    assert NAME in world.http.get("http://read/e/7.json").text
    erase_command.erase_name(world.folder, 7)
    world.clock.now += 60
    world.settle()
    gone = world.http.get("http://read/e/7.json")
    assert (gone.status_code, gone.json()["code"]) == (410, "erased")
    assert world.http.get("http://read/e/7").json()["name"] is None
    body = read_trust_list((world.public / "trust/list.jwt").read_bytes(), world.ceremony.root).body(7)
    assert body is not None
    assert body.name is None


def test_the_salt_and_the_name_are_gone_and_the_commitment_says_nothing(at_desk: World) -> None:
    world = at_desk
    (salt,) = [one["salt"] for one in read_object((world.public / "e/7.json").read_bytes())["disclosures"]]
    erase_command.erase_name(world.folder, 7)
    world.settle()
    database = world.folder / "registry.db"
    with sqlite3.connect(database) as connection:
        rows = connection.execute("SELECT name, value FROM disclosure").fetchall()
    assert rows == [("", "")]
    assert holds(world.folder, NAME) == []
    assert holds(world.public / "e", str(salt)) == holds(world.public / "e", NAME) == []


def test_what_was_erased_is_not_erased_again(at_desk: World) -> None:
    erase_command.erase_name(at_desk.folder, 7)
    at_desk.settle()
    with pytest.raises(NotFoundError, match="no disclosed name"):
        erase_command.erase_name(at_desk.folder, 7)


def test_a_body_that_never_was_has_no_name_to_erase(at_desk: World) -> None:
    with pytest.raises(NotFoundError):
        erase_command.erase_name(at_desk.folder, 8)
