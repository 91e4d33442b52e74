"""What a copy keeps of recognised equivalents: what the directory names as newest, read once, and nothing made up."""

from __future__ import annotations

import pytest

from registry.scenario.simulated_log import HOST
from tests.check.suppliers import Registry, built
from tests.directory.histories import Shelf
from tests.directory.test_copying import Plane
from verifier.directory.copying import DirectoryCopy
from verifier.directory.files import IndexFile, parse_index, write_files
from verifier.directory.recognitions import leaves_that_count, newest_recognitions, recognitions_path
from verifier.directory.record import subject_key, write_object
from verifier.directory.tree import DirectoryTree
from verifier.encoding import b64u
from verifier.envelope import sign_token
from verifier.errors import NotFoundError, ProofError, UnavailableError
from verifier.log.merkle import leaf_hash
from verifier.log.tile import TileReader, encode_entries, entries_path
from verifier.names import log_origin
from verifier.statement.claims import TYP


@pytest.fixture
def registry() -> Registry:
    return built().fork()


def pull(registry: Registry, store: Shelf, plane: Plane) -> bytes:
    """Bring a copy on; return what it keeps about recognitions."""
    copy = DirectoryCopy(store, registry.world.pinned, now=registry.world.sim.now)
    return store.files[recognitions_path(copy.pull(plane).epoch.size)]


def bundle_of(registry: Registry, entry: bytes) -> str:
    """Return the path of the bundle that holds an entry."""
    sim = registry.world.sim
    number = sim.entries.index(entry) // 256
    return entries_path(number, min(256, sim.published - number * 256))


def test_the_newest_statements_are_kept_byte_for_byte_and_in_the_order_of_the_log(registry: Registry) -> None:
    assert pull(registry, Shelf(), Plane(registry.world)).decode().splitlines() == registry.statements


def test_what_is_kept_is_not_fetched_again(registry: Registry) -> None:
    store, plane = Shelf(), Plane(registry.world)
    pull(registry, store, plane)
    newer = sign_token({"v": 2}, typ=TYP, signer=registry.world.sim.ceremony.keys.directory)
    for _ in range(300):
        registry.world.sim.append_unread(newer)
    plane.show()
    plane.fetched.clear()
    assert pull(registry, store, plane).decode().splitlines() == registry.statements
    assert bundle_of(registry, registry.statements[0].encode()) not in plane.fetched


def test_a_copy_of_an_older_version_gets_them_with_the_next_pull_though_nothing_changed(registry: Registry) -> None:
    store, plane = Shelf(), Plane(registry.world)
    pull(registry, store, plane)
    size = max(int(path.split("/")[1]) for path in store.files if path.endswith("/index"))
    del store.files[recognitions_path(size)]
    assert pull(registry, store, plane).decode().splitlines() == registry.statements


def test_another_entry_than_the_directory_names_is_refused_and_the_copy_stays(registry: Registry) -> None:
    store, plane = Shelf(), Plane(registry.world)
    path = bundle_of(registry, registry.statements[0].encode())
    first = (int(path.split("/")[3].partition(".")[0])) * 256
    entries = registry.world.sim.entries[first : first + 256]
    place = entries.index(registry.statements[1].encode())
    plane.lies[path] = encode_entries([*entries[:place], registry.statements[0].encode(), *entries[place + 1 :]])
    with pytest.raises(ProofError, match="not the one that the directory names"):
        pull(registry, store, plane)
    with pytest.raises(NotFoundError):
        DirectoryCopy(store, registry.world.pinned, now=registry.world.sim.now).epoch()
    del plane.lies[path]
    assert pull(registry, store, plane).decode().splitlines() == registry.statements


def test_a_line_that_goes_dead_before_the_statements_leaves_the_copy_at_its_old_epoch(registry: Registry) -> None:
    store, plane = Shelf(), Plane(registry.world)
    pull(registry, store, plane)
    registry.suspend(registry.holders["good"][0])
    old = dict(store.files)
    for count in range(1, 40):
        plane.fetched.clear()
        plane.breaks_after = count
        try:
            pull(registry, store, plane)
            break
        except UnavailableError:
            assert store.files[recognitions_path(_size(old))].decode().splitlines() == registry.statements
            assert DirectoryCopy(store, registry.world.pinned, now=registry.world.sim.now).epoch().size == _size(old)


def test_only_what_counts_is_kept_whatever_was_said_last_and_what_is_not_understood_too(registry: Registry) -> None:
    sim = registry.world.sim
    in_force, recorded = (one.encode() for one in registry.statements)
    newer = sign_token({"v": 2}, typ=TYP, signer=sim.ceremony.keys.directory).encode()
    entries = [in_force, recorded, newer, sim.entries[0]]
    said = {"a/jp-uk": (0, "suspended"), "r/one": (1, "recorded"), "r/two": (2, "recorded"), "r/three": (1, "ended")}
    index, shelf = directory_of(said | {"a/other": (3, "in_force")}, entries)
    log = TileReader(lambda path: encode_entries(entries), len(entries))
    assert newest_recognitions(shelf, index, host=HOST, log=log) == [recorded, newer, sim.entries[0]]
    leaves = {b64u(leaf_hash(entry)) for entry in (recorded, newer, sim.entries[0])}
    assert leaves_that_count(shelf, index, host=HOST) == leaves


def test_a_shard_that_is_not_the_index_s_tells_nothing_about_what_counts(registry: Registry) -> None:
    entry = registry.statements[1].encode()
    index, shelf = directory_of({"r/one": (0, "recorded")}, [entry])
    ((path, data),) = [one for one in shelf.files.items() if b"/r/one" in one[1]]
    shelf.files[path] = data.replace(b"/r/one", b"/m/one")
    with pytest.raises(ProofError):
        leaves_that_count(shelf, index, host=HOST)


def directory_of(said: dict[str, tuple[int, str]], entries: list[bytes]) -> tuple[IndexFile, Shelf]:
    """Return a directory of these objects: their newest entry and their state."""
    lines = []
    for name, (head, state) in said.items():
        uri = f"https://{HOST}/{name}"
        lines.append((subject_key(uri), write_object(uri, head, leaf_hash(entries[head]), state, None)))
    shelf, files = Shelf(), write_files(DirectoryTree(lines), log=log_origin(HOST), size=len(entries))
    shelf.add(files)
    return parse_index(files.index), shelf


def _size(files: dict[str, bytes]) -> int:
    return max(int(path.split("/")[1]) for path in files if path.endswith("/index"))
