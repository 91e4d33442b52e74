"""The public folder: what is read from it and written into it stays inside."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pytest

from registry.publishing.files import PublicFolder
from verifier.edge.folder import FolderFetcher
from verifier.errors import NotFoundError, WrongUseError

if TYPE_CHECKING:
    from pathlib import Path

OUTSIDE = ["../secret", "a/../../secret", "/etc/passwd", "", ".", "a//b", "a/.hidden", ".incoming/x", "a\\b", "a\0b"]


@pytest.mark.parametrize("path", OUTSIDE)
def test_a_path_that_leads_elsewhere_is_not_there(tmp_path: Path, path: str) -> None:
    (tmp_path / "secret").write_text("secret")
    public = tmp_path / "public"
    public.mkdir()
    with pytest.raises(NotFoundError):
        FolderFetcher(public).fetch(path)
    with pytest.raises(WrongUseError):
        PublicFolder(public, writer="test").write_once(path, b"x")


@pytest.mark.parametrize(
    "path", ["log/tile/0/x001/000.p/5", "log/approvals/-starts_with-a-dash.jwt", ".well-known/openid-federation", "_"]
)
def test_every_form_of_published_path_is_written_and_read(tmp_path: Path, path: str) -> None:
    PublicFolder(tmp_path, writer="test").write_once(path, b"bytes")
    assert FolderFetcher(tmp_path).fetch(path) == b"bytes"


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    with pytest.raises(NotFoundError):
        FolderFetcher(tmp_path).fetch("log")
    with pytest.raises(NotFoundError):
        FolderFetcher(tmp_path).fetch("log/nothing")


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    public = PublicFolder(tmp_path, writer="test")
    with monkeypatch.context() as disk:
        disk.setattr("registry.publishing.files.os.fsync", full)
        for _ in range(3):
            with pytest.raises(OSError, match="No space"):
                public.replace("log/checkpoint", b"bytes")
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []
    public.replace("log/checkpoint", b"bytes")
