"""The files of a seal on a disk: the manifest, the log's evidence, the manifests that came before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.errors import EvidenceError, WrongUseError
from verifier.evidence.manifest import MAX_BYTES, Manifest, parse_manifest

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = "manifest.json"
BUNDLE = "bundle.json"
EARLIER = "earlier"


def read_manifests(path: Path) -> list[Manifest]:
    """Return the manifest of a file; of a folder that `seal` wrote, the earlier ones beside it and then its own.

    Raises WrongUseError when it cannot be read, EvidenceError for one that does not hold.
    """
    if not path.is_dir():
        return [_manifest(path)]
    earlier = sorted((path / EARLIER).glob("*.json"))
    return [_manifest(one) for one in (*earlier, path / MANIFEST)]


def read_file(path: Path) -> bytes:
    """Return the bytes of a file that the caller named. Raises WrongUseError."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise WrongUseError(f"{path} is larger than {MAX_BYTES} bytes")
        return path.read_bytes()
    except OSError as error:
        raise WrongUseError(f"{path} cannot be read: {error.strerror}") from error


def _manifest(path: Path) -> Manifest:
    try:
        return parse_manifest(read_file(path))
    except EvidenceError as error:
        raise type(error)(f"{path}: {error.message}", hint=error.hint or "Ask for the one that was sealed.") from error
