"""The public form for reports of misuse: no account, no personal data needed, no cookie, no script.

There is no session that another site could ride on; a form that another site sends is refused all the same, so that
nobody reports without knowing. How many are taken in an hour is limited, and known in memory only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.routing import Route

from registry.casebook.inbox import Inbox, Report
from registry.errors import TooManyError
from registry.reading.page_answer import PageRequest, Render, answer_page
from registry.reading.sender import check_own_form, sender_of
from registry.web.body_limit import BodyLimit
from verifier.edge.question import question_of_text
from verifier.errors import MalformedError, MarkError, NotFoundError, WrongUseError
from verifier.names import authority_uri, mark_uri, parse_name

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from registry.reading.hourly_limit import HourlyLimit
    from verifier.injected import Clock, Entropy
    from verifier.trust.root import TrustRoot

MOST_BYTES = 32_768
LONGEST = {"about": 900, "text": 2800, "contact": 200}
"""Characters of each field of the form."""

_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class ReportDesk:
    """Where reports go, how many are taken, and what their numbers are made of."""

    inbox: Inbox
    limit: HourlyLimit
    entropy: Entropy


class ReportForm:
    """The handlers of the form. Without a desk the page says where the form is."""

    def __init__(self, desk: ReportDesk | None, *, trust_root: TrustRoot, now: Clock, render: Render | None) -> None:
        self._desk = desk
        self._root = trust_root
        self._now = now
        self._render = render

    def routes(self) -> list[Route]:
        """Return the routes. A body is cut off before it is read."""
        cut_off = Middleware(BodyLimit, most_bytes=MOST_BYTES, host=self._root.host)
        return [
            Route("/report", self.form, methods=["GET"]),
            Route("/report", self.report, methods=["POST"], middleware=[cut_off]),
        ]

    async def form(self, request: Request) -> Response:
        """Show the form; ``?about=`` fills in what it is about."""
        given = {"about": request.query_params.get("about", "")[: LONGEST["about"]]}
        return self._page(request, given)

    async def report(self, request: Request) -> Response:
        """Take a report and answer with its number.

        Raises NotFoundError where none are taken, ForeignFormError, MalformedError and TooManyError.
        """
        desk = self._desk
        if desk is None:
            raise NotFoundError("this copy of the registry takes no reports", hint=f"Go to {self._address()}.")
        check_own_form(request, host=self._root.host, address=self._address())
        given = _fields(request.headers.get("content-type", ""), await request.body())
        mistake = _mistake(given)
        if mistake:
            return self._page(request, given, mistake=mistake, status=400)
        if not desk.limit.take(sender_of(request), now=self._now()):
            raise TooManyError("too many reports came in within this hour", hint="Send it later.")
        report = self._read(given, desk.entropy)
        await run_in_threadpool(desk.inbox.put, report)
        return self._page(request, {}, received=report, status=201)

    def _read(self, given: dict[str, str], entropy: Entropy) -> Report:
        reported = self._object(given["about"])
        # What names nothing of this registry may be a fake: it is told as it was typed.
        seen = f"\n\n{given['about']}" if given["about"] and reported == authority_uri(self._root.host) else ""
        return Report(
            id=f"M-{entropy(5).hex()}",
            at=self._now(),
            object=reported,
            text=given["text"] + seen,
            contact=given["contact"] or None,
        )

    def _object(self, about: str) -> str:
        """Return the name of what is reported; the authority's own where it is nothing of this registry."""
        host = self._root.host
        try:
            question = question_of_text(about)
            if question.mark_id is not None and question.host in (None, host):
                return mark_uri(host, question.mark_id)
            if about.startswith(f"https://{host}/m/"):
                return mark_uri(host, question_of_text(about.partition("#")[0]).mark_id or "")
        except WrongUseError:
            pass
        named = about if about.startswith("https://") else f"https://{host}/{about.strip('/')}"
        try:
            name = parse_name(named)
        except MarkError:
            return authority_uri(host)
        return named if name.host == host else authority_uri(host)

    def _page(
        self,
        request: Request,
        given: dict[str, str],
        *,
        mistake: str = "",
        received: Report | None = None,
        status: int = 200,
    ) -> Response:
        answer: dict[str, Any] = {
            "registry": f"https://{self._root.host}",
            "form": self._address(),
            "takes": self._desk is not None,
            "longest": LONGEST,
            "given": {name: given.get(name, "") for name in LONGEST},
            "mistake": mistake or None,
            "reference": received.id if received else None,
            "received": received.at if received else None,
        }
        page = PageRequest("report", "", answer, None, "", {})
        return answer_page(request, page, self._render, status=status)

    def _address(self) -> str:
        return f"https://{self._root.host}/report"


def _fields(media_type: str, body: bytes) -> dict[str, str]:
    """Return the fields of the form. Raises MalformedError for anything but a form in UTF-8."""
    if media_type.partition(";")[0].strip().lower() != _FORM:
        raise MalformedError(f"a report is sent as {_FORM}")
    try:
        read = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=8, errors="strict")
    except ValueError as error:
        raise MalformedError("the form cannot be read") from error
    # Browsers end a line with two characters, and count them as one towards the longest text.
    return {name: "".join(read.get(name, [])[:1]).replace("\r\n", "\n").strip() for name in LONGEST}


def _mistake(given: dict[str, str]) -> str:
    """Return the code of what is wrong with the fields, empty where nothing is."""
    if any(len(given[name]) > longest or "\x00" in given[name] for name, longest in LONGEST.items()):
        return "too_long"
    return "" if given["text"] else "empty"
