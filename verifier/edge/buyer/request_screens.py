"""Level requests: asked, answered, held against what the supplier has, and the days to look at as a calendar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.edge.buyer.desk import EVERY_ROLE
from verifier.edge.buyer.kept_requests import add_request, all_requests, find_request, take_answer
from verifier.edge.buyer.list_view import verdict_appearance
from verifier.edge.buyer.order_view import tier_options, tier_title
from verifier.edge.check.check_words import notes_on_recognition, row_words, verdict_words
from verifier.edge.console.plan import Deed, Screen
from verifier.edge.i18n import plain
from verifier.edge.page.grid import Tag
from verifier.edge.request.calendar_file import calendar_file
from verifier.edge.request.request_folder import days_of
from verifier.edge.request.request_status import gap_of
from verifier.edge.request.request_text import answer_text, request_letter
from verifier.level_request import MAX_BYTES, QUESTIONS, pressing_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from verifier.edge.buyer.desk import Desk
    from verifier.edge.buyer.kept_requests import Line
    from verifier.edge.console.visit import Visit
    from verifier.edge.i18n import Translator
    from verifier.level_request import LevelRequest

REQUESTS = "/requests"
ONE = f"{REQUESTS}/{{request}}"
USUAL_TIER = "jp.meti.scs/3"


@dataclass(frozen=True)
class RequestRow:
    """A request in an overview; ``tags`` say how the supplier stands, empty where nobody can say."""

    href: str
    supplier: str
    identifier: str
    tier: str
    by: str
    said: str
    tags: tuple[Tag, ...]
    held: tuple[str, ...]
    gap: tuple[str, ...]


class RequestScreens:
    """The screens and deeds of requests."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def screens(self) -> Sequence[Screen]:
        """Return the screens."""
        return (
            Screen(REQUESTS, self.show_requests, EVERY_ROLE),
            Screen(f"{REQUESTS}/new", self.show_form, EVERY_ROLE),
            Screen(f"{REQUESTS}/calendar.ics", self.calendar, EVERY_ROLE),
            Screen(ONE, self.show_request, EVERY_ROLE),
            Screen(f"{ONE}/request.json", self.file, EVERY_ROLE),
            Screen(f"{ONE}/letter.txt", self.letter, EVERY_ROLE),
        )

    def deeds(self) -> Sequence[Deed]:
        """Return the deeds."""
        return (
            Deed(REQUESTS, self.ask, EVERY_ROLE, again=self.show_form),
            Deed(f"{REQUESTS}/answers", self.take, EVERY_ROLE, again=self.show_requests, most_bytes=4 * MAX_BYTES),
        )

    def show_requests(self, visit: Visit) -> Response:
        """Show every request with what the supplier says and holds, and take answers."""
        lines, error = all_requests(self._desk.folder)
        rows = [request_row(one, visit.t) for one in lines]
        return visit.show(
            "buyer/requests.html",
            title=visit.t.gettext("buyer.requests.title"),
            rows=rows,
            troubles=[error] if error else [],
            notes=_notes(lines, visit.t),
        )

    def show_form(self, visit: Visit) -> Response:
        """Show the form of a new request."""
        t, chosen = visit.t, visit.form.get("tier", USUAL_TIER)
        tiers = [(value, text, "selected" if value == chosen else "") for value, text in tier_options(t)]
        ticked = visit.form.many("reasons")
        reasons = [(one, t.gettext(f"request.reason.{one}"), "checked" if one in ticked else "") for one in QUESTIONS]
        return visit.show(
            "buyer/request_form.html", title=visit.t.gettext("buyer.requests.new"), tiers=tiers, reasons=reasons
        )

    def ask(self, visit: Visit) -> Response:
        """Write the request of the form."""
        made = add_request(self._desk.folder, visit.form, now=self._desk.now(), entropy=self._desk.entropy)
        return visit.go(f"{REQUESTS}/{made.id}", "buyer.told.asked")

    def show_request(self, visit: Visit) -> Response:
        """Show one request: its letter to send, the answer, what is held and what is between the two."""
        asked = find_request(self._desk.folder, visit.params["request"])
        lines, error = all_requests(self._desk.folder)
        line = next(one for one in lines if one.asked.request.id == asked.request.id)
        row = request_row(line, visit.t)
        return visit.show(
            "buyer/request.html",
            title=visit.t.gettext("buyer.request.title"),
            rows=[row],
            empty="",
            gaps=[row.gap] if row.gap else [],
            letter=request_letter(asked.request, visit.t),
            cautions=cautions(asked.request, visit.t),
            id=asked.request.id,
            troubles=[error] if error else [],
            notes=_notes([line], visit.t),
        )

    def file(self, visit: Visit) -> Response:
        """Return the request as the file that the supplier is sent."""
        asked = find_request(self._desk.folder, visit.params["request"])
        return visit.file(asked.request.serialize(), "application/json", "level-request.json")

    def letter(self, visit: Visit) -> Response:
        """Return the letter that goes with a request."""
        asked = find_request(self._desk.folder, visit.params["request"])
        text = request_letter(asked.request, visit.t).encode()
        return visit.file(text, "text/plain; charset=utf-8", "level-request.txt")

    def take(self, visit: Visit) -> Response:
        """Keep an answer that a supplier sent."""
        asked = take_answer(self._desk.folder, visit.form.file("answer").data)
        return visit.go(f"{REQUESTS}/{asked.request.id}", "buyer.told.answered")

    def calendar(self, visit: Visit) -> Response:
        """Return the days to look at as a calendar. Raises UnavailableError without a copy of the directory."""
        lines, error = all_requests(self._desk.folder)
        if error is not None:
            raise error
        root = self._desk.folder.trust_root()
        found = [one.standing for one in lines if one.standing is not None]
        days = days_of(found, root.content.zone, visit.t)
        return visit.file(calendar_file(days, host=root.host, now=visit.now), "text/calendar", "requests.ics")


def _notes(lines: Sequence[Line], t: Translator) -> list[str]:
    reasons = (one.standing.outcome.reason for one in lines if one.standing is not None)
    return notes_on_recognition(reasons, t.gettext("buyer.recognitions.open"))


def cautions(request: LevelRequest, t: Translator) -> list[str]:
    """Return what to think about before a request is sent."""
    pressing = pressing_words(request.need)
    return [t.gettext("request.pressing", words=plain(", ".join(pressing)))] if pressing else []


def request_row(line: Line, t: Translator) -> RequestRow:
    """Return a request as pages show it."""
    asked, standing = line.asked, line.standing
    tags: tuple[Tag, ...] = ()
    held: tuple[str, ...] = ()
    gap: tuple[str, ...] = ()
    if standing is not None:
        outcome = standing.outcome
        tags = (Tag(verdict_appearance(outcome.verdict), verdict_words(outcome.verdict, t)),)
        tier = tier_title(outcome.tier, t) if outcome.tier else ""
        held = tuple(filter(None, (tier, row_words(outcome.reason, t).reason)))
        gap = gap_of(standing)
    request = asked.request
    return RequestRow(
        f"{REQUESTS}/{request.id}",
        plain(request.supplier.name),
        request.supplier.identifier,
        tier_title(request.tier, t),
        asked.by.isoformat(),
        answer_text(asked, t),
        tags,
        held,
        gap,
    )
