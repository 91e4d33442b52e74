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

from verifier.encoding import b64u

if TYPE_CHECKING:
    from pathlib import Path


class CheckKeys:
    """Reckons secrets of lists by a secret in one file."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def secret_of(self, key: str) -> str:
        """Return 32 characters, the same whenever the same key comes."""
        return b64u(hmac.digest(self._own(), key.encode(), hashlib.sha256)[:24])

    def _own(self) -> bytes:
        if not self._file.exists():
            made = self._file.with_name(f"{self._file.name}.{secrets.token_hex(8)}")
            with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
                opened.write(secrets.token_bytes(32))
            # Of two processes that begin at a time the first one's counts.
            with contextlib.suppress(FileExistsError):
                os.link(made, self._file)
            made.unlink()
        return self._file.read_bytes()
