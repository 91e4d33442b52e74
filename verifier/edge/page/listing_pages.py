"""The pages of an accredited body and of an organisation, out of the directory and the trust list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verifier.edge.i18n import translator
from verifier.edge.page.account import Fact, banners, moments
from verifier.edge.page.listing import absent_view, body_view, organisation_view
from verifier.edge.rendering import render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.check.listed import Listed
    from verifier.directory.record import IdentifierRecord, ObjectRecord
    from verifier.edge.page.programme_view import ProgrammeView
    from verifier.trust.trustlist import ListedBody


@dataclass(frozen=True)
class Answered:
    """When and where an answer about a body or an organisation was put together; the directory's size in entries."""

    now: int
    zone: str
    environment: str
    size: int


def body_page(
    record: ObjectRecord, listed: ListedBody | None, name: str | None, answered: Answered, *, lang: str, path: str
) -> str:
    """Return the page of an accredited body: who it is, for what it is accredited, until when."""
    t = translator(lang)
    view = body_view(record, listed, name, now=answered.now, zone=answered.zone, t=t)
    return _listing("body.html", view.name, view, answered, lang=lang, path=path, key_action=f"{path}/key")


def organisation_page(
    record: IdentifierRecord,
    answered: Answered,
    *,
    lang: str,
    path: str,
    eligible: Sequence[tuple[ProgrammeView, ...]] = (),
) -> str:
    """Return the page of an organisation: all its marks that the directory lists.

    ``eligible`` holds the programmes that it is eligible for, and nothing where that is not known.
    """
    t = translator(lang)
    view = organisation_view(record, now=answered.now, zone=answered.zone, t=t)
    return _listing("organisation.html", view.title, view, answered, lang=lang, path=path, eligible=eligible)


def organisation_absent_page(listed: Listed, answered: Answered, *, lang: str, path: str) -> str:
    """Return the page of a number that no mark is listed under, as a proven directory says."""
    t = translator(lang)
    view = absent_view(listed, t)
    as_of = (Fact(t.gettext("fact.as_of"), moments=(t.moment(listed.as_of, answered.zone),)),)
    return _listing("organisation_absent.html", view.title, view, answered, lang=lang, path=path, moments=as_of)


def _listing(template: str, title: str, view: object, answered: Answered, *, lang: str, path: str, **more: Any) -> str:
    t = translator(lang)
    shown = {"moments": moments(answered.now, None, answered.zone, t)[:1], **more}
    return render(
        template,
        lang=lang,
        path=path,
        title=title,
        banners=banners(answered.environment, t),
        view=view,
        size=answered.size,
        follows=[path.removeprefix("/o/")] if path.startswith("/o/") else [],
        **shown,
    )
