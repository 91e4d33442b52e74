"""The copy of the directory: how old it is, a button to bring it on, and the statements about recognitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.check.recognised import read_statements
from verifier.edge.buyer.copy_view import copy_facts
from verifier.edge.buyer.desk import EVERY_ROLE, TECHNICAL
from verifier.edge.buyer.pulling import WAYS
from verifier.edge.console.plan import Deed, Screen
from verifier.edge.whole_file import write_whole
from verifier.errors import MalformedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from verifier.edge.buyer.desk import Desk
    from verifier.edge.console.visit import Visit

DIRECTORY = "/directory"


class DirectoryScreens:
    """The screens and deeds of the copy."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def screens(self) -> Sequence[Screen]:
        """Return the screens."""
        return (Screen(DIRECTORY, self.show, EVERY_ROLE),)

    def deeds(self) -> Sequence[Deed]:
        """Return the deeds."""
        return (
            Deed(f"{DIRECTORY}/pull", self.pull, EVERY_ROLE),
            Deed(f"{DIRECTORY}/recognitions", self.take_recognitions, TECHNICAL, again=self.show),
        )

    def show(self, visit: Visit) -> Response:
        """Show the copy, and what became of the last pull."""
        desk, last = self._desk, self._desk.pulling.last()
        is_under_way, copy = desk.pulling.is_under_way, copy_facts(desk, visit)
        answer = visit.show(
            "buyer/directory.html",
            title=visit.t.gettext("buyer.directory.title"),
            copy=copy,
            source=desk.folder.settings().source,
            under_way=["pulling"] if is_under_way else [],
            pulled=[_pull(visit, last.way, last.fetched, last.at)] if last and last.way else [],
            failed=[(visit.moment(last.at), last.error, [last.hint] if last.hint else [])]
            if last and last.error
            else [],
            statements=visit.t.ngettext("buyer.recognitions.count", copy.statements),
        )
        if is_under_way:
            answer.headers["Refresh"] = "2"
        return answer

    def pull(self, visit: Visit) -> Response:
        """Begin to bring the copy on."""
        self._desk.pulling.start()
        return visit.go(DIRECTORY)

    def take_recognitions(self, visit: Visit) -> Response:
        """Keep statements about recognitions, one a line; the directory decides which of them is the newest word."""
        data = visit.form.file("statements").data
        try:
            lines = [line.strip() for line in data.decode("ascii").splitlines() if line.strip()]
        except UnicodeDecodeError as error:
            raise MalformedError("the file holds no statements", hint="One token a line, in ASCII.") from error
        read_statements(lines)
        write_whole(self._desk.folder.recognitions, data)
        return visit.go(DIRECTORY, "buyer.told.recognitions", count=str(len(lines)))


def directory_message_ids() -> list[str]:
    """Return the message ids that are put together here."""
    return [f"buyer.pull.{one}" for one in WAYS]


def _pull(visit: Visit, way: str, fetched: int, at: int) -> tuple[object, str, str]:
    return visit.moment(at), visit.t.gettext(f"buyer.pull.{way}"), f"{fetched:,}"
