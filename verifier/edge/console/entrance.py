"""The doors of a console, before anybody is signed in: sign-in, recovery, invitations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import RedirectResponse, Response

from verifier.edge.console import queries
from verifier.edge.console.appearance import PAGE_HEADERS, bare_chrome, mistakes_of
from verifier.edge.console.people import ADMIN, LONGEST
from verifier.edge.i18n import translator
from verifier.edge.rendering import render
from verifier.errors import MarkError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.requests import Request

    from verifier.edge.console.form import Form
    from verifier.edge.console.visit import House
    from verifier.edge.i18n import Translator

    Door = Callable[[Request, Form, str], Response]


class Entrance:
    """The pages and forms that anybody who reaches the console may use; ``cookie`` is what a session is kept in."""

    def __init__(self, house: House, cookie: str) -> None:
        self._house = house
        self._cookie = cookie

    def doors(self) -> Sequence[tuple[str, str, Door]]:
        """Return method, path and handler of each."""
        return (
            ("GET", "/sign-in", self.sign_in_page),
            ("POST", "/sign-in", self.sign_in),
            ("POST", "/recover", self.recover),
            ("GET", "/enrol/{token}", self.enrol_page),
            ("POST", "/enrol/{token}", self.enrol),
        )

    def sign_in_page(self, request: Request, form: Form, lang: str, mistake: MarkError | None = None) -> Response:
        """Show the ways in."""
        then = form.get("then") or request.query_params.get("then", "")
        return self._page(
            "console/sign_in.html",
            lang,
            path="/sign-in",
            mistake=mistake,
            options=self._house.accounts.ask_to_sign_in(),
            then=_inside(then),
        )

    def sign_in(self, request: Request, form: Form, lang: str) -> Response:
        """Let in who holds a passkey."""
        try:
            token = self._house.accounts.sign_in(form.need("answer"))
        except MarkError as error:
            return self.sign_in_page(request, form, lang, error)
        return self._let_in(token, _inside(form.get("then")), act="/sign-in")

    def recover(self, request: Request, form: Form, lang: str) -> Response:
        """Let in who has a recovery code, as far as their account."""
        try:
            token = self._house.accounts.recover(form.need("code"))
        except MarkError as error:
            return self.sign_in_page(request, form, lang, error)
        return self._let_in(token, "/account", act="/recover")

    def enrol_page(self, request: Request, form: Form, lang: str, mistake: MarkError | None = None) -> Response:
        """Show what somebody is invited to. Raises NotFoundError."""
        token = request.path_params["token"]
        invitation = self._house.accounts.invitation(token)
        t, name = translator(lang), self._house.plan.name
        return self._page(
            "console/enrol.html",
            lang,
            path=f"/enrol/{token}",
            mistake=mistake,
            options=self._house.accounts.ask_to_enrol(token),
            invited=invitation,
            roles=role_words(t, name, invitation.roles),
            until=t.moment(invitation.until, self._house.plan.zone),
        )

    def enrol(self, request: Request, form: Form, lang: str) -> Response:
        """Take a new passkey and show the recovery codes, this once. Raises NotFoundError."""
        token = request.path_params["token"]
        try:
            label, check_roles = form.get("label") or "passkey", self._house.plan.check_roles
            self._check_roles(token)
            answer = form.need("answer")
            enrolled = self._house.accounts.enrol(token, answer, label=label, check_roles=check_roles)
        except RefusedError as error:
            return self.enrol_page(request, form, lang, error)
        page = self._page(
            "console/codes.html", lang, path="/account", codes=enrolled.codes, name=enrolled.person.name, mistake=None
        )
        self._keep(page, enrolled.token, act="/enrol")
        return page

    def _check_roles(self, token: str) -> None:
        """Check that the roles are still free, before an authenticator's answer is used up. Raises RefusedError."""
        accounts, invited = self._house.accounts, self._house.accounts.invitation(token)
        with accounts.database.transaction() as db:
            colleagues = [one for one in queries.list_people(db) if one.unit == invited.unit]
        if not invited.person:
            self._house.plan.check_roles(invited.roles, colleagues)

    def _page(self, template: str, lang: str, *, path: str, mistake: MarkError | None, **context: Any) -> Response:
        chrome = {**bare_chrome(self._house.plan.name, lang), "mistakes": mistakes_of(mistake, translator(lang))}
        page = render(template, lang=lang, path=path, **chrome, **context)
        return Response(page, 422 if mistake else 200, media_type="text/html", headers=PAGE_HEADERS)

    def _let_in(self, token: str, path: str, *, act: str) -> Response:
        answer = RedirectResponse(path, 303, headers=PAGE_HEADERS)
        self._keep(answer, token, act=act)
        return answer

    def _keep(self, answer: Response, token: str, *, act: str) -> None:
        """Give the cookie of a new session, and write down who came in by which way."""
        accounts = self._house.accounts
        accounts.write_down(accounts.visitor(token)[1].id, act=act, about=act, outcome="done")
        secure = accounts.party.is_secure
        answer.set_cookie(
            self._cookie, token, max_age=LONGEST, path="/", secure=secure, httponly=True, samesite="strict"
        )


def role_words(t: Translator, name: str, roles: frozenset[str]) -> tuple[str, ...]:
    """Return the words of roles."""
    ids = ("console.role.admin" if one == ADMIN else f"{name}.role.{one}" for one in sorted(roles))
    return tuple(t.gettext(one) for one in ids)


def _inside(path: str) -> str:
    """Return a path of this console, or its first page: never the way to another site."""
    is_inside = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if is_inside and path.isprintable() and "\\" not in path else "/"
