"""The secret of a list that came under an idempotency key: it follows from the key and from a secret of this service.

So nothing has to be noted that would tell who sent which list: whoever sends the same key gets the same secret, and
nobody can reckon it who does not ask here. The service's secret is made at the first use and outlives a restart.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from typing import TYPE_CHECKING

import structlog

from verifier.edge.whole_file import fsync_folder
from verifier.encoding import b64u
from verifier.errors import UnavailableError

if TYPE_CHECKING:
    from pathlib import Path

LENGTH = 32
_log = structlog.get_logger()


class CheckKeys:
    """Reckons secrets of lists by a secret in one file."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def secret_of(self, key: str) -> str:
        """Return 32 characters, the same whenever the same key comes. Raises UnavailableError."""
        try:
            own = self._own()
        except OSError as error:
            _log.error("the key of lists cannot be kept", error=str(error))
            raise UnavailableError("lists are taken without an Idempotency-Key only", hint="Leave it out.") from error
        return b64u(hmac.digest(own, key.encode(), hashlib.sha256)[:24])

    def _own(self) -> bytes:
        own = self._read()
        if len(own) != LENGTH:
            # A file cut short would be a key that anybody can guess.
            self._file.unlink(missing_ok=True)
            self._make()
            own = self._read()
        return own

    def _read(self) -> bytes:
        return self._file.read_bytes() if self._file.exists() else b""

    def _make(self) -> None:
        made = self._file.with_name(f"{self._file.name}.{secrets.token_hex(8)}")
        try:
            with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
                opened.write(secrets.token_bytes(LENGTH))
                opened.flush()
                os.fsync(opened.fileno())
            # Of two processes that begin at a time the first one's counts.
            with contextlib.suppress(FileExistsError):
                os.link(made, self._file)
            fsync_folder(self._file.parent)
        finally:
            made.unlink(missing_ok=True)
