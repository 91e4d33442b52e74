"""The page of a mark: the verdict in words, what it is about, what can be downloaded, and what it does not mean.

It states that the server which sends it made the judgement: whoever does not trust that server verifies on the own
machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from verifier.edge.i18n import translator
from verifier.edge.page.account import Link, account_of
from verifier.edge.page.drop_words import dropped_notes
from verifier.edge.page.embed import OEMBED
from verifier.edge.page.mark_data import open_graph, structured_data
from verifier.edge.page.mark_surroundings import equivalents, timeline
from verifier.edge.page.programme_view import satisfied_programmes
from verifier.edge.page.wording import DOWNLOADS, PRINTED
from verifier.edge.rendering import render

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from verifier.edge.i18n import Translator
    from verifier.edge.page.account import Account
    from verifier.programme import Programme
    from verifier.verdict import Verdict

_COMMAND = "shirushi verify {} \\\n  --offline --bundle bundle.json \\\n  --root trust-root.json"


def mark_page(
    verdict: Verdict,
    *,
    lang: str,
    path: str,
    links: Mapping[str, str],
    typed: str = "",
    around: Mapping[str, Any] | None = None,
    programmes: Iterable[Programme] = (),
) -> str:
    """Return the page of a mark, with those of ``programmes`` that it satisfies.

    ``links`` gives the addresses of what can be downloaded, named as in DOWNLOADS. ``typed`` is the text that was
    judged where somebody pasted one. ``around`` has the ``history`` and the ``equivalents`` of a registered mark, and
    of a ``dropped`` file its kind and, where it is a PDF, how its signature stands.
    """
    t, around = translator(lang), around or {}
    account = account_of(verdict, t)
    holder = [one.name for one in account.holders]
    if verdict.exit_code != 0:
        # What is not valid is not printed.
        links = {name: href for name, href in links.items() if name not in PRINTED}
    code = [links["qr_svg"]] if verdict.exit_code == 0 and "qr_svg" in links else []
    title = " – ".join([account.words.title, *holder])
    return render(
        "mark.html",
        lang=lang,
        path=path,
        query={"q": typed} if typed else {},
        title=title,
        data=[] if typed else structured_data(verdict, t),
        properties=[] if typed else _properties(verdict, title, account, t),
        history=timeline(around.get("history", []), verdict.zone, t),
        equivalents=equivalents(around.get("equivalents", []), t),
        programmes=satisfied_programmes(programmes, verdict, now=verdict.as_of, t=t),
        places=[f"/explore/{verdict.index}"] if verdict.index is not None and around.get("history") else [],
        reports=[f"/report?{urlencode({'about': path, 'lang': lang})}"] if not typed else [],
        banners=account.banners,
        account=account,
        dropped=dropped_notes(around.get("dropped", {}), t),
        code=code,
        hosts=_hosts(verdict),
        oembeds=[_oembed(one, verdict, lang) for one in _hosts(verdict) if not typed],
        alternates=[links[name] for name in ("json",) if name in links],
        downloads=[Link(t.gettext(f"download.{name}"), links[name]) for name in DOWNLOADS if name in links],
        successors=[f"/m/{one}" for one in (verdict.successor,) if one],
        commands=[_COMMAND.format(one) for one in _files(verdict)],
        about_code=t.gettext("mark.server.pasted" if typed else "mark.server.code"),
    )


def mark_links(mark_id: str, lang: str) -> dict[str, str]:
    """Return the addresses of everything that a registry offers for download about a mark, documents in a language."""
    return {
        "mark": f"/m/{mark_id}.jwt",
        "bundle": f"/m/{mark_id}/bundle.json",
        "tlog_proof": f"/m/{mark_id}.tlog-proof",
        "attestation": f"/m/{mark_id}/attestation.jwt",
        "json": f"/m/{mark_id}.json",
        "qr_svg": f"/m/{mark_id}/qr.svg",
        "qr_png": f"/m/{mark_id}/qr.png",
        "document": f"/verification/v1/marks/{mark_id}/certificate.pdf?lang={lang}",
        "artwork": f"/m/{mark_id}/artwork.svg",
        "artwork_pdf": f"/m/{mark_id}/artwork.pdf",
    }


def _properties(verdict: Verdict, title: str, account: Account, t: Translator) -> list[tuple[str, str]]:
    site = t.gettext("page.site")
    return open_graph(verdict, title=title, site=site, explanation=account.words.explanation)


def _oembed(host: str, verdict: Verdict, lang: str) -> str:
    page = f"https://{host}/m/{verdict.mark.id}" if verdict.mark else ""
    return f"{OEMBED}?{urlencode({'url': page, 'lang': lang})}"


def _files(verdict: Verdict) -> tuple[str, ...]:
    return (f"{verdict.mark.id}.jwt", "photo.jpg") if verdict.mark else ()


def _hosts(verdict: Verdict) -> tuple[str, ...]:
    return (verdict.mark.issuer.split("/")[2],) if verdict.mark else ()
