"""/e/{no}/key: whether a key that somebody shows belongs to a body, in which role, and how both stand on a day.

It reads the key's and the body's own entries and nothing else. Nobody is asked who asks, and nothing that was shown is
kept; the answer names a body and a role and never a person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from registry.reading.page_answer import PageRequest, Render, answer_page
from registry.reading.standing import body_answer
from verifier.edge.history_answer import moment_of
from verifier.edge.i18n import LANGUAGES
from verifier.errors import MalformedError, MarkError, WrongUseError
from verifier.names import NUMBER, parse_name
from verifier.replay.key_standing import key_standing

if TYPE_CHECKING:
    from starlette.requests import Request

    from registry.reading.history_routes import HistoryReader
    from verifier.gather import Fetcher
    from verifier.injected import Clock
    from verifier.trust.root import TrustRoot

LONGEST = 9000
"""Characters of what is shown: an attestation has 8,192 at most."""
_UNSEEN = {"Cache-Control": "no-store"}


class KeyDesk:
    """The handler over one published plane."""

    def __init__(
        self, fetcher: Fetcher, *, trust_root: TrustRoot, now: Clock, render: Render | None, history: HistoryReader
    ) -> None:
        self._fetcher = fetcher
        self._root = trust_root
        self._now = now
        self._render = render
        self._history = history

    def routes(self) -> list[Route]:
        """Return the route."""
        return [Route("/e/{no}/key", self.key)]

    async def key(self, request: Request) -> Response:
        """Answer about ``?q=``, a key id, a proof of a key or an attestation, ``on`` a day.

        Raises MalformedError where the address names no body, NotFoundError.
        """
        number = request.path_params["no"]
        if not NUMBER.fullmatch(number):
            raise MalformedError("a body has a number", hint="For example /e/7/key.")
        shown, on = request.query_params.get("q", "").strip(), request.query_params.get("on", "").strip()
        if not shown:
            chosen = request.query_params.get("lang")
            query = f"?lang={chosen}" if chosen in LANGUAGES else ""
            return RedirectResponse(f"/e/{number}{query}", 303, headers=_UNSEEN)
        answer, status = await run_in_threadpool(self._answer, int(number), shown, on)
        page = PageRequest("key", number, answer, None, "", {}, typed=shown)
        response = answer_page(request, page, self._render, status=status)
        response.headers.update(_UNSEEN)
        return response

    def _answer(self, no: int, shown: str, on: str) -> tuple[dict[str, Any], int]:
        body = body_answer(self._fetcher, self._root, no)
        about = {"body": {"uri": body["body"], "name": body["name"]}, "asked": {"q": shown[:LONGEST], "on": on}}
        try:
            if len(shown) > LONGEST:
                raise WrongUseError("this is longer than any attestation")
            past, now = self._history.past(), self._now()
            moment = moment_of(past, as_of=on or None, known_at=None, now=now)
            if moment.as_of > now:
                raise WrongUseError("the day lies in the future", hint="Ask about today or a past day.")
            where = {"host": self._root.host, "log": self._root.origin}
            found = key_standing(shown, no, past, **where, moment=moment, now=now).members()
        except WrongUseError as error:
            return {**about, "code": error.code, "detail": error.message, "hint": error.hint}, 400
        return {**about, **found, "listed_for": self._named(found["listed_for"]), "log_size": past.size}, 200

    def _named(self, uri: str | None) -> dict[str, Any] | None:
        """Return the body that the record lists the key for, with its name where that is disclosed."""
        if uri is None:
            return None
        try:
            name = body_answer(self._fetcher, self._root, int(parse_name(uri).value))["name"]
        except MarkError:
            name = None
        return {"uri": uri, "name": name}
