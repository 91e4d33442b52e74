"""The trust roots that a machine keeps: what holds counts, and what is broken is replaced by the next whole copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.world import fork
from verifier.edge.root_store import RootStore
from verifier.errors import UnavailableError
from verifier.trust.root import sign_root

WORLD = fork()
FIRST = WORLD.pinned
SECOND, THIRD, FOURTH = (
    sign_root(FIRST.content.members() | {"version": version}, WORLD.sim.ceremony.custodians[:2])
    for version in (2, 3, 4)
)
FILES = [one.serialize() for one in (SECOND, THIRD, FOURTH)]


def files_of(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/*.json"))


def test_every_version_is_kept_in_whatever_order_they_come(tmp_path: Path) -> None:
    RootStore(tmp_path).learn(FIRST, reversed(FILES))
    assert [file.read_bytes() for file in files_of(tmp_path)] == FILES
    assert RootStore(tmp_path).newest(FIRST).content.version == 4


@pytest.mark.parametrize("broken", [b"", b"\x00", b"{}", THIRD.serialize()[:-9], FIRST.serialize()])
def test_what_is_broken_hides_nothing_before_it_and_is_replaced(tmp_path: Path, broken: bytes) -> None:
    store = RootStore(tmp_path)
    store.learn(FIRST, FILES)
    files_of(tmp_path)[1].write_bytes(broken)
    assert store.newest(FIRST).content.version == 2
    assert store.newest(FIRST, [THIRD.serialize()]).content.version == 4
    store.learn(FIRST, [THIRD.serialize()])
    assert [file.read_bytes() for file in files_of(tmp_path)] == FILES


def test_a_folder_in_the_place_of_a_file_is_told_by_a_typed_error(tmp_path: Path) -> None:
    store = RootStore(tmp_path)
    store.learn(FIRST, FILES[:1])
    (files_of(tmp_path)[0].parent / "000003.json").mkdir()
    assert store.newest(FIRST).content.version == 2
    with pytest.raises(UnavailableError, match="cannot be written"):
        store.learn(FIRST, FILES[1:2])
