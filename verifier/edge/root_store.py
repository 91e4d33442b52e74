"""The trust roots that this machine has followed: what is newest is kept, and less is refused afterwards."""

from __future__ import annotations

import os
from pathlib import Path

from verifier.errors import MarkError, NotFoundError, WrongUseError
from verifier.trust.root import TrustRoot, follow, pin


class RootStore:
    """A folder with one file for each version that was followed, apart for each pinned root."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def newest(self, pinned: TrustRoot) -> TrustRoot:
        """Return the newest root known here that follows from the pinned one. Raises TrustRootError."""
        files = sorted(self._place(pinned).glob("*.json"))
        return follow(pinned, [file.read_bytes() for file in files])

    def learn(self, pinned: TrustRoot, candidates: tuple[bytes, ...]) -> None:
        """Keep every candidate that follows; a chain that does not hold teaches nothing."""
        known = self.newest(pinned)
        for data in candidates:
            try:
                followed = follow(known, [data])
            except MarkError:
                continue
            if followed.content.version > known.content.version:
                place = self._place(pinned)
                place.mkdir(parents=True, exist_ok=True)
                (place / f"{followed.content.version:06}.json").write_bytes(data)
                known = followed

    def _place(self, pinned: TrustRoot) -> Path:
        return self._folder / f"{pinned.host}-{pinned.sha256[:12]}"


def default_store() -> RootStore:
    """Return the store of this user, under XDG_STATE_HOME."""
    state = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return RootStore(Path(state) / "shirushi" / "roots")


def read_root(path: Path | None) -> TrustRoot:
    """Return the root that the user pins: the file named, else the one named by SHIRUSHI_ROOT.

    Raises WrongUseError when neither is given, NotFoundError when the file cannot be read, TrustRootError when it does
    not hold.
    """
    named = path or (Path(os.environ["SHIRUSHI_ROOT"]) if os.environ.get("SHIRUSHI_ROOT") else None)
    if named is None:
        raise WrongUseError(
            "which trust root do you trust?", hint="Name its first version with --root trust/1.json or SHIRUSHI_ROOT."
        )
    try:
        return pin(named.read_bytes())
    except OSError as error:
        raise NotFoundError(f"the trust root {named} cannot be read") from error
