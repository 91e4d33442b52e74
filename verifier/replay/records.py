"""Records: what the entries of one object, taken in order, say about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

from verifier.errors import RefusedError
from verifier.keys import VerifyingKey, import_jwk
from verifier.names import parse_name
from verifier.replay.machines import event_of, next_state
from verifier.statement import Statement
from verifier.statement.public import (
    AnnualReportFiled,
    BodyAccredited,
    BodyAmended,
    DutyExtended,
    KeyAdded,
    KeyRevoked,
    MarkCorrected,
    MarkIssued,
    MarkSuspended,
    SchemePublished,
    ScopeRow,
    Successor,
)

Record = TypeVar("Record")


@dataclass(frozen=True)
class Entry:
    """A statement at its place in the log; ``leaf`` is its 32-byte RFC 6962 leaf hash."""

    index: int
    leaf: bytes
    statement: Statement


@dataclass(frozen=True)
class Step:
    """One past state of an object: from this log index on, it was in that state."""

    index: int
    state: str


@dataclass(frozen=True)
class Terms:
    """From this log index on, a body was accredited for these rows, for dates in [begins, ends)."""

    index: int
    scope: tuple[ScopeRow, ...]
    begins: int
    ends: int


@dataclass(frozen=True)
class BodyRecord:
    """An accredited body, with all terms that it ever had. ``scope`` and the window are those of the newest entry."""

    uri: str
    no: int
    role: str
    identifier: str
    terms: tuple[Terms, ...]
    steps: tuple[Step, ...]
    operates: tuple[str, ...] = ()
    """The foreign schemes that a foreign operator speaks for."""

    @property
    def state(self) -> str:
        """The newest state."""
        return self.steps[-1].state

    @property
    def scope(self) -> tuple[ScopeRow, ...]:
        """The newest rows."""
        return self.terms[-1].scope

    @property
    def begins(self) -> int:
        """The first second of the newest window."""
        return self.terms[-1].begins

    @property
    def ends(self) -> int:
        """The first second after the newest window."""
        return self.terms[-1].ends

    def active_terms(self, index: int) -> Terms | None:
        """Return the terms under which an entry at that index finds the body active, None when it is not."""
        if self.state_before(index) != "active":
            return None
        return [terms for terms in self.terms if terms.index < index][-1]

    def state_before(self, index: int) -> str | None:
        """Return the state that an entry at that index finds."""
        return state_before(self.steps, index)


@dataclass(frozen=True)
class KeyRecord:
    """A key of a body. ``cutoff`` is the first index that is void once the key is revoked."""

    kid: str
    key: VerifyingKey
    body: str
    role: str
    holder: str
    no: int
    steps: tuple[Step, ...]
    cutoff: int | None = None

    @property
    def state(self) -> str:
        """The newest state."""
        return self.steps[-1].state

    def counts(self, index: int) -> bool:
        """Say whether the key may sign the entry at that index: added before it, not retired, not cut off."""
        before = state_before(self.steps, index)
        if self.cutoff is not None:
            return before is not None and index < self.cutoff and not self._retired_before(index)
        return before == "active"

    def _retired_before(self, index: int) -> bool:
        return any(step.state == "retired" and step.index < index for step in self.steps)


@dataclass(frozen=True)
class Version:
    """The bytes of a mark and of its seal from the entry at ``index`` on: those issued, or those of a correction."""

    index: int
    mark_sha256: str
    seal_sha256: str


@dataclass(frozen=True)
class MarkRecord:
    """A mark. ``mark_sha256`` and ``seal_sha256`` are those of the newest issue or correction."""

    uri: str
    issuer: str
    issued: MarkIssued
    index: int
    mark_sha256: str
    seal_sha256: str
    steps: tuple[Step, ...]
    lift_by: int | None = None
    successor: str | None = None
    corrected: tuple[int, ...] = ()
    """The entries that corrected it."""

    earlier: tuple[Version, ...] = ()
    """What corrections took the place of, the issued version first."""

    reports: tuple[int, ...] = ()
    """The due days of the yearly reports that were filed."""

    extended: int | None = None
    """Until when the next report may come instead."""

    @property
    def state(self) -> str:
        """The newest state by statements; dates are applied by whoever asks."""
        return self.steps[-1].state

    @property
    def version(self) -> Version:
        """The newest version of the mark's bytes."""
        return Version(self.corrected[-1] if self.corrected else self.index, self.mark_sha256, self.seal_sha256)

    @property
    def versions(self) -> tuple[Version, ...]:
        """All versions in order."""
        return (*self.earlier, self.version)


