"""A console as an application: every path goes through one gate, which knows who is there and what they may.

A form is taken from our own pages only: the browser says so (Fetch Metadata, or Origin), and it carries the token of
its session. It carries the number of its page too, so that one that is sent twice is done once. Every deed stands in
the journal with what came of it.
"""

from __future__ import annotations

import hmac
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, cast
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from verifier.edge.console import account_screens, people_screens, proposal_screens
from verifier.edge.console.appearance import PAGE_HEADERS
from verifier.edge.console.entrance import Entrance
from verifier.edge.console.errors import ForeignFormError, LockedError, NotAllowedError, SignedOutError
from verifier.edge.console.form import Form, read_form
from verifier.edge.console.gate import Gate
from verifier.edge.console.proposals import Proposals
from verifier.edge.console.sent_twice import SentTwice
from verifier.edge.console.trouble import answer_trouble, show_locked
from verifier.edge.console.unlocking import Unlocking
from verifier.edge.console.visit import House, Visit
from verifier.edge.i18n import LANGUAGES, choose_language
from verifier.edge.rendering import static_file
from verifier.errors import MarkError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from verifier.edge.console.accounts import Accounts
    from verifier.edge.console.people import Person, Session
    from verifier.edge.console.plan import Deed, Plan, Screen

RESTRICTED = frozenset({"/account", "/account/passkeys", "/sign-out"})
"""Where somebody may go who came in by a recovery code: to make a new passkey, or out again."""


