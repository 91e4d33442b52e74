"""Reading a copy in bulk: the quick readers agree with the models, and the second question costs less."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.directory.histories import ORGANISATIONS, History, Shelf
from verifier.directory.bulk import BulkDirectory
from verifier.directory.changes import changes_since
from verifier.directory.files import parse_index
from verifier.directory.growing import GrowingDirectory
from verifier.directory.record import IdentifierRecord, ListedMark, line_key, listed_marks, parse_line, run_keys
from verifier.directory.tree import join_run, split_run
from verifier.encoding import canonical
from verifier.errors import MarkError, ProofError


@dataclass
class Counting(Shelf):
    """Files in memory that count what is read of them."""

    files: dict[str, bytes] = field(default_factory=dict)
    whole: int = 0
    parts: int = 0

    def fetch(self, path: str) -> bytes:
        self.whole += 1
        return super().fetch(path)

    def fetch_range(self, path: str, first: int, end: int) -> bytes:
        self.parts += 1
        return self.files[path][first:end]


def grown(seed: int, changes: int, *, bits: int | None = None) -> tuple[History, GrowingDirectory, Counting, bytes]:
    history, growing = History(seed), GrowingDirectory(bits=bits)
    history.change(changes)
    epoch = growing.advance(changes_since(history.state, 0))
    shelf = Counting()
    shelf.add(epoch.files)
    return history, growing, shelf, epoch.files.index


@settings(max_examples=25)
@given(st.integers(0, 2**32), st.integers(1, 60))
def test_the_quick_readers_agree_with_the_models(seed: int, changes: int) -> None:
    _, growing, _, _ = grown(seed, changes)
    for run in growing.tree.runs:
        lines = split_run(run)
        spaced = [json.dumps(json.loads(line)).encode() for line in lines]
        for those in (lines, spaced, [*lines[:1], *spaced[1:]]):
            assert run_keys(join_run(those)) == [line_key(line) for line in lines]
        for line in lines:
            record = parse_line(line)
            if isinstance(record, IdentifierRecord):
                marks = tuple(
                    ListedMark(**{name: getattr(one, name) for name in ListedMark._fields}) for one in record.marks
                )
                assert listed_marks(line) == marks


def test_a_line_in_another_form_is_read_in_full_or_refused() -> None:
    _, growing, _, _ = grown(3, 60)
    lines = [line for run in growing.tree.runs for line in split_run(run) if line.startswith(b'{"identifier"')]
    line = max(lines, key=len)
    spaced = line.replace(b":", b": ")
    assert listed_marks(spaced) == listed_marks(line)
    for wrong in (
        line[:-1],
        line.replace(b'"tier":3', b'"tier":0').replace(b'"tier":4', b'"tier":0'),
        line.replace(b'"nbf":', b'"more":1,"nbf":'),
        canonical({"object": "https://a/b", "head": 1, "leaf": "A" * 43, "state": "active"}),
        b"{}",
    ):
        with pytest.raises(MarkError):
            listed_marks(wrong)


def test_a_line_that_holds_the_beginning_of_another_is_not_taken_for_it() -> None:
    _, growing, _, _ = grown(3, 60)
    run = max(growing.tree.runs, key=len)
    for wrong in (b"x" + run, b"\n" + run, run + run[1:]):
        with pytest.raises(MarkError):
            run_keys(wrong)


def test_a_second_question_reads_single_buckets_of_ones_own_copy_and_proves_them() -> None:
    history, _, shelf, index = grown(5, 300, bits=10)
    directory = BulkDirectory(shelf, parse_index(index), copy=shelf)
    first = dict(directory.lines(ORGANISATIONS))
    whole = shelf.whole
    again = dict(directory.lines(history.organisations[:9]))
    assert again == {one: first[one] for one in history.organisations[:9]}
    assert (shelf.whole, shelf.parts) == (whole, len({*history.organisations[:9]}))
    touched = next(path for path, data in shelf.files.items() if again[history.organisations[0]] in data)  # type: ignore[operator]
    shelf.files[touched] = shelf.files[touched].replace(b'"state":"', b'"state":"x')
    with pytest.raises((ProofError, MarkError)):
        dict(directory.lines(history.organisations))


def test_whoever_asks_somebody_else_reads_whole_shards_only() -> None:
    history, _, shelf, index = grown(5, 300, bits=10)
    directory = BulkDirectory(shelf, parse_index(index))
    list(directory.records(history.organisations))
    list(directory.records(history.organisations[:1]))
    assert shelf.parts == 0
