"""The scenario in one process: the same seed and clock give the same log, and its packages verify offline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from registry.scenario import cast
from registry.scenario.federated import federate
from registry.scenario.one_process import OneProcess, one_process
from registry.scenario.outcome import verify_package
from registry.scenario.story import IssuedMark, Story
from verifier.log.checkpoint import SignedCheckpoint
from verifier.verdict import Headline, Result

if TYPE_CHECKING:
    from tests.postgresql_server import Server

START = 1_795_305_600


def played(
    folder: Path, *, seed: str, database: str | None = None
) -> tuple[OneProcess, tuple[IssuedMark, ...], list[str]]:
    told: list[str] = []
    with one_process(folder, seed=seed, start=START, database=database) as world:
        marks = Story(world.stage, tell=lambda heading, detail: told.append(f"{heading}: {detail}")).play(
            folder / "marks"
        )
    return world, marks, told


def checkpoint_of(world: OneProcess) -> SignedCheckpoint:
    return SignedCheckpoint.parse((world.public / "log/checkpoint").read_bytes())


def test_the_same_seed_and_clock_give_the_same_log_root_and_the_same_account(tmp_path: Path) -> None:
    first, _, told = played(tmp_path / "one", seed="fixed")
    again, _, told_again = played(tmp_path / "two", seed="fixed")
    assert checkpoint_of(first).checkpoint == checkpoint_of(again).checkpoint
    assert told == told_again


@pytest.mark.system
def test_on_postgresql_the_same_story_gives_the_same_log_root(
    story: tuple[OneProcess, tuple[IssuedMark, ...]], postgresql: Server, tmp_path: Path
) -> None:
    shared, _, _ = played(tmp_path / "shared", seed="story", database=postgresql.create("story"))
    assert checkpoint_of(shared).checkpoint == checkpoint_of(story[0]).checkpoint


@pytest.mark.prove
def test_another_seed_gives_another_log_root(tmp_path: Path) -> None:
    first, _, _ = played(tmp_path / "one", seed="fixed")
    other, _, _ = played(tmp_path / "two", seed="other")
    assert checkpoint_of(first).checkpoint.root != checkpoint_of(other).checkpoint.root


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> tuple[OneProcess, tuple[IssuedMark, ...]]:
    world, marks, _ = played(tmp_path_factory.mktemp("story"), seed="story")
    return world, marks


def test_each_package_verifies_from_its_picture_without_a_network(
    story: tuple[OneProcess, tuple[IssuedMark, ...]],
) -> None:
    world, marks = story
    assert [mark.level for mark in marks] == [3, 4]
    for mark in marks:
        verdict = verify_package(mark.issued.folder, world.public / "trust/1.json", now=world.clock())
        assert verdict.headline is Headline.VALID_OFFLINE
        assert {check.result for check in verdict.checks} == {Result.PASSED}
        assert verdict.mark is not None
        assert verdict.mark.identifiers == (mark.holder.identifier,)


def test_a_package_holds_what_the_specification_names(story: tuple[OneProcess, tuple[IssuedMark, ...]]) -> None:
    _, marks = story
    names = {file.name for file in marks[0].issued.folder.iterdir()}
    assert {"mark.jwt", "mark.tlog-proof", "attestation.jwt", "bundle.json", "qr.svg", "qr.png"} <= names


def test_the_invented_organisations_have_numbers_that_no_register_gives(
    story: tuple[OneProcess, tuple[IssuedMark, ...]],
) -> None:
    _, marks = story
    for organisation in (cast.BODY, cast.TESTER, *(mark.holder for mark in marks)):
        assert organisation.identifier.removeprefix("0188-")[1:5] == "9999"


def test_the_evaluation_body_says_of_itself_what_it_is_in_a_federation(tmp_path: Path) -> None:
    with one_process(tmp_path, seed="federated", start=START) as world:
        desk = Story(world.stage, tell=lambda heading, detail: None).prepare()
        body = federate(desk, world.stage, world.public, organisation=cast.BODY.name)
        answer = world.stage.http.get(f"http://read/e/{cast.BODY_NO}/.well-known/openid-federation")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/entity-statement+jwt")
    assert body.uri == f"https://{cast.HOST}/e/{cast.BODY_NO}"
