"""Where reports of misuse wait that the public form took: one file each, until the casebook takes them in.

The form's process can add a file here and needs nothing else: it never opens the casebook or any database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from registry.casebook.matter import Event, Limits, Note, begin
from registry.errors import TooManyError
from verifier.edge.one_at_a_time import one_at_a_time
from verifier.edge.whole_file import write_whole
from verifier.encoding import canonical, read_object
from verifier.errors import NotFoundError
from verifier.schema import Closed, Instant, Label, Uri, read_model

if TYPE_CHECKING:
    from pathlib import Path

    from registry.casebook.store import Casebook

MOST_WAITING = 1000
"""Reports that wait at once; beyond them the form is closed until the casebook was opened."""

_BY = "public-form"


class Report(Closed):
    """A report of misuse as it came in. ``contact`` is there when its writer gave one."""

    id: Label
    at: Instant
    object: Uri
    text: Note
    contact: Annotated[str, Field(max_length=200)] | None = None


class Inbox:
    """A folder of reports that wait."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, report: Report) -> None:
        """Store a report durably. Raises TooManyError while too many wait, UnavailableError."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        if sum(1 for _ in self._folder.glob("*.json")) >= MOST_WAITING:
            raise TooManyError("too many reports wait to be read", hint="Send it later, or write to the authority.")
        write_whole(self._folder / f"{report.id}.json", canonical(report.members()) + b"\n")

    def take_in(self, book: Casebook) -> int:
        """Open a matter in the casebook for every report that waits, and return how many there were.

        A report is forgotten here once it is durable there. One who takes them in waits for another one who does.
        Raises EvidenceError for a file that is no report.
        """
        if not self._folder.is_dir():
            return 0
        with one_at_a_time(self._folder):
            return self._take_in(book)

    def _take_in(self, book: Casebook) -> int:
        taken = 0
        for path in sorted(self._folder.glob("*.json")):
            report = read_model(Report, read_object(path.read_bytes()), what="report of misuse")
            if not _holds(book, report.id):
                event = Event(step="receive", at=report.at, by=_BY, note=report.text)
                matter = begin(report.id, "misuse", report.object, event, decided=None, limits=Limits())
                book.add(matter, contact=report.contact)
            path.unlink()
            taken += 1
        return taken


def _holds(book: Casebook, id: str) -> bool:
    try:
        book.get(id)
    except NotFoundError:
        return False
    return True
