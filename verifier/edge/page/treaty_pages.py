"""The pages of one agreement and of one recognised certificate, out of the JSON answers that programs get."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.edge.i18n import translator
from verifier.edge.page.account import Link, banners, moments
from verifier.edge.page.treaty_view import agreement_view, recognition_view
from verifier.edge.rendering import render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verifier.edge.i18n import Translator


def recognition_page(answer: Mapping[str, Any], *, environment: str, zone: str, lang: str) -> str:
    """Return the page of a recognised certificate."""
    t = translator(lang)
    label = answer["recognition"].rpartition("/")[2]
    view = recognition_view(answer, zone=zone, lang=lang, t=t)
    return render(
        "recognition.html",
        lang=lang,
        path=f"/r/{label}",
        title=t.gettext("recognition.kind"),
        banners=banners(environment, t),
        view=view,
        moments=moments(answer["as_of"], None, zone, t)[:1],
        codes=[f"/r/{label}/qr.svg"] if view.has_code else [],
        downloads=_downloads(label, lang, t) if view.has_code else [],
        alternates=[f"/r/{label}.json"],
        size=answer["directory"]["size"],
    )


def agreement_page(answer: Mapping[str, Any], *, environment: str, zone: str, lang: str) -> str:
    """Return the page of one agreement."""
    t = translator(lang)
    view = agreement_view(answer, zone=zone, lang=lang, t=t)
    return render(
        "agreement.html",
        lang=lang,
        path=f"/a/{answer['id']}",
        title=view.title,
        banners=banners(environment, t),
        view=view,
        moments=moments(answer["as_of"], None, zone, t)[:1],
        alternates=[f"/a/{answer['id']}.json"],
        size=answer["list"]["size"],
    )


def _downloads(label: str, lang: str, t: Translator) -> list[Link]:
    return [
        Link(t.gettext("download.document"), f"/verification/v1/recognitions/{label}/certificate.pdf?lang={lang}"),
        Link(t.gettext("download.artwork"), f"/r/{label}/artwork.svg"),
        Link(t.gettext("download.artwork_pdf"), f"/r/{label}/artwork.pdf"),
    ]
