"""A delta leads from the copy of one epoch to the next epoch's root, or is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.directory.histories import HOST, History, Shelf
from verifier.directory import tree
from verifier.directory.build import build_directory
from verifier.directory.changes import changes_since
from verifier.directory.delta import Delta, merged, parse_delta
from verifier.directory.files import IndexFile, parse_index
from verifier.directory.growing import Epoch, GrowingDirectory
from verifier.directory.patch import patched_shards
from verifier.directory.record import line_of, parse_line
from verifier.errors import EvidenceError, MalformedError, NewerVersionError, ProofError


class Follower:
    """A history with a copy of its directory that is kept current by deltas alone."""

    def __init__(self, seed: int, *, begin: int = 40) -> None:
        self.history, self.growing, self.copy = History(seed), GrowingDirectory(), Shelf()
        self.history.change(begin)
        epoch = self.epoch()
        self.copy.add(epoch.files)
        self.index = parse_index(epoch.files.index)

    def epoch(self) -> Epoch:
        epoch = self.growing.advance(changes_since(self.history.state, self.growing.size))
        self.history.log_directory(epoch)
        return epoch

    def apply(self, new: IndexFile, *deltas: Delta) -> None:
        for path, data in patched_shards(self.index, new, merged(deltas), self.copy):
            self.copy.put(path, data)
        self.index = new


def next_delta(follower: Follower, *, changes: int = 20) -> tuple[IndexFile, Delta]:
    follower.history.change(changes)
    epoch = follower.epoch()
    assert epoch.delta is not None
    return parse_index(epoch.files.index), parse_delta(epoch.delta.serialize())


@given(st.integers(0, 2**32), st.lists(st.integers(0, 30), min_size=1, max_size=4), st.booleans())
def test_deltas_bring_a_copy_to_the_newest_epoch(seed: int, counts: list[int], at_once: bool) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tree, "MEAN_RECORDS", 4)
        follower, waiting = Follower(seed), list[Delta]()
        for count in counts:
            new, delta = next_delta(follower, changes=count)
            waiting.insert(0, delta)
            if not at_once:
                follower.apply(new, delta)
        if at_once:
            follower.apply(new, *waiting)
        built = build_directory(follower.history.state).files
    # The last epoch's own entry is no record of the directory, so the shards are those of the present state.
    assert {
        f"directory/shards/{name}": data for name, data in built.shards.items()
    }.items() <= follower.copy.files.items()


def test_a_delta_is_a_pure_function_of_the_log() -> None:
    follower = Follower(1)
    follower.history.change(10)
    expected = build_directory(follower.history.state).delta
    assert follower.epoch().delta == expected
    assert expected is not None
    assert parse_delta(expected.serialize()) == expected


def lies(delta: Delta) -> dict[str, Delta]:
    record = parse_line(delta.lines[0].data)
    changed = line_of(record.model_copy(update={"state": "forged"} if "state" in record.members() else {"marks": ()}))
    return {
        "nothing": replace(delta, lines=()),
        "a record fewer": replace(delta, lines=delta.lines[1:]),
        "another state": replace(delta, lines=(changed, *delta.lines[1:])),
        "a record more": replace(delta, lines=(*delta.lines, more())),
    }


def more() -> tree.Line:
    history = History(99)
    history.issue()
    uri = next(reversed(history.state.heads))
    data = build_directory(history.state).tree.line(uri)
    assert data is not None
    return tree.Line(tree.subject_key(uri), data)


@pytest.mark.parametrize("lie", ["nothing", "a record fewer", "another state", "a record more"])
@pytest.mark.parametrize("mean", [32, 2])
def test_a_delta_that_says_something_else_is_refused(lie: str, mean: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "MEAN_RECORDS", mean)
    follower = Follower(2)
    new, delta = next_delta(follower)
    before = dict(follower.copy.files)
    with pytest.raises(EvidenceError):
        follower.apply(new, lies(delta)[lie])
    assert before.items() <= follower.copy.files.items()
    follower.apply(new, delta)


def test_a_delta_does_not_fit_another_epoch() -> None:
    follower = Follower(3)
    first, _ = next_delta(follower)
    second, delta = next_delta(follower)
    with pytest.raises(ProofError, match="does not lead to the logged root"):
        follower.apply(second, delta)
    assert first != second


def test_a_damaged_copy_is_noticed_before_a_delta_is_applied() -> None:
    follower = Follower(4)
    new, delta = next_delta(follower)
    for path, data in follower.copy.files.items():
        follower.copy.files[path] = data.replace(b"active", b"Active", 1)
    with pytest.raises(ProofError):
        follower.apply(new, delta)


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        (b'"v":1', b'"v":2', NewerVersionError),
        (b'"from":', b'"from":9', MalformedError),
        (b'"bits"', b'"bots"', EvidenceError),
        (b'{"bits"', b'"bits"', MalformedError),
    ],
)
def test_a_delta_in_another_form_is_refused(old: bytes, new: bytes, error: type[Exception]) -> None:
    _, delta = next_delta(Follower(5))
    with pytest.raises(error):
        parse_delta(delta.serialize().replace(old, new, 1))


def test_records_out_of_order_and_cut_lines_are_refused() -> None:
    _, delta = next_delta(Follower(6))
    with pytest.raises(MalformedError, match="not in order"):
        parse_delta(replace(delta, lines=tuple(reversed(delta.lines))).serialize())
    with pytest.raises(ProofError, match="does not end"):
        parse_delta(delta.serialize()[:-1])
    with pytest.raises(MalformedError):
        parse_delta(b"")


def test_a_delta_is_small() -> None:
    follower = Follower(7, begin=400)
    _, delta = next_delta(follower, changes=1)
    assert len(delta.serialize()) < sum(map(len, follower.copy.files.values())) / 20
    assert delta.log == f"{HOST}/log"
