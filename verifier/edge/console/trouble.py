"""What is shown where a page could not be: the error in words, or the question for a key's passphrase."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import Response

from verifier.edge.console.appearance import PAGE_HEADERS, bare_chrome, mistakes_of
from verifier.edge.console.errors import ForeignFormError, LockedError, NotAllowedError, SignedOutError
from verifier.edge.error_words import ERROR_CODES, error_words
from verifier.edge.i18n import translator
from verifier.edge.rendering import render
from verifier.errors import (
    ConflictError,
    EvidenceError,
    MalformedError,
    MarkError,
    NotFoundError,
    UnavailableError,
    WrongUseError,
)

if TYPE_CHECKING:
    from starlette.requests import Request

    from verifier.edge.console.visit import Visit
    from verifier.edge.i18n import Translator

_STATUS: tuple[tuple[type[MarkError], int], ...] = (
    (SignedOutError, 401),
    (NotAllowedError, 403),
    (ForeignFormError, 403),
    (ConflictError, 409),
    (MalformedError, 400),
    (EvidenceError, 422),
    (NotFoundError, 404),
    (UnavailableError, 503),
    (WrongUseError, 400),
)
_WORDS = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}
_TITLES = ("not_allowed", "second_person", "foreign_form", "not_found", "too_large")
"""The codes whose page has a title of its own."""


def status_of(error: MarkError) -> int:
    """Return the HTTP status of an error."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def answer_trouble(name: str, request: Request, error: MarkError | HTTPException, lang: str) -> Response:
    """Return the page that tells an error and the way back."""
    if isinstance(error, HTTPException):
        status, code, message, hint = error.status_code, _WORDS.get(error.status_code, "malformed"), "", ""
    else:
        status, code, message, hint = status_of(error), error.code, error.message, error.hint
    t = translator(lang)
    title = t.gettext(f"console.trouble.{code if code in _TITLES else 'other'}")
    page = render(
        "console/trouble.html",
        lang=lang,
        path=request.url.path,
        **bare_chrome(name, lang),
        title=title,
        words=_words(code, t),
        code=code,
        details=[(message, hint)] if message else [],
    )
    return Response(page, status, media_type="text/html", headers=PAGE_HEADERS)


def _words(code: str, t: Translator) -> tuple[str, ...]:
    """Return the sentence of a code; none for what is no error of ours, whose title says it."""
    return (error_words(code, t),) if code in ERROR_CODES else ()


def show_locked(visit: Visit, locked: LockedError) -> Response:
    """Return the page that asks for the passphrase of a key; nothing that was typed is lost."""
    kept = [
        (name, value)
        for name, values in visit.form.fields.items()
        for value in values
        if name not in ("csrf", "unlock_key", "unlock_passphrase")
    ]
    return visit.show(
        "console/unlock.html",
        status=403,
        key=locked.key,
        key_words=visit.t.gettext(f"{visit.house.plan.name}.key.{locked.key}"),
        kept=kept,
        wrong=mistakes_of(locked.__cause__, visit.t),
        action=visit.path,
    )


def trouble_message_ids() -> tuple[str, ...]:
    """Return the message ids that are put together out of codes."""
    return tuple(f"console.trouble.{one}" for one in (*_TITLES, "other"))
