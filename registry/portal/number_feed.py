"""The feed of one organisation's number: the marks that are listed in its name, as Atom (RFC 4287) and JSON Feed 1.1.

For whoever wants to know when a mark is issued in the own name. Made anew from the newest proven directory each time;
nothing is stored, so no record says who follows which number. An unknown number has an empty feed. Each change of a
mark's state is an item of its own, named by its log entry and dated by it, so that a mark that is suspended,
reinstated and suspended again is three items after its issue. What the clock changes has no entry: it is dated by the
term.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from registry.portal.watched import Watched
from registry.reading.object_entries import entries_of
from verifier.dates import utc_text
from verifier.edge.check.check_words import state_text
from verifier.edge.check.watch_words import event_title, feed_title, mail_text
from verifier.envelope import DAY
from verifier.names import mark_uri

if TYPE_CHECKING:
    from registry.portal.watching import Watching
    from verifier.edge.i18n import Translator
    from verifier.gather import Fetcher


NEWEST = 50
CLOCK = -1
_AFTER = {
    "mark.issued": "active",
    "mark.reinstated": "active",
    "mark.suspended": "suspended",
    "mark.superseded": "superseded",
    "mark.withdrawn": "withdrawn",
}
"""In which state a statement leaves its mark; a correction leaves it as it was."""


@dataclass(frozen=True)
class Item:
    """A mark in a state that it came into."""

    id: str
    url: str
    title: str
    text: str
    at: int


@dataclass(frozen=True)
class NumberFeed:
    """What is listed under a number, and as of which day; ``by_mail`` says that the same can be had by mail."""

    identifier: str
    host: str
    as_of: int
    items: tuple[Item, ...]
    t: Translator
    by_mail: bool

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
            **({"description": self._mail} if self.by_mail else {}),
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
        # Not the directory's own time: the feed, and so its ETag, would change with every directory.
        updated = max((one.at for one in self.items), default=self.as_of)
        subtitle, related = "", ""
        if self.by_mail:
            subtitle = f"<subtitle>{escape(self._mail)}</subtitle>"
            related = f'<link rel="related" href={quoteattr(self._follow)}/>'
        return (
            f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
            f'xml:lang="{self.t.lang}"><id>{escape(self._page)}</id>'
            f"<title>{escape(feed_title(self.identifier, self.t))}</title>"
            f"{subtitle}<updated>{utc_text(updated)}</updated>"
            f"<author><name>{escape(self.host)}</name></author><link href={quoteattr(self._page)}/>"
            f"{related}{entries}</feed>\n"
        )

    @property
    def _follow(self) -> str:
        return f"https://{self.host}/follow"

    @property
    def _mail(self) -> str:
        return mail_text(self._follow, self.t)

    @property
    def _page(self) -> str:
        return f"https://{self.host}/o/{self.identifier}"


def feed_of_number(identifier: str, watching: Watching, t: Translator, *, host: str, by_mail: bool) -> NumberFeed:
    """Return the feed of a number in its one form. Raises NotFoundError while no directory is published."""
    seen, as_of = watching.look_at(Watched("subject", identifier))
    changes = [one for mark in seen.answer["marks"] for one in _changes(mark, watching.store, host=host)]
    changes.sort(key=lambda one: (-one.at, -one.entry, one.mark["mark"], one.state))
    items = [_item(identifier, one, t, host=host) for one in changes[:NEWEST]]
    return NumberFeed(identifier, host, as_of - as_of % DAY, tuple(items), t, by_mail)


@dataclass(frozen=True)
class _Change:
    """A mark came into a state at a time, by an entry of the log; by the clock alone where ``entry`` is CLOCK."""

    mark: dict[str, Any]
    state: str
    at: int
    entry: int


def _changes(mark: dict[str, Any], fetcher: Fetcher, *, host: str) -> list[_Change]:
    """Return every change of a mark that is listed, the oldest first; the last one is the state that it is in now."""
    found = [
        _Change(mark, _AFTER[statement.type], statement.iat, index)
        for index, statement in reversed(entries_of(fetcher, mark_uri(host, mark["mark"])))
        if statement.type in _AFTER
    ]
    state = mark["state"]
    if state == "not_yet_valid":
        return [replace(one, state=state) if one.state == "active" else one for one in found]
    if not found or found[-1].state != state:
        # By the clock, or by what befell its body.
        ended = mark["until"] if state in ("expired", "withdrawn") else found[-1].at if found else mark["nbf"]
        found.append(_Change(mark, state, ended, CLOCK))
    return found


def _item(identifier: str, change: _Change, t: Translator, *, host: str) -> Item:
    mark, page = change.mark, f"https://{host}/m/{change.mark['mark']}"
    state = state_text(change.state, t)
    text = f"{mark['scheme']}/{mark['tier']}: {state}\n{mark['mark']}"
    named = change.state if change.entry == CLOCK else str(change.entry)
    return Item(f"{page}#{named}", page, event_title(identifier, [state], t), text, change.at)
