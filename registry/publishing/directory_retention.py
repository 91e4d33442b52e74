"""Which epochs of the directory stay published: the newest 48. Older ones are built again from the log, byte for byte.

An index goes before the shards that only it names, so whatever is still named is still there. Nothing has to be durable
here: a file that a power cut brings back goes with the next epoch.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from verifier.directory.copying import KEPT_EPOCHS
from verifier.directory.files import parse_index
from verifier.directory.proven import index_path
from verifier.encoding import unb64u
from verifier.errors import EvidenceError

if TYPE_CHECKING:
    from pathlib import Path


class Retention:
    """Removes old epochs from one published folder."""

    def __init__(self, public: Path, *, kept: int = KEPT_EPOCHS) -> None:
        self._public = public
        self._kept = kept
        self._named: dict[int, frozenset[str]] = {}

    def clear(self, shown: int) -> None:
        """Remove the epochs before the newest ones up to the one that is shown, and the shards that none names."""
        folder = self._public / "directory"
        sizes = sorted(int(one.name) for one in folder.iterdir() if one.name.isdecimal() and int(one.name) <= shown)
        old, kept = sizes[: -self._kept], sizes[-self._kept :]
        if not old:
            return
        for size in old:
            shutil.rmtree(folder / str(size))
        self._named = {size: self._named.get(size) or self._shards(size) for size in kept}
        named = frozenset[str]().union(*self._named.values())
        for shard in (folder / "shards").iterdir():
            if shard.name not in named:
                shard.unlink()

    def _shards(self, size: int) -> frozenset[str]:
        try:
            index = parse_index((self._public / index_path(size)).read_bytes())
        except (FileNotFoundError, EvidenceError):
            # An epoch that was cut short before its index, or one of an older form, leads nobody to a shard.
            return frozenset()
        return frozenset(unb64u(one).hex() for one in index.shards)
