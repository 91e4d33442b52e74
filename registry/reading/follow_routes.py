"""/follow: pages on which anybody has changes under a number told by mail, says yes, and ends it. No script, no cookie.

What is sent is handed to the portal in a body; number and address stand in no address of a page and in no log. The link
in a letter opens a page with a button: programs that open links beforehand confirm and end nothing. The POST that ends
is RFC 8058's too, so it takes any body, from anywhere; the code in its address is what allows it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Route

from registry.portal.paths import FOLLOWINGS
from registry.reading.hourly_limit import HourlyLimit
from registry.reading.page_answer import FORM_HEADERS, REPORT_HEADERS, Render
from registry.reading.sender import check_own_form, sender_of
from registry.web.body_limit import BodyLimit
from verifier.edge.i18n import choose_language
from verifier.edge.mail import read_address
from verifier.edge.page.follow_page import CONFIRM, END, FOLLOW, Following, follow_page
from verifier.encoding import canonical, read_object
from verifier.errors import MarkError, UnavailableError, WrongUseError
from verifier.identifier import parse_identifier

if TYPE_CHECKING:
    from starlette.requests import Request

    from registry.reading.way_to_portal import WayToPortal
    from verifier.injected import Clock
    from verifier.trust.root import TrustRoot

MOST_BYTES = 8192
EACH, TOGETHER = 10, 1000
"""Orders that are handed on within an hour: from one sender, and from all together."""
_STATUS = {"number": 400, "address": 400, "too_many": 429, "unavailable": 503}
_NO_MAIL = "no_mail"
_MORE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


class FollowPage:
    """The handlers of the pages."""

    def __init__(
        self,
        portal: WayToPortal,
        *,
        trust_root: TrustRoot,
        now: Clock,
        render: Render | None,
        sends_mail: bool = True,
    ) -> None:
        """``render`` is None where no pages are shown: then there is none here.

        Without ``sends_mail`` the form's place is taken by the addresses of the feed; letters that were sent before
        can be confirmed and ended all the same.
        """
        self._has_pages = render is not None
        self._sends_mail = sends_mail
        self._portal = portal
        self._root = trust_root
        self._now = now
        self._limit = HourlyLimit(each=EACH, together=TOGETHER)

    def routes(self) -> list[Route]:
        """Return the routes. A body is cut off before it is read."""
        if not self._has_pages:
            return []
        cut_off = [Middleware(BodyLimit, most_bytes=MOST_BYTES, host=self._root.host)]
        return [
            Route(FOLLOW, self.form, methods=["GET"]),
            Route(FOLLOW, self.order, methods=["POST"], middleware=cut_off),
            Route(f"{CONFIRM}{{code}}", self.ask_confirm, methods=["GET"]),
            Route(f"{CONFIRM}{{code}}", self.confirm, methods=["POST"], middleware=cut_off),
            Route(f"{END}{{code}}", self.ask_end, methods=["GET"]),
            Route(f"{END}{{code}}", self.end, methods=["POST"], middleware=cut_off),
        ]

    async def form(self, request: Request) -> Response:
        """Show the form."""
        return self._asking(request)

    async def order(self, request: Request) -> Response:
        """Take number and address; a number alone, from a page about it, fills the form in. Raises ForeignFormError."""
        sent = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=4, keep_blank_values=True)
        number, address = (sent.get(name, [""])[0].strip()[:254] for name in ("number", "address"))
        if "address" not in sent:
            return self._asking(request, number)
        check_own_form(request, host=self._root.host, address=f"https://{self._root.host}{FOLLOW}")
        if not self._sends_mail:
            return self._asking(request, number, status=503)
        mistake = _mistake(number, address) or await self._hand_on(request, number, address)
        if mistake == _NO_MAIL:
            return self._page(request, Following(_NO_MAIL, number), status=503)
        if mistake:
            return self._page(request, Following("ask", number, address, mistake))
        return self._page(request, Following("sent"))

    async def ask_confirm(self, request: Request) -> Response:
        """Show the button that says yes."""
        return self._page(request, Following("confirm", code=request.path_params["code"]))

    async def confirm(self, request: Request) -> Response:
        """Say yes by the code in the address."""
        body = {"code": request.path_params["code"], "lang": self._lang(request)}
        answer = await self._portal.ask(f"{FOLLOWINGS}/confirmation", canonical(body))
        if answer.status_code != 200:
            return self._gone(request, answer.status_code)
        told = read_object(answer.content)
        return self._page(request, Following("confirmed", told["number"], until=told["until"]))

    async def ask_end(self, request: Request) -> Response:
        """Show the button that ends it."""
        return self._page(request, Following("end", code=request.path_params["code"]))

    async def end(self, request: Request) -> Response:
        """End it by the code in the address."""
        answer = await self._portal.ask(f"{FOLLOWINGS}/end", canonical({"code": request.path_params["code"]}))
        if answer.status_code != 204:
            return self._gone(request, answer.status_code)
        return self._page(request, Following("ended"))

    async def _hand_on(self, request: Request, number: str, address: str) -> str:
        if not self._limit.take(sender_of(request), now=self._now()):
            return "too_many"
        order = {"number": number, "address": address, "lang": self._lang(request)}
        try:
            answer = await self._portal.ask(FOLLOWINGS, canonical(order))
        except UnavailableError:
            return "unavailable"
        if answer.status_code == 202:
            return ""
        code = str(read_object(answer.content).get("code", ""))
        return {"too_many": "too_many", "queue_full": "too_many", "refused": _NO_MAIL}.get(code, "unavailable")

    def _asking(self, request: Request, number: str = "", *, status: int = 200) -> Response:
        return self._page(request, Following("ask" if self._sends_mail else _NO_MAIL, number), status=status)

    def _gone(self, request: Request, status: int) -> Response:
        if status not in (400, 404):
            raise UnavailableError(f"the portal answers {status}", hint="Try again later.")
        return self._page(request, Following("gone"), status=404)

    def _page(self, request: Request, shown: Following, *, status: int = 200) -> Response:
        content, lang = self._root.content, self._lang(request)
        page = follow_page(shown, host=self._root.host, environment=content.environment, zone=content.zone, lang=lang)
        headers = {**(FORM_HEADERS if shown.code else REPORT_HEADERS), **_MORE}
        return Response(page, _STATUS.get(shown.mistake, status), media_type="text/html", headers=headers)

    def _lang(self, request: Request) -> str:
        return choose_language(request.headers.get("accept-language", ""), request.query_params.get("lang"))


def _mistake(number: str, address: str) -> str:
    try:
        parse_identifier(number)
    except MarkError:
        return "number"
    try:
        read_address(address)
    except WrongUseError:
        return "address"
    return ""
