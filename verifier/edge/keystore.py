"""Key files: PKCS#8 PEM, encrypted with a passphrase, readable by their owner alone."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey

from verifier.edge.whole_file import fsync_folder, written_beside
from verifier.errors import KeyRefusedError, NotFoundError, WrongUseError
from verifier.signer import SoftwareSigner

SHORTEST_PASSPHRASE = 12


def save_signer(path: Path, signer: SoftwareSigner, passphrase: bytes) -> None:
    """Write an ES256 key. Raises WrongUseError for a short passphrase or a file that exists."""
    _write(path, signer.to_pem(_checked(passphrase)))


def load_signer(path: Path, passphrase: bytes) -> SoftwareSigner:
    """Return an ES256 key. Raises NotFoundError or KeyRefusedError."""
    return SoftwareSigner.from_pem(_read(path), passphrase)


def save_note_key(path: Path, key: Ed25519PrivateKey, passphrase: bytes) -> None:
    """Write an Ed25519 key of a log or a witness. Raises WrongUseError as ``save_signer`` does."""
    encryption = serialization.BestAvailableEncryption(_checked(passphrase))
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
    _write(path, pem)


def load_note_key(path: Path, passphrase: bytes) -> Ed25519PrivateKey:
    """Return an Ed25519 key. Raises NotFoundError or KeyRefusedError."""
    key = _private_key(path, passphrase)
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyRefusedError(f"{path.name} does not hold an Ed25519 key")
    return key


def save_lattice_key(path: Path, key: MLDSA65PrivateKey, passphrase: bytes) -> None:
    """Write a custodian's ML-DSA-65 key. Raises WrongUseError as ``save_signer`` does."""
    encryption = serialization.BestAvailableEncryption(_checked(passphrase))
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
    _write(path, pem)


def load_lattice_key(path: Path, passphrase: bytes) -> MLDSA65PrivateKey:
    """Return a custodian's ML-DSA-65 key. Raises NotFoundError or KeyRefusedError."""
    key = _private_key(path, passphrase)
    if not isinstance(key, MLDSA65PrivateKey):
        raise KeyRefusedError(f"{path.name} does not hold an ML-DSA-65 key")
    return key


def _private_key(path: Path, passphrase: bytes) -> object:
    try:
        return serialization.load_pem_private_key(_read(path), passphrase)
    except (ValueError, TypeError) as error:
        raise KeyRefusedError(f"{path.name} cannot be opened", hint="Check the passphrase.") from error


def _checked(passphrase: bytes) -> bytes:
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise WrongUseError(f"a passphrase has {SHORTEST_PASSPHRASE} characters at least")
    return passphrase


def _write(path: Path, pem: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Whole or not at all: a stump would stand in the way of the next try, and is no key.
    try:
        with written_beside(path, pem) as unfinished:
            # A link, unlike a rename, never takes the place of a key that is there.
            os.link(unfinished, path)
    except FileExistsError as error:
        raise WrongUseError(f"{path} exists", hint="A key is never overwritten: choose another place.") from error
    fsync_folder(path.parent)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotFoundError(f"the key file {path} cannot be read") from error
