"""The write plane of one registry, put together: database, writer, admission, directory job, status jobs.

On PostgreSQL this is the sequencer's side; an API worker has an ``Intake`` instead, which answers the same questions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from registry.admission.accept import Office
from registry.admission.reserve import reserve
from registry.log.fence import open_ledger
from registry.log.writer import Writer
from registry.publishing.directory_job import DirectoryJob
from registry.publishing.files import PublicFolder
from registry.publishing.mark_status_job import MarkStatusJob
from registry.publishing.published import Published
from registry.publishing.status_job import StatusJob
from registry.rows.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

    from registry.admission.accept import Admission, Submission
    from registry.admission.reserve import Wish
    from registry.log.ledger import Group
    from registry.rows.queries import Reserved
    from verifier.injected import Clock, Entropy
    from verifier.replay.state import LogState
    from verifier.signer import Signer
    from verifier.trust.root import TrustRoot


class WritePlane(Protocol):
    """What the write API asks. A future of success is answered once what it says is durable."""

    @property
    def office(self) -> Office:
        """The trust root, what is published, and the clock."""

    def expect(self, submission: Submission) -> None:
        """Say that many submissions will be asked to be admitted together, this one among them. Never waits."""

    def submit(self, submission: Submission) -> Future[Admission]:
        """Ask for a statement to be admitted."""

    def reserve(self, wish: Wish) -> Future[Reserved]:
        """Ask for a reservation."""

    def look_up(self, uri: str) -> Future[tuple[int | None, str | None]]:
        """Ask for the index of an object's newest entry and its state."""

    def size(self) -> Future[int]:
        """Ask for the number of entries."""

    def admitted_at(self, index: int) -> Future[int | None]:
        """Ask when an entry was admitted (unix seconds); None where there is none yet."""


class Registry:
    """One registry's write plane over its database and data folder. It holds the directory and the status key."""

    def __init__(
        self,
        *,
        database: Path | str,
        public: Path,
        root: TrustRoot,
        directory_signer: Signer,
        status_signer: Signer,
        organisation: str,
        clock: Clock,
        entropy: Entropy,
    ) -> None:
        """Open the database and bring its schema up to date."""
        self.database = Database(database)
        self.database.migrate()
        self.ledger = open_ledger(self.database)
        self.public = PublicFolder(public, writer="api")
        self.office = Office(root, Published(public, root), clock, entropy)
        self.writer = Writer(self.ledger, self.office)
        self.directory = DirectoryJob(
            writer=self.writer,
            office=self.office,
            public=self.public,
            signer=directory_signer,
            organisation=organisation,
        )
        self.status = StatusJob(
            writer=self.writer, ledger=self.ledger, office=self.office, public=self.public, signer=status_signer
        )
        self.mark_status = MarkStatusJob(
            writer=self.writer, ledger=self.ledger, office=self.office, public=self.public, signer=directory_signer
        )

    @property
    def host(self) -> str:
        """The authority's host."""
        return self.office.root.host

    def start(self) -> None:
        """Read the log and begin to serve requests. Entry 0 was written before (see genesis.py)."""
        self.writer.start()

    def stop(self) -> None:
        """Serve what waits, then close the database."""
        self.writer.stop()
        self.database.close()

    def expect(self, submission: Submission) -> None:
        """Let the signatures of a submission be checked beside what is done until it is judged."""
        self.writer.expect(submission)

    def submit(self, submission: Submission) -> Future[Admission]:
        """Queue a statement for admission."""
        return self.writer.submit(submission)

    def reserve(self, wish: Wish) -> Future[Reserved]:
        """Queue a reservation."""

        def take(group: Group, state: LogState) -> Callable[[], Reserved]:
            reserved = reserve(wish, group, state, self.office.clock, self.office.entropy)
            return lambda: reserved

        return self.writer.ask(take)

    def look_up(self, uri: str) -> Future[tuple[int | None, str | None]]:
        """Ask for the index of an object's newest entry and its state."""

        def look(_: Group, state: LogState) -> Callable[[], tuple[int | None, str | None]]:
            found = (state.head(uri), state.state_of(uri))
            return lambda: found

        return self.writer.ask(look)

    def size(self) -> Future[int]:
        """Ask for the number of entries."""

        def look(group: Group, _: LogState) -> Callable[[], int]:
            size = group.size
            return lambda: size

        return self.writer.ask(look)

    def admitted_at(self, index: int) -> Future[int | None]:
        """Ask when an entry was admitted; None where there is none yet."""

        def look(group: Group, _: LogState) -> Callable[[], int | None]:
            found = group.receipt(index).iat if index < group.size else None
            return lambda: found

        return self.writer.ask(look)
