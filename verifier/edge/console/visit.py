"""One request of one person who is signed in: what the screens and deeds of a console work with."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from verifier.edge.console import queries
from verifier.edge.console.appearance import PAGE_HEADERS, chrome_of
from verifier.edge.console.trouble import status_of
from verifier.edge.i18n import translator
from verifier.edge.rendering import render
from verifier.errors import WrongUseError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verifier.edge.console.accounts import Accounts
    from verifier.edge.console.form import Form
    from verifier.edge.console.people import Person, Session
    from verifier.edge.console.plan import Plan
    from verifier.edge.console.proposals import Proposals
    from verifier.edge.console.unlocking import Unlocking
    from verifier.edge.i18n import Moment, Translator
    from verifier.errors import MarkError

LONGEST_TOLD = 200
"""Characters of a value in a text that is shown once."""


@dataclass(frozen=True)
class House:
    """What every visit to a console shares."""

    plan: Plan
    accounts: Accounts
    proposals: Proposals
    unlocking: Unlocking

    def end_session(self, session_id: str) -> None:
        """End a session, and forget the passphrases that were given in it."""
        self.unlocking.lock(session_id)
        self.accounts.sign_out(session_id)


@dataclass(frozen=True)
class Visit:
    """A request. ``mistake`` is why the form that was just sent is shown again; then ``form`` is what was typed."""

    house: House
    person: Person
    session: Session
    csrf: str
    lang: str
    path: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    form: Form
    mistake: MarkError | None = None

    @property
    def now(self) -> int:
        """The time in whole seconds."""
        return self.house.accounts.now()

    @property
    def t(self) -> Translator:
        """The texts of the language in which the person reads."""
        return translator(self.lang)

    def moment(self, instant: int) -> Moment:
        """Return an instant in words, in the console's zone."""
        return self.t.moment(instant, self.house.plan.zone)

    def passphrase(self, key: str) -> bytes:
        """Return the passphrase of a signing key. Raises LockedError: the page then asks for it and goes on."""
        if not self.person.may(self.house.plan.keys[key]):
            raise WrongUseError(f"the key {key} is not this person's to use")
        return self.house.unlocking.passphrase(self.session.id, key)

    def refused(self, mistake: MarkError) -> Visit:
        """Return this visit with why its form was refused."""
        return replace(self, mistake=mistake)

    def show(self, template: str, *, status: int = 200, **context: Any) -> Response:
        """Return a page. The template has, beside ``context``, what chrome_of() lists."""
        if self.mistake is not None and status == 200:
            status = status_of(self.mistake)
        told = self._take_told()
        page = render(
            template, lang=self.lang, path=self.path, query=dict(self.query), **chrome_of(self, told), **context
        )
        return Response(page, status, media_type="text/html", headers=PAGE_HEADERS)

    def go(self, path: str, told: str = "", **values: str) -> Response:
        """Return the way to another page of this console; ``told`` is the id of a text that it shows once."""
        if told:
            short = {name: value[:LONGEST_TOLD] for name, value in values.items()}
            kept = json.dumps({"id": told, "values": short}, ensure_ascii=False)
            with self.house.accounts.database.transaction() as db:
                queries.change_session(db, self.session.id, told=kept)
        return RedirectResponse(quote(path, safe="/?=&#%"), 303, headers=PAGE_HEADERS)

    def file(self, data: bytes, media_type: str, filename: str) -> Response:
        """Return a file to be kept."""
        disposition = f"attachment; filename*=UTF-8''{quote(filename)}"
        return Response(data, media_type=media_type, headers={**PAGE_HEADERS, "Content-Disposition": disposition})

    def picture(self, data: bytes, media_type: str) -> Response:
        """Return a picture or a document to be shown."""
        return Response(data, media_type=media_type, headers=PAGE_HEADERS)

    def _take_told(self) -> tuple[str, ...]:
        if not self.session.told:
            return ()
        with self.house.accounts.database.transaction() as db:
            queries.change_session(db, self.session.id, told="")
        kept = json.loads(self.session.told)
        return (self.t.gettext(kept["id"], **kept["values"]),)
