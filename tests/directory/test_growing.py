"""A directory that follows its log has, at every epoch, the very files of one that is built from scratch."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.directory.histories import HOST, History, Shelf
from tests.world import fork, fork_issued
from verifier.directory import tree
from verifier.directory.build import build_directory, rebuild_directory
from verifier.directory.changes import changes_since
from verifier.directory.files import parse_index, shard_path
from verifier.directory.growing import GrowingDirectory
from verifier.directory.record import IdentifierRecord, Line, MarkLine, ObjectRecord, line_of
from verifier.directory.tree import DirectoryTree, bits_for, look_up
from verifier.encoding import b64u
from verifier.log.merkle import leaf_hash
from verifier.names import body_uri, directory_uri, parse_name
from verifier.replay.state import LogState
from verifier.statement import parse_statement

steps = st.lists(st.integers(0, 25), min_size=1, max_size=5)


@pytest.fixture(autouse=True, scope="module")
def _small_buckets() -> Iterator[None]:
    """Let a few dozen records need many buckets, so that their number grows within a history."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tree, "MEAN_RECORDS", 2)
        yield


def lines_by_models(state: LogState) -> list[Line]:
    """Return the directory's lines as the specification says it, by way of the models."""
    found: dict[str, list[MarkLine]] = {}
    lines = [
        line_of(ObjectRecord(object=uri, head=head.index, leaf=b64u(head.leaf), state=head.state, until=head.until))
        for uri, head in state.heads.items()
        if uri != directory_uri(HOST)
    ]
    for uri, mark in state.marks.items():
        issued = mark.issued
        links = [(parse_name(issued.sub).value, "held"), *((one, "covered") for one in issued.covered)]
        for identifier, link in links:
            line = {
                "mark": parse_name(uri).value,
                "link": link,
                "scheme": issued.scheme,
                "tier": issued.tier,
                "scope_kind": issued.scope_kind,
                "state": mark.state,
                "nbf": issued.nbf,
                "until": mark.lift_by or issued.exp,
            }
            found.setdefault(identifier, []).append(MarkLine.model_validate(line))
    for identifier, marks in found.items():
        marks.sort(key=lambda one: one.mark)
        lines.append(line_of(IdentifierRecord(identifier=identifier, marks=tuple(marks))))
    return lines


@given(st.integers(0, 2**32), steps)
def test_every_epoch_has_the_files_of_a_directory_built_from_scratch(seed: int, counts: list[int]) -> None:
    history, growing, shelf = History(seed), GrowingDirectory(), Shelf()
    for count in counts:
        history.change(count)
        epoch = growing.advance(changes_since(history.state, growing.size))
        built = build_directory(history.state)
        shelf.add(epoch.files)
        index = parse_index(epoch.files.index)
        assert (epoch.size, epoch.bits, epoch.root) == (built.size, built.bits, built.root)
        assert epoch.files.index == built.files.index
        assert epoch.delta == built.delta
        assert epoch.files.shards.items() <= built.files.shards.items()
        paths = {shard_path(index, number) for number in range(len(index.shards))}
        assert paths == {f"directory/shards/{name}" for name in built.files.shards}
        assert all(shelf.fetch(path) == built.files.shards[path.rpartition("/")[2]] for path in paths)
        history.log_directory(epoch)


@given(st.integers(0, 2**32), st.integers(0, 80))
def test_the_lines_are_those_of_the_models(seed: int, count: int) -> None:
    history = History(seed)
    history.change(count)
    built, expected = build_directory(history.state), sorted(lines_by_models(history.state))
    assert [line for number in range(1 << built.bits) for line in built.tree.bucket(number)] == [
        line.data for line in expected
    ]
    assert DirectoryTree(expected).root == built.root


def test_the_number_of_buckets_grows_within_a_history() -> None:
    history, growing = History(1), GrowingDirectory()
    bits = []
    for _ in range(6):
        history.change(30)
        bits.append(growing.advance(changes_since(history.state, growing.size)).bits)
    assert bits == sorted(bits)
    assert bits[0] < bits[-1]
    assert bits[-1] == bits_for(growing.tree.count)


def test_an_epoch_writes_only_the_shards_that_it_touches() -> None:
    history, growing = History(2, organisations=300), GrowingDirectory()
    history.change(600)
    whole = growing.advance(changes_since(history.state, 0))
    history.accredit()
    epoch = growing.advance(changes_since(history.state, growing.size))
    assert len(parse_index(whole.files.index).shards) == 256
    assert len(epoch.files.shards) == 1


@pytest.mark.prove
def test_long_histories_agree_with_directories_built_from_scratch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "MEAN_RECORDS", 32)
    for seed in range(4):
        history, growing, shelf = History(seed, organisations=399), GrowingDirectory(), Shelf()
        for count in (10, 500, 1, 3000, 100, 9000, 7):
            history.change(count)
            epoch = growing.advance(changes_since(history.state, growing.size))
            built = build_directory(history.state)
            shelf.add(epoch.files)
            assert (epoch.files.index, epoch.delta) == (built.files.index, built.delta)
            assert all(shelf.fetch(f"directory/shards/{name}") == data for name, data in built.files.shards.items())
            history.log_directory(epoch)


def test_every_subject_is_proven_present_and_others_absent() -> None:
    history = History(3)
    history.change(100)
    built = build_directory(history.state)
    for subject in [*history.state.heads, *history.organisations, "0188-absent", body_uri(HOST, 9999)]:
        record = look_up(built.tree.prove(subject), subject, bits=built.bits, root=built.root)
        expected = built.tree.line(subject)
        assert (line_of(record).data if record else None) == expected
    assert built.tree.line(body_uri(HOST, 9999)) is None


def test_real_entries_keep_the_heads_in_the_order_of_the_log() -> None:
    world, mark_id = fork_issued()
    world.suspend(mark_id)
    world.change("mark.cancelled", mark_id)
    indices = [head.index for head in world.sim.state.heads.values()]
    assert indices == sorted(indices)
    changes = changes_since(world.sim.state, indices[-3])
    assert sorted(head.index for head in changes.heads.values()) == [
        index for index in indices[-3:] if index != world.sim.state.heads[directory_uri(HOST)].index
    ]


def test_a_removed_epoch_is_rebuilt_from_the_log_byte_for_byte() -> None:
    world = fork()
    first = world.sim.publish_directory()
    world.issue()
    second = world.sim.publish_directory()
    entries = [(parse_statement(data), leaf_hash(data)) for data in world.sim.entries]
    for built in (first, second):
        again = rebuild_directory(HOST, entries, size=built.size)
        assert (again.files, again.delta, again.root) == (built.files, built.delta, built.root)
    assert second.delta is not None