class Console:
    """The application over one plan and its accounts; ``app`` is what is served."""

    def __init__(self, plan: Plan, accounts: Accounts) -> None:
        proposals = Proposals(accounts.database, accounts.now)
        proposals.free_interrupted()
        self.house = House(plan, accounts, proposals, Unlocking(plan.try_key, accounts.now))
        self.cookie = f"__Host-shirushi-{plan.name}" if accounts.party.is_secure else f"shirushi-{plan.name}"
        entrance = Entrance(self.house, self.cookie)
        screens = [*plan.screens, *account_screens.screens(), *people_screens.screens(), *proposal_screens.screens()]
        deeds = [*plan.deeds, *account_screens.deeds(), *people_screens.deeds(), *proposal_screens.deeds()]
        routes = [Route("/static/{name:path}", _static, methods=["GET"]), Route("/alive", _alive, methods=["GET"])]
        routes += [Route(path, self._outside(handle), methods=[method]) for method, path, handle in entrance.doors()]
        routes += [Route(one.path, self._screen(one), methods=["GET"]) for one in screens]
        routes += [Route(one.path, self._deed(one), methods=["POST"]) for one in deeds]
        self._twice = SentTwice()
        self.app = Starlette(
            routes=routes,
            middleware=[Middleware(Gate, origin=accounts.party.origin)],
            exception_handlers={HTTPException: self._trouble, MarkError: self._trouble},
        )
        self.app.router.redirect_slashes = False

    def csrf_of(self, token: str) -> str:
        """Return what every form of a session carries."""
        return hmac.new(token.encode(), b"form", sha256).hexdigest()

    def _screen(self, screen: Screen) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            visit = await self._enter(request)
            if isinstance(visit, Response):
                return visit
            _check_roles(visit, screen.roles)
            return await run_in_threadpool(screen.handler, visit)

        return answer

    def _deed(self, deed: Deed) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            self._check_site(request)
            visit = await self._enter(request)
            if isinstance(visit, Response):
                return visit
            form = await read_form(request, most_bytes=deed.most_bytes)
            token, _, page = form.get("csrf").partition(".")
            if not hmac.compare_digest(token.encode(), visit.csrf.encode()):
                raise ForeignFormError("the form is not of this session", hint="Open the page again and send it there.")
            do = partial(self._do, deed, _with_form(visit, form))
            if page:
                # Without the number of its page nobody knows which form is the same.
                do = partial(self._twice.do, visit.session.id, visit.path, form, do)
            return await run_in_threadpool(do)

        return answer

    def _do(self, deed: Deed, visit: Visit) -> Response:
        outcome = "failed"
        try:
            _check_roles(visit, deed.roles)
            self._unlock(visit)
            answer = deed.handler(visit)
            outcome = "done"
        except LockedError as locked:
            outcome = locked.code
            return show_locked(visit, locked)
        except NotAllowedError as error:
            outcome = error.code
            raise
        except MarkError as error:
            outcome = error.code
            if deed.again is None:
                raise
            return deed.again(visit.refused(error))
        finally:
            self.house.accounts.write_down(visit.person.id, act=deed.path, about=visit.path, outcome=outcome)
        return answer

    def _unlock(self, visit: Visit) -> None:
        key, passphrase = visit.form.get("unlock_key"), visit.form.get("unlock_passphrase")
        if not key:
            return
        roles = self.house.plan.keys.get(key)
        if roles is None or not visit.person.may(roles):
            raise NotAllowedError(f"the key {key} is not this person's to unlock")
        try:
            self.house.unlocking.unlock(visit.session.id, key, passphrase.encode())
        except MarkError as error:
            if self.house.unlocking.is_guessing(visit.session.id):
                # Whoever has a session and not the passphrase is not to find it by trying.
                self.house.end_session(visit.session.id)
            raise LockedError(key) from error

    async def _enter(self, request: Request) -> Visit | Response:
        """Return the visit, or the way to where the visitor has to go first."""
        token = request.cookies.get(self.cookie, "")
        try:
            session, person = await run_in_threadpool(self.house.accounts.visitor, token)
        except SignedOutError:
            return self._to_sign_in(request)
        if session.way == "recovery" and request.url.path not in RESTRICTED:
            return RedirectResponse("/account", 303, headers=PAGE_HEADERS)
        return self._visit(request, token, (session, person))

    def _visit(self, request: Request, token: str, who: tuple[Session, Person]) -> Visit:
        session, person = who
        asked = request.query_params.get("lang", "")
        if asked in LANGUAGES and asked != session.lang:
            self.house.accounts.speak(session.id, asked)
        lang = asked if asked in LANGUAGES else session.lang or _language(request)
        query = {name: value for name, value in request.query_params.items() if name != "lang"}
        params = {name: str(value) for name, value in request.path_params.items()}
        return Visit(self.house, person, session, self.csrf_of(token), lang, request.url.path, params, query, Form())

    def _to_sign_in(self, request: Request) -> Response:
        way = "/sign-in"
        if request.method == "GET" and request.url.path != "/":
            here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            way += "?" + urlencode({"then": here})
        return RedirectResponse(way, 303, headers=PAGE_HEADERS)

    def _outside(self, handle: Callable[[Request, Form, str], Response]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            form = Form()
            if request.method == "POST":
                self._check_site(request)
                form = await read_form(request, most_bytes=65_536)
            return await run_in_threadpool(handle, request, form, _language(request))

        return answer

    def _check_site(self, request: Request) -> None:
        site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
        # A browser tells one of the two at least; what it tells has to be true of our own pages.
        is_told = site is not None or origin is not None
        is_ours = site in (None, "same-origin") and origin in (None, self.house.accounts.party.origin)
        if not (is_told and is_ours):
            raise ForeignFormError("the form came from another site", hint="Open the page here and send it there.")

    async def _trouble(self, request: Request, error: Exception) -> Response:
        return answer_trouble(
            self.house.plan.name, request, cast("MarkError | HTTPException", error), _language(request)
        )


def _check_roles(visit: Visit, roles: frozenset[str]) -> None:
    if roles and not visit.person.may(roles):
        raise NotAllowedError("this needs another role", hint="Roles: " + ", ".join(sorted(roles)))


def _with_form(visit: Visit, form: Form) -> Visit:
    return Visit(**{**vars(visit), "form": form})


def _language(request: Request) -> str:
    return choose_language(request.headers.get("accept-language", ""), request.query_params.get("lang"))


async def _static(request: Request) -> Response:
    data, media_type = static_file(request.path_params["name"])
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return Response(data, media_type=media_type, headers=headers)


async def _alive(request: Request) -> Response:
    return Response("alive\n", media_type="text/plain", headers=PAGE_HEADERS)
