"""The trust roots that this machine has followed: what is newest is kept, and less is refused afterwards.

A file that cannot be read, or does not follow, is as one that is not there: what holds before it counts all the same,
and the next whole copy of it takes its place.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from verifier.edge.whole_file import write_whole
from verifier.errors import UnavailableError, WrongUseError
from verifier.trust.root import TrustRoot, follow_each, pin, steps_from


class RootStore:
    """A folder with one file for each version that was followed, apart for each pinned root."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def newest(self, pinned: TrustRoot, further: Iterable[bytes] = ()) -> TrustRoot:
        """Return the newest root that follows from the pinned one, of those known here and of further files."""
        return follow_each(pinned, [*self._files(pinned), *further])

    def learn(self, pinned: TrustRoot, candidates: Iterable[bytes]) -> None:
        """Keep every candidate that follows; a chain that does not hold teaches nothing. Raises UnavailableError.

        ``pinned`` is the root that the user named, not a newer one: what is kept is found again by it.
        """
        kept, place = self._files(pinned), self._place(pinned)
        # What is kept behind a gap holds again once the gap is filled.
        for root in steps_from(follow_each(pinned, kept), [*kept, *candidates]):
            try:
                place.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise UnavailableError(f"{place} cannot be made: {error.strerror}") from error
            write_whole(place / f"{root.content.version:06}.json", root.serialize())

    def _files(self, pinned: TrustRoot) -> list[bytes]:
        found = []
        for file in sorted(self._place(pinned).glob("*.json")):
            with suppress(OSError):
                found.append(file.read_bytes())
        return found

    def _place(self, pinned: TrustRoot) -> Path:
        return self._folder / f"{pinned.host}-{pinned.sha256[:12]}"


def default_store() -> RootStore:
    """Return the store of this user, under XDG_STATE_HOME."""
    state = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return RootStore(Path(state) / "shirushi" / "roots")


def newest_root(pinned: TrustRoot, roots: Iterable[bytes]) -> TrustRoot:
    """Return the newest root that follows, of those that this user's machine has seen and of further files.

    Those are kept; where nothing can be kept, what is asked is answered all the same.
    """
    store, further = default_store(), list(roots)
    with suppress(UnavailableError):
        store.learn(pinned, further)
    return store.newest(pinned, further)


def read_root(path: Path | None) -> TrustRoot:
    """Return the root that the user pins: the file named, else the one named by SHIRUSHI_ROOT.

    Raises WrongUseError when neither is given and when the file cannot be read, TrustRootError when it does not hold.
    """
    named = path or (Path(os.environ["SHIRUSHI_ROOT"]) if os.environ.get("SHIRUSHI_ROOT") else None)
    if named is None:
        raise WrongUseError(
            "which trust root do you trust?", hint="Name its first version with --root trust/1.json or SHIRUSHI_ROOT."
        )
    try:
        return pin(named.read_bytes())
    except OSError as error:
        raise WrongUseError(
            f"the trust root {named} cannot be read: {error.strerror}", hint="Name its file."
        ) from error
