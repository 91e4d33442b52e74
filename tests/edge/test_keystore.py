"""Key files: whole or not at all, and never in the place of another one."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pytest

from verifier.edge.keystore import load_signer, save_signer
from verifier.errors import WrongUseError
from verifier.injected import seeded_entropy
from verifier.signer import SoftwareSigner

if TYPE_CHECKING:
    from pathlib import Path

PASSPHRASE = b"a passphrase of a test"


def test_a_key_that_could_not_be_written_does_not_stand_in_the_way_of_the_next_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    key = SoftwareSigner.generate(seeded_entropy("key"))
    with monkeypatch.context() as disk:
        disk.setattr("verifier.edge.keystore.os.fsync", full)
        with pytest.raises(OSError, match="No space"):
            save_signer(tmp_path / "k.pem", key, PASSPHRASE)
    assert list(tmp_path.iterdir()) == []
    save_signer(tmp_path / "k.pem", key, PASSPHRASE)
    assert load_signer(tmp_path / "k.pem", PASSPHRASE).kid == key.kid
    assert [one.stat().st_mode & 0o777 for one in tmp_path.iterdir()] == [0o600]


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    first, second = (SoftwareSigner.generate(seeded_entropy(one)) for one in ("first", "second"))
    save_signer(tmp_path / "k.pem", first, PASSPHRASE)
    with pytest.raises(WrongUseError, match="exists"):
        save_signer(tmp_path / "k.pem", second, PASSPHRASE)
    assert load_signer(tmp_path / "k.pem", PASSPHRASE).kid == first.kid
    assert len(list(tmp_path.iterdir())) == 1
