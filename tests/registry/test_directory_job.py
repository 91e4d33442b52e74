"""The directory follows the log: due after a change or an hour, shown once its entry is published."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from registry.log.writer import Writer
from registry.rows import queries
from verifier.directory.build import build_directory
from verifier.directory.files import parse_index
from verifier.encoding import b64u, digest
from verifier.envelope import parse_token
from verifier.statement import parse_statement
from verifier.statement.public import DirectoryPublished
from verifier.trust.trustlist import read_trust_list

if TYPE_CHECKING:
    from tests.registry.conftest import Office, World

DATABASES = ("sqlite", "postgresql")
SCHEME = {"scheme": "a.b", "version": "1", "sha256": "A" * 43, "tiers": []}


def latest(world: World) -> dict[str, int]:
    shown: dict[str, int] = json.loads((world.public / "directory/latest").read_bytes())
    return shown


def logged(world: World, index: int) -> DirectoryPublished:
    with world.registry.database.read() as connection:
        (entry,) = queries.entries(connection, index, index + 1)
    public = parse_statement(entry.statement).public
    assert isinstance(public, DirectoryPublished)
    return public


def test_a_directory_is_logged_first_and_shown_when_its_entry_is_published(world: World) -> None:
    step = world.registry.directory.step
    assert step().outcome == "submitted"
    assert not (world.public / "directory/latest").exists()
    assert step().outcome == "waiting"
    world.publisher.publish_once()
    assert step().outcome == "shown"
    assert latest(world) == {"entry": 1, "size": 1}
    assert step().outcome == "unchanged"


def test_a_change_makes_a_new_directory_due_and_so_does_an_hour(world: World) -> None:
    world.settle()
    world.desk.publish_scheme(SCHEME)
    assert world.registry.directory.step().outcome == "submitted"
    world.settle()
    world.clock.now += 3599
    assert world.registry.directory.step().outcome == "unchanged"
    world.clock.now += 1
    assert world.registry.directory.step().outcome == "submitted"


def test_the_entry_pins_the_files_and_the_directory_is_a_function_of_the_log(office: Office) -> None:
    world, _ = office
    shown = latest(world)
    public = logged(world, shown["entry"])
    index = (world.public / f"directory/{shown['size']}/index").read_bytes()
    trust_list = (world.public / "trust/list.jwt").read_text()
    recognition_list = (world.public / "recognition/list.jwt").read_text()
    assert {one.uri: one.sha256 for one in public.files} == {
        f"directory/{shown['size']}/index": digest(index),
        f"directory/{shown['size']}/trust-list.jwt": parse_token(trust_list, "trust-list+jwt").digest,
        f"directory/{shown['size']}/recognition-list.jwt": parse_token(recognition_list, "recognition-list+jwt").digest,
    }
    assert (public.size, public.root) == (shown["size"], parse_index(index).root)
    state = world.registry.writer.ask(lambda _, state: lambda: state).result(30)
    assert b64u(build_directory(state).root) != public.root or state.changed_at <= public.size


def test_the_trust_list_names_the_body_as_disclosed(office: Office) -> None:
    world, _ = office
    listed = read_trust_list((world.public / "trust/list.jwt").read_bytes(), world.ceremony.root)
    body = listed.body(7)
    assert body is not None
    assert (body.name, [key.role for key in body.keys]) == ("見本評価機構", ["assessor", "decider", "desk"])


def test_the_entity_configuration_names_the_issuers_of_each_trust_mark(office: Office) -> None:
    world, _ = office
    entity = parse_token((world.public / ".well-known/openid-federation").read_bytes(), "entity-statement+jwt")
    assert entity.payload["trust_mark_issuers"] == {
        "https://shirushi.example/tm/jp.meti.scs/3": ["https://shirushi.example/e/7"]
    }
    assert entity.payload["jwks"]["keys"][0]["kid"] == entity.kid
    assert entity.payload["iss"] == entity.payload["sub"] == "https://shirushi.example"


def test_a_directory_that_was_not_submitted_is_made_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Writer, "submit", cut_short)
        with pytest.raises(KeyboardInterrupt):
            world.registry.directory.step()
    assert (world.public / "directory/1/index").exists()
    world.clock.now += 60
    assert world.registry.directory.step().outcome == "submitted"
    world.settle()
    assert read_trust_list((world.public / "trust/list.jwt").read_bytes(), world.ceremony.root).iat == world.clock()


def cut_short(*_: object) -> None:
    raise KeyboardInterrupt
