"""What every piece of work at the desk is given: the database, who we are, open keys, the registry, clock, entropy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from issuer import queries
from issuer.case import Case, Event, Rules, Step
from issuer.database import Database
from issuer.identity import Identity, Signers
from issuer.issuance import CaseEvent
from issuer.machine import advance
from issuer.submit import RegistryClient
from verifier.edge.packs import among_installed, load_pack
from verifier.errors import RefusedError
from verifier.injected import Clock, Entropy
from verifier.scheme.pack import SchemePack

Change = Callable[[Case], Case]


@dataclass(frozen=True)
class Workplace:
    """One desk in one process."""

    database: Database
    identity: Identity
    signers: Signers
    registry: RegistryClient
    clock: Clock
    entropy: Entropy

    def case(self, case_id: str) -> Case:
        """Return a case. Raises NotFoundError."""
        with self.database.transaction() as session:
            return queries.load_case(session, case_id)

    def change(self, case: Case, *, by: str, event: str, note: str = "") -> Case:
        """Store a changed case and a line of history. Raises ConflictError when it changed meanwhile."""
        with self.database.transaction() as session:
            return self.store(session, case, by=by, event=event, note=note)

    def store(self, session: Session, case: Case, *, by: str, event: str, note: str = "") -> Case:
        """Store a changed case and a line of history inside a transaction."""
        stored = queries.save_case(session, case)
        line = CaseEvent(at=self.clock(), by=by, event=event, state=stored.state.value, note=note)
        queries.add_event(session, stored, line)
        return stored

    def step(self, case: Case, event: Event, *, by: str) -> Case:
        """Return the case moved by the event, not yet stored. Raises RefusedError."""
        return advance(Step(case, by, self.clock(), rules_of(case)), event)


def pack_of(case: Case) -> SchemePack:
    """Return the case's pack. Raises NotFoundError, or RefusedError when it is not the one that the case began with."""
    pack = load_pack(case.scheme, case.version)
    if pack.digest != case.criteria_sha256:
        raise RefusedError(
            f"the installed pack {case.scheme} {case.version} is not the one that case {case.id} was opened with",
            hint="Install the release with which the case was opened.",
        )
    return pack


def rules_of(case: Case) -> Rules:
    """Return what the scheme demands of the case. Raises NotFoundError or RefusedError."""
    return Rules.of(among_installed(pack_of(case)), case.level)
