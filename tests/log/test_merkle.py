"""RFC 6962 trees against a naive recursive definition and against published roots."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.encoding import sha256
from verifier.errors import ProofError
from verifier.log.merkle import EMPTY_ROOT, leaf_hash, node_hash, verify_consistency, verify_inclusion
from verifier.log.tree import Frontier, MemoryTree, consistency_path, inclusion_path, root_at

RFC_ENTRIES = [
    bytes.fromhex(entry)
    for entry in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
# The roots that the Certificate Transparency test suites publish for these eight entries.
RFC_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(str(index).encode()) for index in range(130)]
TREE = MemoryTree()
for value in LEAVES:
    TREE.append(value)


def split(size: int) -> int:
    half = 1
    while half * 2 < size:
        half *= 2
    return half


def naive_root(leaves: Sequence[bytes]) -> bytes:
    if len(leaves) < 2:
        return leaves[0] if leaves else EMPTY_ROOT
    half = split(len(leaves))
    return node_hash(naive_root(leaves[:half]), naive_root(leaves[half:]))


def naive_path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    half = split(len(leaves))
    if index < half:
        return [*naive_path(index, leaves[:half]), naive_root(leaves[half:])]
    return [*naive_path(index - half, leaves[half:]), naive_root(leaves[:half])]


def naive_proof(old: int, leaves: Sequence[bytes], known: bool = True) -> list[bytes]:
    if old == len(leaves):
        return [] if known else [naive_root(leaves)]
    half = split(len(leaves))
    if old <= half:
        return [*naive_proof(old, leaves[:half], known), naive_root(leaves[half:])]
    return [*naive_proof(old - half, leaves[half:], False), naive_root(leaves[:half])]


def pairs(smallest: int) -> st.SearchStrategy[tuple[int, int]]:
    return st.integers(1, len(LEAVES)).flatmap(lambda size: st.tuples(st.integers(smallest, size), st.just(size)))


def test_the_published_roots_are_reproduced() -> None:
    frontier = Frontier()
    roots = [frontier.root().hex()]
    for entry in RFC_ENTRIES:
        frontier.append(leaf_hash(entry))
        roots.append(frontier.root().hex())
    assert roots == RFC_ROOTS


def test_every_root_up_to_130_leaves_is_the_recursive_one() -> None:
    assert all(root_at(TREE, size) == naive_root(LEAVES[:size]) for size in range(len(LEAVES) + 1))


@given(pairs(0).filter(lambda pair: pair[0] < pair[1]))
def test_an_inclusion_path_is_the_recursive_one_and_verifies(pair: tuple[int, int]) -> None:
    index, size = pair
    path = inclusion_path(TREE, index, size)
    assert path == naive_path(index, LEAVES[:size])
    verify_inclusion(leaf=LEAVES[index], index=index, size=size, path=path, root=root_at(TREE, size))


@given(pairs(1))
def test_a_consistency_path_is_the_recursive_one_and_verifies(pair: tuple[int, int]) -> None:
    old, new = pair
    path = consistency_path(TREE, old, new)
    assert path == naive_proof(old, LEAVES[:new])
    verify_consistency(old_size=old, new_size=new, old_root=root_at(TREE, old), new_root=root_at(TREE, new), path=path)


@given(pairs(0).filter(lambda pair: pair[0] < pair[1]), st.data())
def test_a_changed_inclusion_proof_is_refused(pair: tuple[int, int], data: st.DataObject) -> None:
    index, size = pair
    path = inclusion_path(TREE, index, size)
    proof = {"leaf": LEAVES[index], "index": index, "size": size, "path": path, "root": root_at(TREE, size)}
    change = data.draw(st.sampled_from(["leaf", "root", "index", "longer", "shorter", "hash"]))
    match change:
        case "leaf" | "root":
            proof[change] = sha256(b"other")
        case "index":
            proof["index"] = data.draw(st.integers(-1, size + 1).filter(lambda other: other != index))
        case "longer":
            proof["path"] = [*path, sha256(b"more")]
        case "shorter":
            proof["path"] = path[1:] if path else [b""]
        case _:
            proof["path"] = [*path[:-1], sha256(b"other")]
    with pytest.raises(ProofError):
        verify_inclusion(**proof)  # type: ignore[arg-type]  # the dict holds arguments of several types


@given(pairs(1), st.data())
def test_a_changed_consistency_proof_is_refused(pair: tuple[int, int], data: st.DataObject) -> None:
    old, new = pair
    path = consistency_path(TREE, old, new)
    roots = [root_at(TREE, old), root_at(TREE, new)]
    change = data.draw(st.sampled_from(["old", "new", "longer", "shorter", "hash"]))
    match change:
        case "old" | "new":
            roots[change == "new"] = sha256(b"other")
        case "longer":
            path = [*path, sha256(b"more")]
        case "shorter":
            path = path[1:] if path else [b""]
        case _:
            path = [*path[:-1], sha256(b"other")]
    with pytest.raises(ProofError):
        verify_consistency(old_size=old, new_size=new, old_root=roots[0], new_root=roots[1], path=path)


def test_growth_from_an_empty_tree_needs_no_proof_and_allows_none() -> None:
    root = TREE.root()
    verify_consistency(old_size=0, new_size=130, old_root=EMPTY_ROOT, new_root=root, path=[])
    with pytest.raises(ProofError, match="empty"):
        verify_consistency(old_size=0, new_size=130, old_root=EMPTY_ROOT, new_root=root, path=[root])
    with pytest.raises(ProofError, match="SHA-256 of nothing"):
        verify_consistency(old_size=0, new_size=130, old_root=root, new_root=root, path=[])


@pytest.mark.parametrize(("old", "new"), [(5, 4), (-1, 4), (0, 2**63)])
def test_a_tree_neither_shrinks_nor_exceeds_63_levels(old: int, new: int) -> None:
    with pytest.raises(ProofError, match="does not grow"):
        verify_consistency(old_size=old, new_size=new, old_root=EMPTY_ROOT, new_root=EMPTY_ROOT, path=[])


def test_a_path_of_64_hashes_is_refused_before_it_is_followed() -> None:
    with pytest.raises(ProofError, match="at most 63"):
        verify_inclusion(leaf=LEAVES[0], index=0, size=2**62, path=[LEAVES[0]] * 64, root=LEAVES[0])


@given(st.integers(0, 130))
@settings(max_examples=40)
def test_a_frontier_resumes_where_it_stopped(size: int) -> None:
    frontier = Frontier()
    for leaf in LEAVES[:size]:
        frontier.append(leaf)
    resumed = Frontier(size, frontier.hashes)
    for leaf in LEAVES[size:]:
        resumed.append(leaf)
    assert resumed.root() == TREE.root()


def test_a_frontier_names_the_nodes_that_a_leaf_completes() -> None:
    frontier = Frontier()
    for size, leaf in enumerate(LEAVES):
        completed = frontier.append(leaf)
        assert completed == [TREE.node(level, size >> level) for level in range(len(completed))]
        assert len(completed) == (~size & (size + 1)).bit_length()


def test_a_frontier_refuses_hashes_that_do_not_fit_its_size() -> None:
    with pytest.raises(ProofError):
        Frontier(5, [EMPTY_ROOT])


def test_what_a_tree_does_not_hold_is_refused() -> None:
    for level, index in ((0, 130), (7, 1), (8, 0), (0, -1), (-1, 0)):
        with pytest.raises(ProofError):
            TREE.node(level, index)
    with pytest.raises(ProofError):
        inclusion_path(TREE, 7, 7)
    with pytest.raises(ProofError):
        consistency_path(TREE, 8, 7)
