"""Tiles and entry bundles of C2SP tlog-tiles."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.errors import MalformedError, NotFoundError, ProofError
from verifier.log.merkle import leaf_hash
from verifier.log.tile import (
    TileReader,
    encode_entries,
    entries_path,
    parse_entries,
    parse_tile,
    tile_path,
    tile_width,
    tiles_between,
)
from verifier.log.tree import MemoryTree, consistency_path, inclusion_path, root_at

SIZE = 70_000
ENTRIES = [str(index).encode() for index in range(SIZE)]
TREE = MemoryTree()
for entry in ENTRIES:
    TREE.append(leaf_hash(entry))


def publish(old: int, new: int) -> dict[str, bytes]:
    files = {}
    for tile in tiles_between(old, new):
        first = tile.index * 256
        hashes = [TREE.node(8 * tile.level, first + at) for at in range(tile.width)]
        files[tile.path] = b"".join(hashes)
        if tile.level == 0:
            files[entries_path(tile.index, tile.width)] = encode_entries(ENTRIES[first : first + tile.width])
    return files


PUBLISHED = publish(0, SIZE)


def reader(files: dict[str, bytes], size: int) -> TileReader:
    def fetch(path: str) -> bytes:
        if path not in files:
            raise NotFoundError(path)
        return files[path]

    return TileReader(fetch, size)


def test_a_tree_of_70000_has_the_tiles_of_the_specification() -> None:
    widths = Counter((tile.level, tile.width) for tile in tiles_between(0, SIZE))
    assert widths == {(0, 256): 273, (0, 112): 1, (1, 256): 1, (1, 17): 1, (2, 1): 1}


def test_a_tree_of_256_has_a_full_tile_and_one_of_width_1_above() -> None:
    assert [tile.path for tile in tiles_between(0, 256)] == ["log/tile/0/000", "log/tile/1/000.p/1"]


@pytest.mark.parametrize(("index", "path"), [(0, "000"), (999, "999"), (1000, "x001/000"), (1234067, "x001/x234/067")])
def test_a_tile_index_is_written_in_groups_of_three_digits(index: int, path: str) -> None:
    assert tile_path(0, index) == f"log/tile/0/{path}"
    assert entries_path(index, 112) == f"log/tile/entries/{path}.p/112"


@given(st.integers(0, SIZE), st.integers(0, SIZE))
def test_growth_touches_exactly_the_tiles_that_changed(one: int, other: int) -> None:
    old, new = sorted((one, other))
    touched = {(tile.level, tile.index): tile.width for tile in tiles_between(old, new)}
    changed = {
        (level, index): tile_width(level, index, new)
        for level in range(3)
        for index in range((new >> 8 * level) // 256 + 1)
        if tile_width(level, index, new) != tile_width(level, index, old)
    }
    assert touched == changed


@given(st.integers(0, SIZE - 1))
@settings(max_examples=30)
def test_proofs_from_tiles_are_those_of_the_tree(index: int) -> None:
    tiles = reader(PUBLISHED, SIZE)
    assert inclusion_path(tiles, index, SIZE) == inclusion_path(TREE, index, SIZE)
    assert consistency_path(tiles, index + 1, SIZE) == consistency_path(TREE, index + 1, SIZE)
    assert tiles.entry(index) == ENTRIES[index]


def test_the_root_is_read_from_the_right_edge() -> None:
    assert root_at(reader(PUBLISHED, SIZE), SIZE) == TREE.root()


def test_a_reader_of_a_smaller_tree_takes_the_full_tile_where_the_partial_one_is_gone() -> None:
    old = 69_000
    assert tile_path(0, 269, 136) not in PUBLISHED
    tiles = reader(PUBLISHED, old)
    files = publish(0, old) | PUBLISHED
    assert root_at(tiles.__class__(files.__getitem__, old), old) == root_at(TREE, old)
    assert tiles.node(0, old - 1) == leaf_hash(ENTRIES[old - 1])
    assert list(tiles.entries(old - 300, old)) == ENTRIES[old - 300 : old]


def test_each_tile_is_fetched_once() -> None:
    fetched: list[str] = []

    def fetch(path: str) -> bytes:
        fetched.append(path)
        return PUBLISHED[path]

    tiles = TileReader(fetch, SIZE)
    for _ in range(2):
        inclusion_path(tiles, 1, SIZE)
        list(tiles.entries(256, 512))
    assert len(fetched) == len(set(fetched))


def test_a_missing_tile_is_not_bad_evidence() -> None:
    with pytest.raises(NotFoundError):
        reader({}, SIZE).node(0, 0)


@pytest.mark.parametrize(("level", "index"), [(0, SIZE), (16, 1), (17, 0), (-1, 0), (0, -1)])
def test_a_node_outside_the_tree_is_refused(level: int, index: int) -> None:
    with pytest.raises(ProofError):
        reader(PUBLISHED, SIZE).node(level, index)


def test_an_entry_or_a_size_outside_the_tree_is_refused() -> None:
    with pytest.raises(ProofError):
        reader(PUBLISHED, SIZE).entry(SIZE)
    with pytest.raises(ProofError):
        reader(PUBLISHED, 2**63)


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=20))
def test_an_entry_bundle_survives_the_round_trip(entries: list[bytes]) -> None:
    assert parse_entries(encode_entries(entries), len(entries)) == tuple(entries)


@pytest.mark.parametrize("data", [b"", b"\0", b"\0\2a", b"\0\1ab", b"\0\1a\0\1b"])
def test_a_bundle_that_is_not_exactly_its_entries_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_entries(data, 1)


def test_an_entry_of_65536_bytes_and_a_tile_of_another_width_are_refused() -> None:
    assert encode_entries([bytes(65_535)]).startswith(b"\xff\xff")
    with pytest.raises(MalformedError):
        encode_entries([bytes(65_536)])
    with pytest.raises(MalformedError):
        parse_tile(bytes(64), 3)
