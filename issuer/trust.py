"""The trust root that a desk holds its registry to: pinned once, followed as far as the registry publishes it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from verifier.directory.proven import fetch_roots
from verifier.edge.whole_file import write_whole
from verifier.errors import NotFoundError, TrustRootError, WrongUseError
from verifier.gather import Fetcher
from verifier.trust.root import TrustRoot, follow, pin

FIRST = "trust/1.json"

RootSource = Callable[[Fetcher], TrustRoot]
"""Returns the newest trust root that follows from the pinned one. Raises TrustRootError, UnavailableError."""


class PinnedRoot:
    """The root in a desk's folder. A desk that was given none pins what the registry shows it first, and keeps that."""

    def __init__(self, path: Path, host: str) -> None:
        self._path = path
        self._host = host

    def give(self, data: bytes) -> None:
        """Pin this root. Raises TrustRootError or MalformedError, WrongUseError when another one is pinned already."""
        root = self._checked(data)
        if self._path.exists():
            if self._checked(self._path.read_bytes()).sha256 != root.sha256:
                raise WrongUseError(f"another trust root is pinned in {self._path}")
            return
        write_whole(self._path, data)

    def __call__(self, fetcher: Fetcher) -> TrustRoot:
        """Return the newest root that follows. Raises TrustRootError, MalformedError or UnavailableError."""
        if not self._path.exists():
            self.give(fetcher.fetch(FIRST))
        try:
            pinned = self._checked(self._path.read_bytes())
        except OSError as error:
            raise NotFoundError(f"the pinned trust root {self._path} cannot be read") from error
        return newest(pinned, fetcher)

    def _checked(self, data: bytes) -> TrustRoot:
        root = pin(data)
        if root.host != self._host:
            raise TrustRootError(f"the trust root is of {root.host}, this desk works for {self._host}")
        return root


def newest(pinned: TrustRoot, fetcher: Fetcher) -> TrustRoot:
    """Return the newest published root that follows from the pinned one. Raises TrustRootError, UnavailableError."""
    return follow(pinned, fetch_roots(fetcher, pinned).values())
