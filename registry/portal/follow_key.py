"""The key of followings: what is kept of followers is sealed by it, and the codes in letters come from it.

AES-256-GCM and HMAC-SHA-256, each under a key of its own (HMAC of a label under the one key). The key stands in a file
beside the database, never in it: a copy of the database alone tells no address, and no code.
"""

from __future__ import annotations

import hmac
import os
from typing import TYPE_CHECKING, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from verifier.encoding import b64u, canonical, read_object, unb64u
from verifier.errors import MalformedError, NotFoundError, WrongUseError

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.injected import Entropy

PREFIX = "flw"
_BYTES, _ID, _NONCE = 32, 16, 12


class Follower(NamedTuple):
    """Who follows what: a mail address and an organisation's number in its one form."""

    address: str
    number: str


class FollowKey:
    """The key; ``secret`` is 32 random bytes."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != _BYTES:
            raise WrongUseError("the key of followings is not 32 bytes long", hint="Restore the file from a backup.")
        self._pair, self._code, sealing = (_mac(secret, label) for label in (b"pair", b"code", b"seal"))
        self._cipher = AESGCM(sealing)

    def seal(self, id: str, follower: Follower, entropy: Entropy) -> bytes:
        """Return what is stored of a follower, bound to the row's id."""
        nonce = entropy(_NONCE)
        return nonce + self._cipher.encrypt(nonce, canonical(follower._asdict()), id.encode())

    def open(self, id: str, sealed: bytes) -> Follower:
        """Return who follows what. Raises NotFoundError for what was sealed under another key."""
        try:
            told = self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], id.encode())
        except InvalidTag as error:
            raise NotFoundError("a following was sealed under another key") from error
        return Follower(**read_object(told))

    def pair(self, follower: Follower) -> str:
        """Return by which a pair of address and number is found again; it tells neither."""
        return b64u(_mac(self._pair, canonical([follower.address.lower(), follower.number])))

    def code(self, id: str, use: str) -> str:
        """Return the code of a link in a letter; ``use`` says for what, and from when."""
        return b64u(bytes.fromhex(id.removeprefix(f"{PREFIX}_")) + _mac(self._code, f"{id} {use}".encode())[:_ID])

    def is_code(self, code: str, id: str, use: str) -> bool:
        """Say whether a code is that one."""
        return hmac.compare_digest(code, self.code(id, use))


def id_in(code: str) -> str:
    """Return which following a code speaks of; nothing of it is checked. Raises NotFoundError."""
    try:
        told = unb64u(code)
    except MalformedError as error:
        raise no_such_link() from error
    if len(told) != 2 * _ID:
        raise no_such_link()
    return f"{PREFIX}_{told[:_ID].hex()}"


def no_such_link() -> NotFoundError:
    """Return what a link is answered that opens nothing."""
    return NotFoundError(
        "this link opens nothing: it was used before, its time is over, or it never was",
        hint="Enter number and address again.",
    )


def read_follow_key(file: Path, entropy: Entropy) -> FollowKey:
    """Return the key in a file, made where there is none, for its owner alone. Raises WrongUseError."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return FollowKey(file.read_bytes())
    with os.fdopen(descriptor, "wb") as made:
        made.write(entropy(_BYTES))
        made.flush()
        os.fsync(made.fileno())
    return FollowKey(file.read_bytes())


def _mac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")
