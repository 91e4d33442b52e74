"""Records of mappings, agreements and recognitions: what the entries of one of them, in order, say about it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from verifier.errors import RefusedError
from verifier.replay.records import Entry, Step, existing, step_of
from verifier.statement.recognition import (
    AgreementInForce,
    AgreementStopped,
    AgreementVersion,
    MappingPublished,
    RecognitionRecorded,
)


@dataclass(frozen=True)
class PublishedMapping:
    """One version of a mapping, from the entry at ``index`` on; ``at`` is its date."""

    index: int
    at: int
    version: str
    sha256: str
    status: str


@dataclass(frozen=True)
class MappingRecord:
    """A mapping with all versions that were published."""

    uri: str
    versions: tuple[PublishedMapping, ...]
    steps: tuple[Step, ...]

    @property
    def state(self) -> str:
        """The status of the newest version."""
        return self.steps[-1].state


@dataclass(frozen=True)
class Said:
    """A version of an agreement that ``iss`` proposed, or that the authority announced, at ``index``."""

    index: int
    iss: str
    terms: AgreementVersion


@dataclass(frozen=True)
class Happened:
    """An event in an agreement's life, dated ``at``: from ``event.effective`` on it counts, or does not any more."""

    index: int
    at: int
    event: AgreementInForce | AgreementStopped
    status: str
    """in_force, suspended or terminated."""


@dataclass(frozen=True)
class AgreementRecord:
    """An agreement with everything that was proposed, announced and put in force or out of it."""

    uri: str
    proposed: tuple[Said, ...] = ()
    announced: tuple[Said, ...] = ()
    happened: tuple[Happened, ...] = ()
    steps: tuple[Step, ...] = ()

    @property
    def state(self) -> str:
        """The newest state."""
        return self.steps[-1].state

    @property
    def version(self) -> AgreementInForce | None:
        """The newest version that was put in force as a whole."""
        begun = [one.event for one in self.happened if isinstance(one.event, AgreementInForce)]
        return next((event for event in reversed(begun) if not event.is_part), None)

    def is_proposed(self, terms: AgreementVersion) -> Said | None:
        """Return where the foreign operator signed exactly these terms."""
        return next((one for one in reversed(self.proposed) if one.terms == terms), None)

    def is_announced(self, *, version: int, sha256: str, kind: str) -> Said | None:
        """Return where the authority announced this version of the terms."""
        for one in reversed(self.announced):
            if (one.terms.version, one.terms.sha256, one.terms.kind) == (version, sha256, kind):
                return one
        return None


@dataclass(frozen=True)
class RecognitionRecord:
    """A foreign certificate that was recognised."""

    uri: str
    recorded: RecognitionRecorded
    index: int
    steps: tuple[Step, ...]

    @property
    def state(self) -> str:
        """The newest state by statements; dates and the agreement's state are applied by whoever asks."""
        return self.steps[-1].state


def fold_mapping(record: MappingRecord | None, entry: Entry) -> MappingRecord:
    """Return the mapping's record after one more entry. Raises RefusedError when the machine has no such step."""
    step = step_of(record.state if record else None, entry)
    public = entry.statement.public
    if not isinstance(public, MappingPublished):
        raise RefusedError("not a statement about a mapping")
    version = PublishedMapping(entry.index, entry.statement.iat, public.version, public.sha256, public.status)
    earlier = (record.versions, record.steps) if record else ((), ())
    return MappingRecord(entry.statement.object, (*earlier[0], version), (*earlier[1], step))


def fold_agreement(record: AgreementRecord | None, entry: Entry) -> AgreementRecord:
    """Return the agreement's record after one more entry. Raises RefusedError when the machine has no such step."""
    step = step_of(record.state if record else None, entry)
    record = record or AgreementRecord(entry.statement.object)
    record = replace(record, steps=(*record.steps, step))
    match entry.statement.public:
        case AgreementVersion() as terms:
            said = Said(entry.index, entry.statement.iss, terms)
            if entry.statement.type == "agreement.proposed":
                return replace(record, proposed=(*record.proposed, said))
            return replace(record, announced=(*record.announced, said))
        case AgreementInForce() | AgreementStopped() as event:
            happened = Happened(entry.index, entry.statement.iat, event, entry.statement.type.partition(".")[2])
            return replace(record, happened=(*record.happened, happened))
        case _:
            return record


def fold_recognition(record: RecognitionRecord | None, entry: Entry) -> RecognitionRecord:
    """Return the recognition's record after one more entry. Raises RefusedError when the machine has no such step."""
    step = step_of(record.state if record else None, entry)
    public = entry.statement.public
    if isinstance(public, RecognitionRecorded):
        return RecognitionRecord(entry.statement.object, public, entry.index, (step,))
    record = existing(record)
    return replace(record, steps=(*record.steps, step))
