"""The ceremony's keys: encrypted at rest, and enough to sign the next trust root."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry.data_folder import DataFolder
from registry.root.ceremony import CUSTODIANS
from registry.root.founding import QUORUM_OF_FOUR, found_registry
from verifier.edge.keystore import load_lattice_key, load_signer
from verifier.errors import KeyRefusedError, TrustRootError, WrongUseError
from verifier.injected import seeded_entropy
from verifier.trust.root import CustodianKeys, follow, sign_root

PASSPHRASE = b"a long enough passphrase"
NOW = 1_795_305_600


def founded(folder: Path) -> DataFolder:
    data = DataFolder(folder)
    found_registry(
        data,
        host="shirushi.example",
        zone="Asia/Tokyo",
        witnesses=(),
        quorum=QUORUM_OF_FOUR,
        passphrase=PASSPHRASE,
        clock=lambda: NOW,
        entropy=seeded_entropy("ceremony"),
    )
    return data


def custodians(data: DataFolder) -> list[CustodianKeys]:
    return [
        CustodianKeys(
            f"custodian-{number}",
            load_signer(data.key(f"custodian-{number}"), PASSPHRASE),
            load_lattice_key(data.key(f"custodian-{number}-ml-dsa-65"), PASSPHRASE),
        )
        for number in range(1, CUSTODIANS + 1)
    ]


def test_two_of_three_kept_custodians_sign_a_root_that_follows(tmp_path: Path) -> None:
    data = founded(tmp_path)
    root = data.trust_root()
    second = {**root.content.members(), "version": 2, "issued": NOW + 1}
    assert follow(root, [sign_root(second, custodians(data)[:2]).serialize()]).content.version == 2
    with pytest.raises(TrustRootError):
        follow(root, [sign_root(second, custodians(data)[:1]).serialize()])


def test_no_key_file_opens_without_its_passphrase_or_can_be_read_by_others(tmp_path: Path) -> None:
    data = founded(tmp_path)
    with pytest.raises(KeyRefusedError):
        load_lattice_key(data.key("custodian-1-ml-dsa-65"), b"another passphrase")
    with pytest.raises(KeyRefusedError):
        load_lattice_key(data.key("custodian-1"), PASSPHRASE)
    files = list((data.path / "keys").iterdir())
    assert len(files) == 2 * CUSTODIANS + 10
    assert all(b"ENCRYPTED" in file.read_bytes() and file.stat().st_mode & 0o077 == 0 for file in files)


def test_a_second_ceremony_over_the_same_folder_is_refused(tmp_path: Path) -> None:
    founded(tmp_path)
    with pytest.raises(WrongUseError):
        founded(tmp_path)
