"""Records of experts, organisations and series of evidence: what the entries of one of them, in order, say about it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from verifier.errors import RefusedError
from verifier.replay.records import Entry, Step, existing, state_before, step_of
from verifier.statement import Statement
from verifier.statement.public import (
    DeclarationRegistered,
    DeclarationStopped,
    DisclosureErased,
    EvidenceSealed,
    ExpertListed,
)


@dataclass(frozen=True)
class ListedFor:
    """From this log index on, an expert was listed for dates in [begins, ends)."""

    index: int
    begins: int
    ends: int


@dataclass(frozen=True)
class ExpertRecord:
    """A security expert, by number of a register and nameless."""

    uri: str
    register: str
    windows: tuple[ListedFor, ...]
    steps: tuple[Step, ...]

    @property
    def state(self) -> str:
        """The newest state."""
        return self.steps[-1].state

    @property
    def ends(self) -> int:
        """The first second after the newest window."""
        return self.windows[-1].ends

    def is_listed(self, date: int, *, index: int) -> bool:
        """Say whether an entry at that index finds the expert listed for that date."""
        if state_before(self.steps, index) != "active":
            return False
        newest = [window for window in self.windows if window.index < index][-1]
        return newest.begins <= date < newest.ends


@dataclass(frozen=True)
class Declaration:
    """What an organisation declares of itself under one scheme, and which registrar took it in."""

    scheme: str
    level: int
    criteria_sha256: str
    registrar: str
    nbf: int
    exp: int
    steps: tuple[Step, ...]

    @property
    def state(self) -> str:
        """The newest state."""
        return self.steps[-1].state


@dataclass(frozen=True)
class OrganisationRecord:
    """An organisation's declarations, one a scheme in order of the schemes, and the commitments that were erased."""

    uri: str
    declarations: tuple[Declaration, ...] = ()
    erased: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """Declared while a declaration stands, stopped when none does any more, noted when there never was one."""
        states = {one.state for one in self.declarations}
        return next((state for state in ("declared", "stopped") if state in states), "noted")

    @property
    def until(self) -> int | None:
        """When the last declaration that stands ends by the clock."""
        return max((one.exp for one in self.declarations if one.state == "declared"), default=None)

    def declaration(self, scheme: str) -> Declaration | None:
        """Return the declaration under a scheme."""
        return next((one for one in self.declarations if one.scheme == scheme), None)

    def state_under(self, scheme: str) -> str | None:
        """Return the state from which a statement about a declaration under that scheme goes on."""
        found = self.declaration(scheme)
        return found.state if found else "noted" if self.erased else None


@dataclass(frozen=True)
class Seal:
    """A manifest that was sealed in the log at that index."""

    index: int
    kind: str
    manifest_sha256: str


@dataclass(frozen=True)
class EvidenceRecord:
    """A series of sealed manifests by one body."""

    uri: str
    body: str
    seals: tuple[Seal, ...]
    steps: tuple[Step, ...]

    @property
    def state(self) -> str:
        """The newest state."""
        return self.steps[-1].state


def fold_expert(record: ExpertRecord | None, entry: Entry) -> ExpertRecord:
    """Return the expert's record after one more entry. Raises RefusedError when the machine has no such step."""
    step = step_of(record.state if record else None, entry)
    public = entry.statement.public
    if not isinstance(public, ExpertListed):
        record = existing(record)
        return replace(record, steps=(*record.steps, step))
    window = ListedFor(entry.index, public.begins, public.ends)
    if record is None:
        return ExpertRecord(entry.statement.object, public.register_code, (window,), (step,))
    return replace(record, windows=(*record.windows, window), steps=(*record.steps, step))


def fold_organisation(record: OrganisationRecord | None, entry: Entry) -> OrganisationRecord:
    """Return the organisation's record after one more entry. Raises RefusedError when the machine has no such step."""
    step = step_of(state_found(record, entry.statement), entry)
    public, record = entry.statement.public, record or OrganisationRecord(entry.statement.object)
    match public:
        case DeclarationRegistered():
            earlier = record.declaration(public.scheme)
            declared = Declaration(
                scheme=public.scheme,
                level=public.level,
                criteria_sha256=public.criteria_sha256,
                registrar=entry.statement.iss,
                nbf=public.nbf,
                exp=public.exp,
                steps=(*(earlier.steps if earlier else ()), step),
            )
            return _with(record, declared)
        case DeclarationStopped():
            stopped = existing(record.declaration(public.scheme))
            return _with(record, replace(stopped, steps=(*stopped.steps, step)))
        case DisclosureErased():
            return replace(record, erased=(*record.erased, public.commitment))
        case _:
            raise RefusedError("not a statement about an organisation")


def state_found(record: OrganisationRecord | None, statement: Statement) -> str | None:
    """Return the state that a statement about an organisation goes on from: that of the scheme that it speaks of."""
    match record, statement.public:
        case None, _:
            return None
        case OrganisationRecord(), (DeclarationRegistered(scheme=scheme) | DeclarationStopped(scheme=scheme)):
            return record.state_under(scheme)
        case _:
            return record.state


def fold_evidence(record: EvidenceRecord | None, entry: Entry) -> EvidenceRecord:
    """Return the series after one more seal. Raises RefusedError when the machine has no such step."""
    step = step_of(record.state if record else None, entry)
    public = entry.statement.public
    if not isinstance(public, EvidenceSealed):
        raise RefusedError("not a statement about evidence")
    seal = Seal(entry.index, public.kind, public.manifest_sha256)
    if record is None:
        return EvidenceRecord(entry.statement.object, entry.statement.iss, (seal,), (step,))
    return replace(record, seals=(*record.seals, seal), steps=(*record.steps, step))


def _with(record: OrganisationRecord, declaration: Declaration) -> OrganisationRecord:
    others = [one for one in record.declarations if one.scheme != declaration.scheme]
    return replace(record, declarations=tuple(sorted([*others, declaration], key=lambda one: one.scheme)))