def state_before(steps: tuple[Step, ...], index: int) -> str | None:
    """Return the last state entered before that index, None when there was none."""
    past = [step.state for step in steps if step.index < index]
    return past[-1] if past else None


def fold_body(record: BodyRecord | None, entry: Entry) -> BodyRecord:
    """Return the body's record after one more entry. Raises RefusedError when the machine has no such step."""
    step = step_of(record.state if record else None, entry)
    public = entry.statement.public
    if isinstance(public, BodyAccredited):
        return BodyRecord(
            uri=entry.statement.object,
            no=public.no,
            role=public.role,
            identifier=public.identifier,
            terms=(Terms(entry.index, public.scope, public.begins, public.ends),),
            steps=(step,),
            operates=public.operates or (),
        )
    record = existing(record)
    if isinstance(public, BodyAmended):
        terms = Terms(entry.index, public.scope, public.begins, public.ends)
        record = replace(record, terms=(*record.terms, terms))
    return replace(record, steps=(*record.steps, step))


def fold_key(record: KeyRecord | None, entry: Entry) -> KeyRecord:
    """Return the key's record after one more entry. Raises RefusedError or KeyRefusedError."""
    step = step_of(record.state if record else None, entry)
    public = entry.statement.public
    if isinstance(public, KeyAdded):
        key = import_jwk({**public.jwk, "kid": public.kid})
        return KeyRecord(public.kid, key, public.body, public.role, public.holder, public.no, (step,))
    record = existing(record)
    if isinstance(public, KeyRevoked):
        check_cutoff(record, public)
        record = replace(record, cutoff=public.cutoff_index)
    return replace(record, steps=(*record.steps, step))


def check_cutoff(record: KeyRecord, revoked: KeyRevoked) -> None:
    """A later revocation may only lower the cut-off: what was void stays void. Raises RefusedError."""
    if record.cutoff is not None and revoked.cutoff_index >= record.cutoff:
        raise RefusedError("a later revocation may only lower the cut-off")


def fold_mark(record: MarkRecord | None, entry: Entry) -> MarkRecord:
    """Return the mark's record after one more entry. Raises RefusedError when the machine has no such step."""
    step = step_of(record.state if record else None, entry)
    public = entry.statement.public
    if isinstance(public, MarkIssued):
        return MarkRecord(
            uri=entry.statement.object,
            issuer=entry.statement.iss,
            issued=public,
            index=entry.index,
            mark_sha256=public.mark_sha256,
            seal_sha256=public.seal_sha256,
            steps=(step,),
        )
    record = existing(record)
    if step.state != "suspended":
        record = replace(record, lift_by=None)
    match public:
        case MarkSuspended():
            record = replace(record, lift_by=public.lift_by)
        case MarkCorrected():
            record = replace(
                record,
                mark_sha256=public.mark_sha256,
                seal_sha256=public.seal_sha256,
                corrected=(*record.corrected, entry.index),
                earlier=record.versions,
            )
        case AnnualReportFiled():
            record = replace(record, reports=(*record.reports, public.due), extended=None)
        case DutyExtended():
            record = replace(record, extended=public.until)
        case Successor():
            record = replace(record, successor=public.successor)
        case _:
            pass
    return replace(record, steps=(*record.steps, step))


def fold_scheme(record: SchemePublished | None, entry: Entry) -> SchemePublished:
    """Return what a scheme version's one entry says. Raises RefusedError for a second one."""
    step_of("published" if record else None, entry)
    public = entry.statement.public
    if not isinstance(public, SchemePublished):
        raise RefusedError("not a statement about a scheme")
    return public


def step_of(state: str | None, entry: Entry) -> Step:
    """Return the step that an entry is from a state. Raises RefusedError when the machine has none."""
    kind = parse_name(entry.statement.object).kind
    return Step(entry.index, next_state(kind, state, event_of(entry.statement)))


def existing(record: Record | None) -> Record:
    """Return the record that an entry goes on from. Raises RefusedError where its history does not begin."""
    if record is None:
        raise RefusedError("the history of the object does not begin with its first statement")
    return record
