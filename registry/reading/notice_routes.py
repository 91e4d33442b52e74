"""Notices: the pages and feeds of what the authority tells the public, out of the published plane.

The texts are Markdown, and are shown as text: nothing in a notice is ever markup here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from registry.reading.page_answer import PageRequest, Render, answer_json, answer_page
from verifier.dates import utc_text
from verifier.edge.i18n import choose_language
from verifier.envelope import DAY
from verifier.errors import NotFoundError
from verifier.names import parse_name
from verifier.statement.document import document_path, read_document
from verifier.trust.notice_list import PATH, ListedNotice, NoticeList, read_notice_list

if TYPE_CHECKING:
    from starlette.requests import Request

    from verifier.gather import Fetcher
    from verifier.injected import Clock
    from verifier.trust.root import TrustRoot

FRESH = 14 * DAY
"""For how long a notice stands on the start page."""


class NoticeReader:
    """The handlers over one published plane."""

    def __init__(self, fetcher: Fetcher, *, trust_root: TrustRoot, now: Clock, render: Render | None) -> None:
        self._fetcher = fetcher
        self._root = trust_root
        self._now = now
        self._render = render

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/notices", self.notices),
            Route("/notices.json", self.notices_json),
            Route("/notices.atom", self.atom),
            Route("/n/{label}", self.notice),
        ]

    async def notices(self, request: Request) -> Response:
        """Answer with all notices, newest first."""
        answer = await run_in_threadpool(notices_answer, self._fetcher, self._root)
        return answer_page(request, PageRequest("notices", "", answer, None, "", {}), self._render)

    async def notices_json(self, request: Request) -> Response:
        """Answer with all notices as JSON."""
        return answer_json(request, await run_in_threadpool(notices_answer, self._fetcher, self._root))

    async def notice(self, request: Request) -> Response:
        """Answer with one notice and its earlier versions."""
        label = request.path_params["label"]
        answer = await run_in_threadpool(notices_answer, self._fetcher, self._root)
        found = [one for one in answer["notices"] if one["id"] == label]
        if not found:
            raise NotFoundError("there is no such notice", hint="/notices lists them.")
        page = PageRequest("notices", label, {**answer, "notices": found}, None, "", {})
        return answer_page(request, page, self._render)

    async def atom(self, request: Request) -> Response:
        """Answer with an Atom feed (RFC 4287) in the asker's language."""
        lang = choose_language(request.headers.get("accept-language", ""), request.query_params.get("lang"))
        answer = await run_in_threadpool(notices_answer, self._fetcher, self._root)
        feed = atom_feed(answer, host=self._root.host, lang=lang, now=self._now())
        headers = {"Cache-Control": "public, max-age=60", "Vary": "Accept-Language"}
        return Response(feed, media_type="application/atom+xml", headers=headers)


def notices_answer(fetcher: Fetcher, root: TrustRoot) -> dict[str, Any]:
    """Return the notices with their texts; before the first directory there are none."""
    listed = _list(fetcher)
    rows = [_row(fetcher, one) for one in listed.notices] if listed else []
    return {"registry": f"https://{root.host}", "size": listed.size if listed else 0, "notices": rows}


def newest_notice(fetcher: Fetcher, *, now: int) -> dict[str, Any] | None:
    """Return the newest notice if it is fresh."""
    listed = _list(fetcher)
    if listed is None or not listed.notices or listed.notices[0].at < now - FRESH:
        return None
    return _row(fetcher, listed.notices[0])


def atom_feed(answer: dict[str, Any], *, host: str, lang: str, now: int) -> str:
    """Return the feed."""
    updated = utc_text(answer["notices"][0]["at"] if answer["notices"] else now)
    entries = "".join(
        f"<entry><id>https://{host}/n/{escape(one['id'])}#{one['index']}</id><title>{escape(one['title'][lang])}</title>"
        f"<updated>{utc_text(one['at'])}</updated><link href={quoteattr(f'https://{host}/n/' + one['id'])}/>"
        f'<content type="text">{escape(one["text"][lang])}</content></entry>'
        for one in answer["notices"]
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{lang}">'
        f"<id>https://{host}/notices</id><title>{escape(host)}</title><updated>{updated}</updated>"
        f"<author><name>{escape(host)}</name></author>"
        f'<link rel="self" href="https://{host}/notices.atom"/>{entries}</feed>\n'
    )


def _list(fetcher: Fetcher) -> NoticeList | None:
    try:
        return read_notice_list(fetcher.fetch(PATH))
    except NotFoundError:
        return None


def _row(fetcher: Fetcher, one: ListedNotice) -> dict[str, Any]:
    document = fetcher.fetch(document_path(one.sha256)).decode("utf-8", "replace")
    files = read_document(document, sha256=one.sha256)
    texts = {lang: files[f"{lang}.md"].decode() for lang in ("ja", "en")}
    return {
        "id": parse_name(one.uri).value,
        "kind": one.kind,
        "index": one.index,
        "at": one.at,
        "sha256": one.sha256,
        "title": {lang: _title(text) for lang, text in texts.items()},
        "text": texts,
    }


def _title(text: str) -> str:
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return first.lstrip("# ").strip()[:120]
