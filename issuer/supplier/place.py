"""The supplier's place: a folder with its database, and the deeds that change it.

Each deed says who does it (``by``, the person's id in the console) and is one transaction: what a page says is kept is
kept, and two people who answer at once are told of each other.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

from issuer.supplier import queries
from issuer.supplier.answering import (
    Attached,
    Given,
    Progress,
    check_files,
    checked_answer,
    checked_name,
    known_item,
)
from issuer.supplier.approving import Approval, check_approvable
from issuer.supplier.supplier_database import SupplierDatabase
from issuer.supplier.undertaking import Profile, Undertaking
from verifier.edge.packs import find_pack
from verifier.errors import ConflictError, NotFoundError

if TYPE_CHECKING:
    from pathlib import Path

    from sqlmodel import Session

    from verifier.injected import Clock

SCHEME = "jp.meti.scs"


class SupplierPlace:
    """A supplier's folder that is open."""

    def __init__(self, folder: Path, *, now: Clock) -> None:
        self.folder = folder
        self.now = now
        self.database = SupplierDatabase(folder)

    def begin(self, level: int, *, by: str) -> Undertaking:
        """Begin a self-assessment under the newest criteria; organisation, scope and expert are those of the last one.

        Raises RefusedError for a level that is not issued.
        """
        pack = find_pack(SCHEME)
        pack.issuable_tier(level)
        with self.database.transaction() as db:
            earlier = queries.latest_undertaking(db)
            profile = earlier.profile if earlier else Profile()
            begun = Undertaking(0, pack, level, self.now(), by, profile)
            return replace(begun, id=queries.insert_undertaking(db, begun))

    def progress(self) -> Progress | None:
        """Return the undertaking that was begun last with everything answered, None where none was begun."""
        with self.database.transaction() as db:
            undertaking = queries.latest_undertaking(db)
            return self._progress(db, undertaking) if undertaking else None

    def need(self) -> Progress:
        """Return the undertaking that was begun last. Raises NotFoundError where none was begun."""
        found = self.progress()
        if found is None:
            raise NotFoundError("no self-assessment was begun", hint="Begin one on the first page.")
        return found

    def describe(self, profile: Profile) -> None:
        """Keep organisation, scope and expert. Raises NotFoundError."""
        undertaking = self.need().undertaking
        with self.database.transaction() as db:
            queries.store_profile(db, undertaking.id, profile)

    def answer(self, item: str, says: tuple[str, str, str], *, seen: int, by: str) -> Given:
        """Keep an answer: word, reason, evidence. ``seen`` is the ``no`` of the answer that the page showed.

        Raises MalformedError, or ConflictError where somebody else answered meanwhile; nothing is changed then.
        """
        word, justification, evidence = checked_answer(*says)
        with self.database.transaction() as db:
            undertaking = self._undertaking(db)
            known_item(undertaking, item)
            present = queries.present_answers(db, undertaking.id).get(item)
            given = Given(item, word, justification, evidence, by, self.now())
            if present is not None and present.says == given.says:
                return present
            if (present.no if present else 0) != seen:
                raise ConflictError(
                    "somebody else answered this meanwhile", hint="Compare both answers and save the one that is right."
                )
            queries.insert_answer(db, undertaking.id, given)
            return queries.present_answers(db, undertaking.id)[item]

    def earlier_answers(self, item: str) -> tuple[Given, ...]:
        """Return every answer that was given to an item, the latest first. Raises NotFoundError."""
        with self.database.transaction() as db:
            return queries.answers_to(db, self._undertaking(db).id, item)

    def attach(self, item: str, filename: str, data: bytes, *, by: str) -> Attached:
        """Note a file that shows an answer, by its SHA-256; it is not kept. Raises MalformedError, RefusedError."""
        name, digest = checked_name(filename), sha256(data).hexdigest()
        with self.database.transaction() as db:
            undertaking = self._undertaking(db)
            known_item(undertaking, item)
            check_files(queries.attached_files(db, undertaking.id).get(item, ()), digest)
            file = Attached(0, item, name, digest, len(data), by, self.now())
            queries.insert_evidence(db, undertaking.id, file)
            return file

    def detach(self, number: int) -> None:
        """Note that a file shows the answer no more. Raises NotFoundError."""
        with self.database.transaction() as db:
            if not queries.remove_evidence(db, self._undertaking(db).id, number, at=self.now()):
                raise NotFoundError("this file is not attached any more")

    def approve(self, whole_sha256: str, *, officer: str, name: str) -> Approval:
        """Record that an officer approves just this. Raises RefusedError."""
        with self.database.transaction() as db:
            progress = self._progress(db, self._undertaking(db))
            check_approvable(progress, officer=officer, whole_sha256=whole_sha256)
            approval = Approval(whole_sha256, officer, name, self.now())
            queries.insert_approval(db, progress.undertaking.id, approval)
            return approval

    def approvals(self) -> tuple[Approval, ...]:
        """Return the approvals of the undertaking that was begun last, oldest first."""
        with self.database.transaction() as db:
            undertaking = queries.latest_undertaking(db)
            return queries.approvals_of(db, undertaking.id) if undertaking else ()

    def _undertaking(self, db: Session) -> Undertaking:
        found = queries.latest_undertaking(db)
        if found is None:
            raise NotFoundError("no self-assessment was begun", hint="Begin one on the first page.")
        return found

    def _progress(self, db: Session, undertaking: Undertaking) -> Progress:
        return Progress(
            undertaking,
            queries.present_answers(db, undertaking.id),
            queries.attached_files(db, undertaking.id),
            queries.present_drafts(db, undertaking.id),
        )
