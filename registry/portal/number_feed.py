"""The feed of one organisation's number: the marks that are listed in its name, as Atom (RFC 4287) and JSON Feed 1.1.

For whoever wants to know when a mark is issued in the own name. Made anew from the newest proven directory each time;
nothing is stored, so no record says who follows which number. An unknown number has an empty feed, and so has one whose
holder is not listed: the two look the same. A mark in another state is another item, dated by the day from which it is
valid, because the directory does not tell when a state began.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from registry.portal.watched import Watched
from verifier.dates import utc_text
from verifier.edge.check.check_words import state_text
from verifier.edge.check.watch_words import event_title, feed_title

if TYPE_CHECKING:
    from collections.abc import Iterable

    from registry.portal.watching import Watching
    from verifier.edge.i18n import Translator


@dataclass(frozen=True)
class Item:
    """A mark in the state that it is in now."""

    id: str
    url: str
    title: str
    text: str
    at: int


@dataclass(frozen=True)
class NumberFeed:
    """What is listed under a number, and as of when."""

    identifier: str
    host: str
    as_of: int
    items: tuple[Item, ...]
    t: Translator

    def json(self) -> dict[str, Any]:
        """Return the JSON Feed."""
        items = [
            {
                "id": one.id,
                "url": one.url,
                "title": one.title,
                "content_text": one.text,
                "date_published": utc_text(one.at),
            }
            for one in self.items
        ]
        return {
            "version": "https://jsonfeed.org/version/1.1",
            "title": feed_title(self.identifier, self.t),
            "home_page_url": self._page,
            "language": self.t.lang,
            "items": items,
        }

    def atom(self) -> str:
        """Return the Atom feed."""
        entries = "".join(
            f"<entry><id>{escape(one.id)}</id><title>{escape(one.title)}</title><updated>{utc_text(one.at)}</updated>"
            f'<link href={quoteattr(one.url)}/><content type="text">{escape(one.text)}</content></entry>'
            for one in self.items
        )
        return (
            f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
            f'xml:lang="{self.t.lang}"><id>{escape(self._page)}</id>'
            f"<title>{escape(feed_title(self.identifier, self.t))}</title><updated>{utc_text(self.as_of)}</updated>"
            f"<author><name>{escape(self.host)}</name></author><link href={quoteattr(self._page)}/>{entries}</feed>\n"
        )

    @property
    def _page(self) -> str:
        return f"https://{self.host}/o/{self.identifier}"


def feed_of_number(identifier: str, watching: Watching, t: Translator, *, host: str) -> NumberFeed:
    """Return the feed of a number in its one form. Raises NotFoundError while no directory is published."""
    seen, as_of = watching.look_at(Watched("subject", identifier))
    return NumberFeed(identifier, host, as_of, tuple(_items(identifier, seen.answer["marks"], t, host=host)), t)


def _items(identifier: str, marks: Iterable[dict[str, Any]], t: Translator, *, host: str) -> Iterable[Item]:
    for mark in sorted(marks, key=lambda one: (-int(one["nbf"]), one["mark"])):
        page = f"https://{host}/m/{mark['mark']}"
        state = state_text(mark["state"], t)
        text = f"{mark['scheme']}/{mark['tier']}: {state}\n{mark['mark']}"
        yield Item(f"{page}#{mark['state']}", page, event_title(identifier, [state], t), text, mark["nbf"])
