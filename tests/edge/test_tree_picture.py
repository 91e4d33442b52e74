"""The picture of the tree marks exactly the hashes of the proof, and stays small however large the log is."""

from __future__ import annotations

import hashlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.edge.page.tree_picture import SMALL, consistency_picture, inclusion_picture, path_ranges, proof_ranges
from verifier.log.tree import MemoryTree, consistency_path, inclusion_path

MOST = 70
LEAVES = [hashlib.sha256(bytes([number])).digest() for number in range(MOST)]


def tree(size: int, start: int = 0) -> MemoryTree:
    """Return a tree over some of the leaves."""
    grown = MemoryTree()
    for leaf in LEAVES[start : start + size]:
        grown.append(leaf)
    return grown


def hashes(ranges: list[tuple[int, int]]) -> list[bytes]:
    return [tree(end - start, start).root() for start, end in ranges]


@given(st.integers(1, MOST), st.integers(1, MOST))
def test_the_ranges_of_a_consistency_proof_are_those_of_its_hashes(one: int, other: int) -> None:
    old, new = sorted((one, other))
    assert hashes(proof_ranges(old, new)) == consistency_path(tree(new), old, new)


@given(st.integers(1, MOST), st.data())
def test_the_ranges_of_an_inclusion_proof_are_those_of_its_hashes(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    assert hashes(path_ranges(index, size)) == inclusion_path(tree(size), index, size)


@given(st.integers(1, MOST), st.integers(1, MOST))
def test_every_hash_of_the_proof_is_a_marked_box_and_nothing_else_is(one: int, other: int) -> None:
    old, new = sorted((one, other))
    marked = [box for box in consistency_picture(old, new).boxes if "in-proof" in box.looks]
    assert len(marked) == len(proof_ranges(old, new))
    assert all(box.text.startswith("◆") for box in marked)


def test_a_small_tree_is_drawn_whole_and_a_large_one_folded() -> None:
    assert len(consistency_picture(5, SMALL).boxes) == 2 * SMALL - 1
    large = consistency_picture(700_001, 1_000_003)
    assert len(large.boxes) < 60
    assert any("folded" in box.looks for box in large.boxes)


@pytest.mark.parametrize(("old", "new"), [(1, 1), (8, 8), (3, 7), (700_001, 1_000_003)])
def test_boxes_lie_inside_the_picture_and_do_not_touch_each_other(old: int, new: int) -> None:
    picture = consistency_picture(old, new)
    rows: dict[str, list[tuple[float, float]]] = {}
    for box in picture.boxes:
        left, right = float(box.x), float(box.x) + float(box.width)
        assert left >= 0
        assert right <= float(picture.width)
        assert float(box.y) + float(box.height) <= float(picture.height)
        rows.setdefault(box.y, []).append((left, right))
    for row in rows.values():
        row.sort()
        assert all(one[1] < other[0] for one, other in pairwise(row))


def test_old_new_and_both_are_told_apart_by_shape() -> None:
    boxes = {box.looks.partition(" ")[0]: box.rounding for box in consistency_picture(3, 7).boxes}
    assert len(set(boxes.values())) == 3
    assert boxes.keys() == {"old", "new", "both"}


def test_the_way_of_an_entry_is_marked_up_to_the_top() -> None:
    looks = [box.looks.split()[0] for box in inclusion_picture(5, 13).boxes]
    assert looks.count("own") == 1
    assert looks.count("path") == len(path_ranges(5, 13))
