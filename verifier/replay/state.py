"""The state of a whole log: the fold of its entries, object by object."""

from __future__ import annotations

from dataclasses import dataclass, field

from verifier.errors import RefusedError
from verifier.names import log_uri, mark_uri, parse_name
from verifier.replay.listed_records import (
    EvidenceRecord,
    ExpertRecord,
    OrganisationRecord,
    fold_evidence,
    fold_expert,
    fold_organisation,
    state_found,
)
from verifier.replay.machines import event_of, next_state
from verifier.replay.recognition_records import (
    AgreementRecord,
    MappingRecord,
    RecognitionRecord,
    fold_agreement,
    fold_mapping,
    fold_recognition,
)
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
from verifier.statement.public import DirectoryPublished, NoticePublished, PolicyChanged, SchemePublished


@dataclass(frozen=True)
class Head:
    """The newest entry of an object and the state it leads to; ``until`` is when that state ends by the clock."""

    index: int
    leaf: bytes
    state: str
    until: int | None = None


@dataclass(frozen=True)
class Notice:
    """A version of a notice: its name, its kind, the digest of its texts, its entry and the date that it bears."""

    uri: str
    kind: str
    sha256: str
    index: int
    at: int


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
    experts: dict[str, ExpertRecord] = field(default_factory=dict)
    organisations: dict[str, OrganisationRecord] = field(default_factory=dict)
    evidence: dict[str, EvidenceRecord] = field(default_factory=dict)
    mappings: dict[str, MappingRecord] = field(default_factory=dict)
    agreements: dict[str, AgreementRecord] = field(default_factory=dict)
    recognitions: dict[str, RecognitionRecord] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    """Every version of every notice, in order of the log."""

    policy: PolicyChanged | None = None
    followers: dict[str, str] = field(default_factory=dict)
    """For each mark that another one supersedes, the newest that does."""

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

    def state_found_by(self, statement: Statement) -> str | None:
        """Return the state that a statement finds its object in; of an organisation, under the scheme it speaks of."""
        if parse_name(statement.object).kind == "o":
            return state_found(self.organisations.get(statement.object), statement)
        return self.state_of(statement.object)

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
                self.note_mark(mark)
                return Head(entry.index, entry.leaf, mark.state, mark.lift_by or mark.issued.exp)
            case kind:
                return self._fold_listed(kind, entry)

    def _fold_listed(self, kind: str, entry: Entry) -> Head:
        uri = entry.statement.object
        match kind:
            case "s":
                self.schemes[uri] = fold_scheme(self.schemes.get(uri), entry)
                return Head(entry.index, entry.leaf, "published")
            case "x":
                expert = self.experts[uri] = fold_expert(self.experts.get(uri), entry)
                return Head(entry.index, entry.leaf, expert.state, expert.ends)
            case "o":
                organisation = self.organisations[uri] = fold_organisation(self.organisations.get(uri), entry)
                return Head(entry.index, entry.leaf, organisation.state, organisation.until)
            case "v":
                evidence = self.evidence[uri] = fold_evidence(self.evidence.get(uri), entry)
                return Head(entry.index, entry.leaf, evidence.state)
            case _:
                return self._fold_recognition(kind, entry)

    def _fold_recognition(self, kind: str, entry: Entry) -> Head:
        uri = entry.statement.object
        match kind:
            case "p":
                mapping = self.mappings[uri] = fold_mapping(self.mappings.get(uri), entry)
                return Head(entry.index, entry.leaf, mapping.state)
            case "a":
                agreement = self.agreements[uri] = fold_agreement(self.agreements.get(uri), entry)
                return Head(entry.index, entry.leaf, agreement.state)
            case "r":
                recognition = self.recognitions[uri] = fold_recognition(self.recognitions.get(uri), entry)
                return Head(entry.index, entry.leaf, recognition.state, recognition.recorded.until)
            case _:
                return self._fold_plain(kind, entry)

    def _fold_plain(self, kind: str, entry: Entry) -> Head:
        state = next_state(kind, self.state_of(entry.statement.object), event_of(entry.statement))
        match entry.statement.public:
            case DirectoryPublished() as published:
                self.directory = (entry.index, published)
            case PolicyChanged() as policy:
                self.policy = policy
            case NoticePublished() as notice:
                statement = entry.statement
                self.notices.append(Notice(statement.object, notice.kind, notice.sha256, entry.index, statement.iat))
            case _:
                pass
        return Head(entry.index, entry.leaf, state)

    def note_mark(self, mark: MarkRecord) -> None:
        """Take in what a mark's record says beside the mark: the place that it takes, the mark that it supersedes."""
        self.places.add((mark.issued.status.list, mark.issued.status.idx))
        if mark.issued.supersedes is not None:
            followed = mark_uri(self.host, mark.issued.supersedes)
            newest = self.marks.get(self.followers.get(followed, mark.uri), mark)
            self.followers[followed] = max(mark, newest, key=lambda one: one.index).uri


def replay(host: str, entries: list[tuple[Statement, bytes]]) -> LogState:
    """Return the state after these statements and leaf hashes, in order. Raises RefusedError at the first wrong one."""
    state = LogState(host)
    for statement, leaf in entries:
        try:
            state.apply(statement, leaf)
        except RefusedError as error:
            raise RefusedError(f"entry {state.size}: {error.message}", hint=error.hint) from error
    return state
