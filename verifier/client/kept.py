"""What a client keeps for times without a network: trust roots, the trust list, and the evidence of each mark and each
organisation that was asked after.

Nothing here is trusted: every file is judged anew when it is used, and one that cannot be read is as one that is not
there. A status is kept as evidence, with its proof, and never as a flag.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from verifier.bundle import Bundle, parse_bundle
from verifier.edge.root_store import RootStore
from verifier.edge.whole_file import write_whole
from verifier.errors import MarkError, UnavailableError
from verifier.identifier import parse_identifier
from verifier.markid import is_mark_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from verifier.identifier import Identifier
    from verifier.trust.root import TrustRoot

_LIST = "trust-list.jwt"


class Kept:
    """A folder of one's own; it is made when something is put into it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bundles = folder / "bundles"
        self._listings = folder / "organisations"
        self._roots = RootStore(folder / "roots")

    def root(self, pinned: TrustRoot) -> TrustRoot:
        """Return the newest trust root known here that follows from the pinned one, that one where none can be read."""
        return self._roots.newest(pinned)

    def learn(self, pinned: TrustRoot, roots: tuple[bytes, ...]) -> None:
        """Keep every trust root that follows from the pinned one. Raises UnavailableError."""
        self._roots.learn(pinned, roots)

    def keep(self, pinned: TrustRoot, mark_id: str, bundle: Bundle) -> None:
        """Keep the evidence about a mark, with the roots and the trust list in it. Raises UnavailableError."""
        self._put(pinned, self._bundles / f"{mark_id}.json", bundle)

    def keep_listing(self, pinned: TrustRoot, number: Identifier, bundle: Bundle) -> None:
        """Keep the evidence about an organisation, as ``keep`` does for a mark. Raises UnavailableError."""
        self._put(pinned, self._listings / f"{number}.json", bundle)

    def marks(self) -> Iterator[str]:
        """Yield the ids of the marks whose evidence is kept."""
        if self._bundles.is_dir():
            yield from sorted(file.stem for file in self._bundles.glob("*.json") if is_mark_id(file.stem))

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the identifiers of the organisations whose evidence is kept."""
        for file in sorted(self._listings.glob("*.json")):
            with suppress(MarkError):
                yield parse_identifier(file.stem)

    def listing(self, number: Identifier) -> Bundle | None:
        """Return the evidence about an organisation, None where there is none that can be read."""
        return _bundle_in(self._listings / f"{number}.json")

    def evidence(self, mark_id: str, log: str) -> Bundle | None:
        """Return the evidence about a mark; where there is none, the trust list alone, by which a QR's seal is judged.

        ``log`` is the origin of the log that the trust list belongs to.
        """
        found = _bundle_in(self._bundles / f"{mark_id}.json")
        if found is not None:
            return found
        try:
            return Bundle(log=log, trust_list=(self._folder / _LIST).read_text("ascii").strip())
        except (OSError, UnicodeDecodeError):
            return None

    def _put(self, pinned: TrustRoot, file: Path, bundle: Bundle) -> None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UnavailableError(f"{self._folder} cannot be written: {error.strerror}") from error
        # The evidence holds the roots that it needs: it speaks for itself where they cannot be kept beside it.
        write_whole(file, bundle.serialize())
        if bundle.trust_list is not None:
            write_whole(self._folder / _LIST, bundle.trust_list.encode("ascii"))
        self._roots.learn(pinned, bundle.trust_roots)


def _bundle_in(file: Path) -> Bundle | None:
    try:
        return parse_bundle(file.read_bytes())
    except (OSError, MarkError):
        return None
