"""What a client keeps for times without a network: trust roots, the trust list, and the evidence of each mark.

Nothing here is trusted: every file is judged anew when it is used, and one that cannot be read is as one that is not
there. A status is kept as evidence, with its proof, and never as a flag.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.bundle import Bundle, parse_bundle
from verifier.edge.root_store import RootStore
from verifier.edge.whole_file import write_whole
from verifier.errors import MarkError, UnavailableError
from verifier.markid import is_mark_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from verifier.trust.root import TrustRoot

_LIST = "trust-list.jwt"


class Kept:
    """A folder of one's own; it is made when something is put into it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bundles = folder / "bundles"
        self._roots = RootStore(folder / "roots")

    def root(self, pinned: TrustRoot) -> TrustRoot:
        """Return the newest trust root known here that follows from the pinned one, that one where none can be read."""
        return self._roots.newest(pinned)

    def keep(self, pinned: TrustRoot, mark_id: str, bundle: Bundle) -> None:
        """Keep the evidence about a mark, with the roots and the trust list in it. Raises UnavailableError."""
        try:
            self._bundles.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UnavailableError(f"{self._folder} cannot be written: {error.strerror}") from error
        self._roots.learn(pinned, bundle.trust_roots)
        if bundle.trust_list is not None:
            write_whole(self._folder / _LIST, bundle.trust_list.encode("ascii"))
        write_whole(self._bundles / f"{mark_id}.json", bundle.serialize())

    def marks(self) -> Iterator[str]:
        """Yield the ids of the marks whose evidence is kept."""
        if self._bundles.is_dir():
            yield from sorted(file.stem for file in self._bundles.glob("*.json") if is_mark_id(file.stem))

    def evidence(self, mark_id: str, log: str) -> Bundle | None:
        """Return the evidence about a mark; where there is none, the trust list alone, by which a QR's seal is judged.

        ``log`` is the origin of the log that the trust list belongs to.
        """
        try:
            return parse_bundle((self._bundles / f"{mark_id}.json").read_bytes())
        except (OSError, MarkError):
            pass
        try:
            return Bundle(log=log, trust_list=(self._folder / _LIST).read_text("ascii").strip())
        except (OSError, UnicodeDecodeError):
            return None
