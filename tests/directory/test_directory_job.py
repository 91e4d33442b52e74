"""The directory job of a whole registry: deltas, spacing, what is kept, and a copy that follows it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.publishing.directory_job import DirectoryJob
from registry.publishing.directory_retention import Retention
from registry.rows import queries
from tests.registry.conftest import HOST, Keys, World, make_keys, open_world
from verifier.directory.build import rebuild_directory
from verifier.directory.copying import DirectoryCopy
from verifier.directory.delta import parse_delta
from verifier.directory.files import parse_index, shard_path
from verifier.edge.directory_store import FolderStore
from verifier.edge.folder import FolderFetcher
from verifier.encoding import digest, read_object
from verifier.statement import Statement, parse_statement
from verifier.statement.public import DirectoryPublished


@pytest.fixture(scope="module")
def keys() -> Keys:
    return make_keys()


@pytest.fixture
def world(tmp_path: Path, keys: Keys) -> Iterator[World]:
    world = open_world(tmp_path / "registry", keys, seed="directory job")
    yield world
    world.close()


def change(world: World, number: int) -> None:
    world.desk.publish_scheme({"scheme": f"a.b{number}", "version": "1", "sha256": "A" * 43, "tiers": []})


def shown(world: World) -> int:
    return int(read_object((world.public / "directory/latest").read_bytes())["size"])


def entries(world: World) -> list[tuple[Statement, bytes]]:
    with world.registry.database.read() as connection:
        stored = queries.entries(connection, 0, queries.log_size(connection).size)
    return [(parse_statement(one.statement), one.leaf) for one in stored]


def logged(world: World) -> DirectoryPublished:
    return next(one.public for one, _ in reversed(entries(world)) if isinstance(one.public, DirectoryPublished))


def test_each_epoch_but_the_first_logs_and_serves_its_delta(world: World) -> None:
    world.settle()
    first = shown(world)
    assert not (world.public / f"directory/{first}/delta").exists()
    change(world, 1)
    world.settle()
    size = shown(world)
    data = world.http.get(f"http://read/directory/{size}/delta")
    assert data.status_code == 200
    assert {one.uri: one.sha256 for one in logged(world).files}[f"directory/{size}/delta"] == digest(data.content)
    delta = parse_delta(data.content)
    assert (delta.since, delta.size, len(delta.lines)) == (first, size, 1)


def test_a_copy_follows_a_registry_by_deltas(world: World, tmp_path: Path) -> None:
    world.settle()
    copy = DirectoryCopy(FolderStore(tmp_path / "copy"), world.ceremony.root, now=world.clock())
    source = FolderFetcher(world.public)
    assert copy.pull(source).way == "shards"
    for number in range(3):
        change(world, number)
        world.settle()
    assert copy.pull(source).way == "deltas"
    assert copy.epoch().size == shown(world)


def test_what_is_published_is_what_the_log_gives(world: World) -> None:
    for number in range(3):
        change(world, number)
        world.settle()
        built = rebuild_directory(HOST, entries(world), size=shown(world))
        folder = world.public / f"directory/{shown(world)}"
        assert (folder / "index").read_bytes() == built.files.index
        for name, data in built.files.shards.items():
            assert (world.public / "directory/shards" / name).read_bytes() == data
        if built.delta is not None:
            assert (folder / "delta").read_bytes() == built.delta.serialize()


def test_old_epochs_go_with_the_shards_that_only_they_name_and_are_rebuilt(world: World) -> None:
    job = world.registry.directory
    job._retention = Retention(world.public, kept=2)
    sizes, removed = [], {}
    for number in range(4):
        change(world, number)
        world.settle()
        sizes.append(shown(world))
        removed.setdefault(sizes[0], (world.public / f"directory/{sizes[0]}/index").read_bytes() if not number else b"")
    folders = {int(one.name) for one in (world.public / "directory").iterdir() if one.name.isdecimal()}
    assert folders == set(sizes[-2:])
    kept = [parse_index((world.public / f"directory/{size}/index").read_bytes()) for size in sizes[-2:]]
    named = {shard_path(index, number) for index in kept for number in range(len(index.shards))}
    assert {f"directory/shards/{one.name}" for one in (world.public / "directory/shards").iterdir()} == named
    again = rebuild_directory(HOST, entries(world), size=sizes[0])
    assert again.files.index == removed[sizes[0]]


def test_a_registry_keeps_48_epochs(tmp_path: Path) -> None:
    (tmp_path / "directory/shards").mkdir(parents=True)
    (tmp_path / "directory/shards" / ("0" * 64)).touch()
    for size in range(1, 60):
        (tmp_path / f"directory/{size}").mkdir()
    Retention(tmp_path).clear(58)
    left = sorted(int(one.name) for one in (tmp_path / "directory").iterdir() if one.name.isdecimal())
    assert left == list(range(11, 60))
    assert not any((tmp_path / "directory/shards").iterdir())


class Stopwatch:
    """Each look at it costs as much as it is told."""

    def __init__(self) -> None:
        self.cost, self.told = 0.0, 0.0

    def __call__(self) -> float:
        self.told += self.cost
        return self.told


@pytest.mark.parametrize(("cost", "interval"), [(0.1, 0), (0.5, 5), (100.0, 60)])
def test_epochs_are_as_far_apart_as_they_cost(world: World, cost: float, interval: int) -> None:
    watch = Stopwatch()
    job = world.registry.directory = DirectoryJob(
        writer=world.registry.writer,
        office=world.registry.office,
        public=world.registry.public,
        signer=world.ceremony.keys.directory,
        organisation="Demonstration authority",
        stopwatch=watch,
    )
    watch.cost = cost
    world.settle()
    change(world, 1)
    world.publisher.publish_once()
    for _ in range(interval):
        assert job.step().outcome == "waiting"
        world.clock.now += 1
    assert job.step().outcome == "submitted"


def test_an_epoch_that_was_cut_short_is_made_whole_by_the_next(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.settle()
    change(world, 1)
    write_once = type(world.registry.public).write_once

    def full(self: object, path: str, data: bytes) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(type(world.registry.public), "write_once", full)
        with pytest.raises(OSError, match="no space"):
            world.registry.directory.step()
    assert type(world.registry.public).write_once is write_once
    change(world, 2)
    world.settle()
    index = parse_index((world.public / f"directory/{shown(world)}/index").read_bytes())
    assert all((world.public / shard_path(index, number)).exists() for number in range(len(index.shards)))


def test_a_log_that_was_made_anew_gets_a_directory_made_anew(world: World) -> None:
    world.settle()
    job = world.registry.directory
    grown = job._growing
    world.registry.writer._follower.forget()
    change(world, 1)
    world.settle()
    assert job._growing is not grown
    built = rebuild_directory(HOST, entries(world), size=shown(world))
    assert (world.public / f"directory/{shown(world)}/index").read_bytes() == built.files.index
