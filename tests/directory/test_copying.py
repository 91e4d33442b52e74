"""A copy of the directory: pulled, kept current, asked offline; and every way to be given a wrong one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from registry.scenario.simulated_log import HOST
from registry.scenario.simulator import DAY, HOLDER
from tests.directory.histories import Shelf
from tests.world import World, fork, fork_issued
from verifier.directory import tree
from verifier.directory.copying import DirectoryCopy, Pulled
from verifier.directory.files import parse_index, shard_path
from verifier.directory.proven import POINTER, ProvenEpoch, delta_path, fetch_epoch, index_path
from verifier.directory.ranged import RangedDirectory
from verifier.directory.recognitions import recognitions_path
from verifier.directory.record import IdentifierRecord, ObjectRecord
from verifier.encoding import b64u, canonical
from verifier.errors import (
    EvidenceError,
    MarkError,
    NotFoundError,
    ProofError,
    RefusedError,
    TrustRootError,
    UnavailableError,
    WrongUseError,
)
from verifier.names import directory_uri, log_origin, mark_uri
from verifier.statement import Draft


@dataclass
class Plane:
    """What a simulated registry publishes, with its deltas; remembers what was fetched, and can be made to lie."""

    world: World
    fetched: list[str] = field(default_factory=list)
    lies: dict[str, bytes | None] = field(default_factory=dict)
    breaks_after: int | None = None

    def fetch(self, path: str) -> bytes:
        if self.breaks_after is not None and len(self.fetched) >= self.breaks_after:
            raise UnavailableError("the line went dead")
        self.fetched.append(path)
        if path in self.lies:
            lie = self.lies[path]
            if lie is None:
                raise NotFoundError(path)
            return lie
        return self.world.sim.fetch(path)

    def show(self) -> None:
        """Publish what was said, and a new directory with its delta."""
        self.world.sim.publish()
        built = self.world.sim.publish_directory()
        if built.delta is not None:
            self.world.sim.files[delta_path(built.size)] = built.delta.serialize()

    def shards(self) -> list[str]:
        return [path for path in self.fetched if path.startswith("directory/shards/")]


@pytest.fixture
def plane() -> Plane:
    world, _ = fork_issued()
    return Plane(world)


@pytest.fixture
def store() -> Shelf:
    return Shelf()


def pull(plane: Plane, store: Shelf, **asked: int) -> Pulled:
    plane.fetched.clear()
    return DirectoryCopy(store, plane.world.pinned, now=plane.world.sim.now).pull(plane, **asked)


def opened(plane: Plane, store: Shelf, *, now: int | None = None) -> ProvenEpoch:
    return DirectoryCopy(store, plane.world.pinned, now=now or plane.world.sim.now).epoch()


def found(epoch: ProvenEpoch, store: Shelf, subject: str) -> ObjectRecord | IdentifierRecord | None:
    return epoch.look_up(RangedDirectory(store, epoch.index).prove(subject), subject)


def test_a_copy_answers_offline_with_presence_and_with_absence(plane: Plane, store: Shelf) -> None:
    pulled = pull(plane, store)
    epoch = opened(plane, store)
    held = found(epoch, store, HOLDER)
    assert isinstance(held, IdentifierRecord)
    mark = found(epoch, store, mark_uri(HOST, held.marks[0].mark))
    assert isinstance(mark, ObjectRecord)
    assert mark.state == "active"
    assert found(epoch, store, "0188-absent") is None
    assert (pulled.way, pulled.epoch, epoch.as_of) == ("shards", epoch, pulled.epoch.as_of)
    assert pulled.fetched > 0
    assert plane.world.sim.now - 60 < epoch.as_of <= plane.world.sim.now


def test_the_second_pull_fetches_what_changed_and_the_third_nothing(
    plane: Plane, store: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "MEAN_RECORDS", 1)
    plane.show()
    pull(plane, store)
    plane.world.issue(directory=False, idx=8)
    plane.show()
    second = pull(plane, store)
    assert (second.way, second.shards, plane.shards()) == ("deltas", 0, [])
    third = pull(plane, store)
    assert (third.way, third.shards, plane.shards()) == ("current", 0, [])
    assert third.epoch == second.epoch
    plane.show()
    assert pull(plane, store, since=third.epoch.size).way == "deltas"


def test_deltas_are_followed_over_several_epochs_and_old_files_go(plane: Plane, store: Shelf) -> None:
    first = pull(plane, store)
    for idx in (8, 9, 10):
        plane.world.issue(directory=False, idx=idx)
        plane.show()
    last = pull(plane, store)
    assert (last.way, plane.shards()) == ("deltas", [])
    kept = {path for path in store.files if path.startswith("directory/")}
    shards = {shard_path(last.epoch.index, number) for number in range(len(last.epoch.index.shards))}
    size = last.epoch.size
    beside = {f"directory/{size}/entry.tlog-proof", recognitions_path(size)}
    assert kept == {POINTER, index_path(size), *beside, *shards}
    assert index_path(first.epoch.size) not in store.files


def test_the_copy_is_the_same_whichever_way_it_was_made(plane: Plane, store: Shelf) -> None:
    pull(plane, store)
    plane.world.issue(directory=False, idx=8)
    plane.show()
    pull(plane, store)
    fresh = Shelf()
    pull(plane, fresh)
    assert store.files == fresh.files


def test_without_its_deltas_only_the_shards_that_changed_are_fetched(plane: Plane, store: Shelf) -> None:
    pull(plane, store)
    plane.world.issue(directory=False, idx=8)
    plane.world.sim.publish_directory()
    index = parse_index(plane.world.sim.fetch(index_path(plane.world.sim.state.directory[1].size)))  # type: ignore[index]
    wanted = [path for path in (shard_path(index, n) for n in range(len(index.shards))) if path not in store.files]
    pulled = pull(plane, store)
    assert (pulled.way, plane.shards()) == ("shards", wanted)
    plane.world.sim.publish_directory()
    with pytest.raises(NotFoundError):
        pull(plane, store, since=pulled.epoch.size)


def test_a_wrong_delta_is_refused_and_the_shards_are_fetched(plane: Plane, store: Shelf) -> None:
    pull(plane, store)
    before = opened(plane, store)
    plane.world.issue(directory=False, idx=8)
    plane.show()
    size = plane.world.sim.state.directory[1].size  # type: ignore[index]
    right = plane.world.sim.fetch(delta_path(size))
    plane.lies[delta_path(size)] = right.replace(b'"active"', b'"annulled"', 1)
    with pytest.raises(ProofError, match="logged root"):
        pull(plane, store, since=before.size)
    assert opened(plane, store) == before
    assert pull(plane, store).way == "shards"
    assert opened(plane, store).size == size


def test_an_interrupted_pull_leaves_the_old_answer_and_is_taken_up_again(
    plane: Plane, store: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "MEAN_RECORDS", 1)
    plane.show()
    whole = Shelf()
    pull(plane, whole)
    plane.breaks_after, tries, shards = 0, 0, plane.shards()
    taken: list[str] = []
    while POINTER not in store.files:
        try:
            pull(plane, store)
        except UnavailableError:
            with pytest.raises(NotFoundError):
                opened(plane, store)
        taken += plane.shards()
        plane.breaks_after += 1
        tries += 1
    assert tries > 8
    assert sorted(taken) == sorted(shards)
    assert store.files == whole.files


def test_a_pull_that_is_interrupted_by_the_disk_answers_as_before(plane: Plane, store: Shelf) -> None:
    pull(plane, store)
    before = opened(plane, store)
    plane.world.issue(directory=False, idx=8)
    plane.show()
    puts = 0

    class Full(Shelf):
        def put(self, path: str, data: bytes) -> None:
            if len(self.left) == 0:
                raise UnavailableError("the disk is full")
            self.left.pop()
            super().put(path, data)

        left: list[int]

    while True:
        disk = Full(store.files)
        disk.left = [0] * puts
        try:
            pull(plane, disk)
        except UnavailableError:
            assert opened(plane, disk) == before
            assert found(before, disk, HOLDER) is not None
            puts += 1
        else:
            break
    assert puts >= 4


def test_a_damaged_copy_does_not_answer_and_is_mended(plane: Plane, store: Shelf) -> None:
    pull(plane, store)
    epoch = opened(plane, store)
    for path, data in store.files.items():
        if path.startswith("directory/shards/"):
            store.files[path] = data.replace(b'"active"', b'"annul3d"')
    with pytest.raises(ProofError):
        found(epoch, store, HOLDER)
    assert pull(plane, store).shards > 0
    assert found(opened(plane, store), store, HOLDER) is not None
    store.files[index_path(epoch.size)] = b"{}"
    with pytest.raises(MarkError):
        opened(plane, store)
    assert pull(plane, store).shards == 0
    assert opened(plane, store).size == epoch.size


def test_since_has_to_name_the_epoch_of_the_copy(plane: Plane, store: Shelf) -> None:
    with pytest.raises(WrongUseError, match="there is none"):
        pull(plane, store, since=5)
    size = pull(plane, store).epoch.size
    with pytest.raises(WrongUseError, match=f"it is at epoch {size}"):
        pull(plane, store, since=size + 1)


def unlogged_index(plane: Plane) -> None:
    size = plane.world.sim.state.directory[1].size  # type: ignore[index]
    plane.lies[index_path(size)] = plane.world.sim.fetch(index_path(size)) + b"\n"


def other_shard(plane: Plane) -> None:
    for path in list(plane.world.sim.files):
        if path.startswith("directory/shards/"):
            plane.lies[path] = plane.world.sim.fetch(path).replace(b'"active"', b'"annulled"')


def too_few_witnesses(plane: Plane) -> None:
    plane.world.sim.cosigning = 2
    plane.world.sim.publish()


def pointer_to_another_entry(plane: Plane) -> None:
    plane.lies[POINTER] = canonical({"entry": 3, "size": 3})
    plane.lies[index_path(3)] = b"{}"


def signed_by_an_operator(plane: Plane) -> None:
    sim = plane.world.sim
    built = sim.publish_directory()
    files = [{"uri": index_path(built.size), "sha256": built.files.index_sha256}]
    public = {"size": built.size, "bits": built.bits, "root": b64u(built.root), "files": files}
    draft = Draft(log_origin(HOST), "directory.published", directory_uri(HOST), public)
    entry = sim.append(sim.signed(draft, sim.ceremony.keys.operators[0]), judged=False)
    sim.publish()
    sim.serve_directory(built, entry)


def knows_later_entries(plane: Plane) -> None:
    sim = plane.world.sim
    built = sim.publish_directory()
    files = [{"uri": index_path(9999), "sha256": built.files.index_sha256}]
    public = {"size": 9999, "bits": built.bits, "root": b64u(built.root), "files": files}
    draft = Draft(log_origin(HOST), "directory.published", directory_uri(HOST), public)
    entry = sim.append(sim.signed(draft, sim.ceremony.keys.directory), judged=False)
    sim.publish()
    sim.serve_directory(built, entry)
    plane.lies[POINTER] = canonical({"entry": entry, "size": built.size})


def index_of_another_root(plane: Plane) -> None:
    sim = plane.world.sim
    built = sim.publish_directory()
    files = [{"uri": index_path(built.size), "sha256": built.files.index_sha256}]
    public = {"size": built.size, "bits": built.bits, "root": b64u(bytes(32)), "files": files}
    draft = Draft(log_origin(HOST), "directory.published", directory_uri(HOST), public)
    entry = sim.append(sim.signed(draft, sim.ceremony.keys.directory), judged=False)
    sim.publish()
    sim.serve_directory(built, entry)


@pytest.mark.parametrize(
    ("lie", "error"),
    [
        (unlogged_index, ProofError),
        (other_shard, ProofError),
        (too_few_witnesses, ProofError),
        (pointer_to_another_entry, ProofError),
        (signed_by_an_operator, RefusedError),
        (knows_later_entries, RefusedError),
        (index_of_another_root, ProofError),
    ],
)
def test_what_is_not_proven_is_not_kept(
    plane: Plane, store: Shelf, lie: Callable[[Plane], None], error: type[MarkError]
) -> None:
    lie(plane)
    with pytest.raises(error):
        pull(plane, store)
    assert POINTER not in store.files
    if lie is not other_shard:
        with pytest.raises(error):
            fetch_epoch(plane, plane.world.pinned, now=plane.world.sim.now)


def test_an_older_directory_and_an_older_log_are_not_taken(plane: Plane, store: Shelf) -> None:
    old = Plane(plane.world.fork())
    plane.show()
    pull(plane, store)
    with pytest.raises(UnavailableError, match="older than the copy"):
        pull(old, store)


def test_a_log_with_another_past_is_refused() -> None:
    world = fork()
    fake, plane, store = Plane(world.fork()), Plane(world), Shelf()
    plane.world.issue(idx=1)
    pull(plane, store)
    for idx in range(2, 6):
        fake.world.issue(idx=idx)
    with pytest.raises(EvidenceError):
        pull(fake, store)
    assert opened(plane, store).size == plane.world.sim.state.directory[1].size  # type: ignore[index]


def test_an_expired_or_another_trust_root_opens_no_copy(plane: Plane, store: Shelf) -> None:
    pull(plane, store)
    with pytest.raises(UnavailableError, match="expired"):
        opened(plane, store, now=plane.world.sim.now + 400 * DAY)
    stranger = World("another authority")
    with pytest.raises((ProofError, RefusedError, TrustRootError)):
        DirectoryCopy(store, stranger.pinned, now=plane.world.sim.now).epoch()


def test_a_copy_follows_a_new_trust_root(plane: Plane, store: Shelf) -> None:
    sim = plane.world.sim
    expires = sim.root.content.expires
    sim.renew_root(issued=sim.now, expires=sim.now + 390 * DAY)
    with pytest.raises(NotFoundError):
        opened(plane, store)
    pull(plane, store)
    assert "trust/2.json" in store.files
    later = expires + DAY
    assert opened(plane, store, now=later).size > 0
    plane.lies["trust/2.json"] = None
    sim.now = later
    assert pull(plane, store).way == "current"
