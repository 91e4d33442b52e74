"""The past of single objects, read entry by entry out of a published plane: what a reader answers without replay.

An object's newest entry is the one that the newest directory names; from there each entry names the one before. So an
answer costs the object's own entries, however long the log is, and holds for the entries that the directory is over.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import TYPE_CHECKING

from verifier.audit.past import second_of
from verifier.directory.files import parse_index, prove_from_shard, shard_of, shard_path
from verifier.directory.record import IdentifierRecord, ObjectRecord, Record
from verifier.directory.tree import look_up
from verifier.encoding import read_object, unb64u
from verifier.errors import MalformedError, NotFoundError
from verifier.log.merkle import leaf_hash
from verifier.log.tile import TileReader
from verifier.mark import parse_mark
from verifier.names import parse_name, scheme_uri
from verifier.replay.records import Entry
from verifier.statement import parse_statement
from verifier.statement.public import SchemePublished

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.envelope import Token
    from verifier.gather import Fetcher
    from verifier.replay.records import MarkRecord
    from verifier.statement import Statement
    from verifier.trust.root import TrustRoot

SeenAt = Callable[[int], "int | None"]
"""Returns when a quorum had seen the checkpoint of that size."""


class ObjectPast:
    """A ``verifier.edge.history_answer.KnownPast`` over one published plane."""

    def __init__(self, fetcher: Fetcher, root: TrustRoot, *, sizes: Sequence[int], seen_at: SeenAt) -> None:
        """``sizes`` are those of the kept checkpoints, in order; ``seen_at`` judges one. Raises EvidenceError."""
        self._fetcher = fetcher
        self._root = root
        self._sizes = sizes
        self._seen_at = seen_at
        latest = read_object(fetcher.fetch("directory/latest"))
        size = latest.get("size")
        if not isinstance(size, int):
            raise MalformedError("directory/latest names no directory")
        self.size = size
        self._index = parse_index(fetcher.fetch(f"directory/{size}/index"))
        self._reader = TileReader(fetcher.fetch, max(sizes, default=size))
        self._known: dict[str, tuple[Entry, ...]] = {}

    @property
    def host(self) -> str:
        """The authority's host."""
        return self._root.host

    @property
    def zone(self) -> str:
        """The time zone of the scheme's calendar."""
        return self._root.content.zone

    def entries(self, uri: str) -> Sequence[Entry]:
        """Return every entry about an object, in order; none where the directory holds none."""
        if uri not in self._known:
            self._known[uri] = tuple(self._chain(uri))[::-1]
        return self._known[uri]

    def marks_of(self, identifier: str) -> Sequence[tuple[str, str]]:
        """Return link and id of every mark that the directory lists under an identifier."""
        record = self._record(identifier)
        return [(m.link, m.mark) for m in record.marks] if isinstance(record, IdentifierRecord) else []

    def covered_at(self, index: int) -> int | None:
        """Return when a quorum had seen the first kept checkpoint over an entry, None where none is kept."""
        at = bisect_right(self._sizes, index)
        return self._seen_at(self._sizes[at]) if at < len(self._sizes) else None

    def second(self, statement: Statement) -> Token | None:
        """Return the second person's token, None where it is not published or not readable."""
        return second_of(self._fetcher, statement)

    def criteria(self, mark: MarkRecord) -> SchemePublished | None:
        """Return the criteria version of a mark, None where mark or version is not published."""
        try:
            token = parse_mark(self._fetcher.fetch(f"m/{parse_name(mark.uri).value}.jwt"))
            entries = self.entries(scheme_uri(self.host, mark.issued.scheme, token.content.criteria))
        except (NotFoundError, MalformedError):
            return None
        found = entries[0].statement.public if entries else None
        fits = isinstance(found, SchemePublished) and found.sha256 == mark.issued.criteria_sha256
        return found if fits and isinstance(found, SchemePublished) else None

    def _chain(self, uri: str) -> list[Entry]:
        head = self._head(uri)
        found: list[Entry] = []
        while head is not None:
            data = self._reader.entry(head)
            statement = parse_statement(data)
            if statement.object != uri:
                raise MalformedError(f"entry {head} is not about {uri}")
            found.append(Entry(head, leaf_hash(data), statement))
            if statement.prev is not None and statement.prev >= head:
                raise MalformedError(f"entry {head} follows a later one")
            head = statement.prev
        return found

    def _head(self, uri: str) -> int | None:
        record = self._record(uri)
        return record.head if isinstance(record, ObjectRecord) else None

    def _record(self, subject: str) -> Record | None:
        shard = self._fetcher.fetch(shard_path(self._index, shard_of(subject, self._index.bits)))
        proof = prove_from_shard(self._index, shard, subject)
        return look_up(proof, subject, bits=self._index.bits, root=unb64u(self._index.root))
