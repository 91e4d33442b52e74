"""The state of a whole log: the fold of its entries, object by object."""

from __future__ import annotations

from dataclasses import dataclass, field

from verifier.errors import RefusedError
from verifier.names import log_uri, parse_name
from verifier.replay.machines import next_state
from verifier.replay.records import (
    BodyRecord,
    Entry,
    KeyRecord,
    MarkRecord,
    fold_body,
    fold_key,
    fold_mark,
    fold_scheme,
)
from verifier.statement import Statement
from verifier.statement.public import DirectoryPublished, SchemePublished


@dataclass(frozen=True)
class Head:
    """The newest entry of an object and the state it leads to; ``until`` is when that state ends by the clock."""

    index: int
    leaf: bytes
    state: str
    until: int | None = None


@dataclass
class LogState:
    """Everything that the first ``size`` entries of a log make true. Apply only entries that were judged."""

    host: str
    size: int = 0
    heads: dict[str, Head] = field(default_factory=dict)
    """The newest entry of each object, in order of these entries: what changed last stands last."""

    bodies: dict[str, BodyRecord] = field(default_factory=dict)
    keys: dict[str, KeyRecord] = field(default_factory=dict)
    marks: dict[str, MarkRecord] = field(default_factory=dict)
    schemes: dict[str, SchemePublished] = field(default_factory=dict)
    seconds: set[str] = field(default_factory=set)
    places: set[tuple[int, int]] = field(default_factory=set)
    key_numbers: set[tuple[str, int]] = field(default_factory=set)
    directory: tuple[int, DirectoryPublished] | None = None
    changed_at: int = 0
    """One more than the index of the last entry that changed a record of the directory."""

    def body_key(self, kid: str) -> KeyRecord | None:
        """Return the record of a body's key."""
        return self.keys.get(kid)

    def head(self, uri: str) -> int | None:
        """Return the index of the object's newest entry."""
        head = self.heads.get(uri)
        return head.index if head else None

    def state_of(self, uri: str) -> str | None:
        """Return the object's newest state by statements."""
        head = self.heads.get(uri)
        return head.state if head else None

    @property
    def is_closed(self) -> bool:
        """Say whether the log has taken its last entry."""
        return self.state_of(log_uri(self.host)) == "closed"

    def apply(self, statement: Statement, leaf: bytes) -> Entry:
        """Take the statement as the next entry. Raises RefusedError and changes nothing when no step is possible."""
        entry = Entry(self.size, leaf, statement)
        head = self._fold(entry)
        self.heads.pop(statement.object, None)
        self.heads[statement.object] = head
        if statement.second is not None:
            self.seconds.add(statement.second)
        self.size += 1
        if not statement.type.startswith("directory."):
            self.changed_at = self.size
        return entry

    def _fold(self, entry: Entry) -> Head:
        uri = entry.statement.object
        match parse_name(uri).kind:
            case "e":
                body = self.bodies[uri] = fold_body(self.bodies.get(uri), entry)
                return Head(entry.index, entry.leaf, body.state, body.ends)
            case "k":
                kid = parse_name(uri).value
                key = self.keys[kid] = fold_key(self.keys.get(kid), entry)
                self.key_numbers.add((key.body, key.no))
                return Head(entry.index, entry.leaf, key.state)
            case "m":
                mark = self.marks[uri] = fold_mark(self.marks.get(uri), entry)
                self.places.add((mark.issued.status.list, mark.issued.status.idx))
                return Head(entry.index, entry.leaf, mark.state, mark.lift_by or mark.issued.exp)
            case "s":
                self.schemes[uri] = fold_scheme(self.schemes.get(uri), entry)
                return Head(entry.index, entry.leaf, "published")
            case kind:
                return self._fold_plain(kind, entry)

    def _fold_plain(self, kind: str, entry: Entry) -> Head:
        state = next_state(kind, self.state_of(entry.statement.object), entry.statement.type)
        public = entry.statement.public
        if isinstance(public, DirectoryPublished):
            self.directory = (entry.index, public)
        return Head(entry.index, entry.leaf, state)


def replay(host: str, entries: list[tuple[Statement, bytes]]) -> LogState:
    """Return the state after these statements and leaf hashes, in order. Raises RefusedError at the first wrong one."""
    state = LogState(host)
    for statement, leaf in entries:
        try:
            state.apply(statement, leaf)
        except RefusedError as error:
            raise RefusedError(f"entry {state.size}: {error.message}", hint=error.hint) from error
    return state
