"""The feed of one watch: its newest events as Atom (RFC 4287) and as JSON Feed 1.1, in the reader's language.

The object's own page is linked, where its present state stands; a feed says only that something changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from verifier.dates import utc_text
from verifier.edge.check.watch_words import changed_lines, event_title, feed_title
from verifier.encoding import read_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from registry.portal.event import Event
    from registry.portal.queries_watches import Watch
    from verifier.edge.i18n import Translator


def json_feed(watch: Watch, events: Sequence[Event], t: Translator, *, host: str) -> dict[str, Any]:
    """Return the JSON Feed, the newest event first."""
    page = page_of(watch, host)
    items = [
        {
            "id": one.id,
            "url": page,
            "title": title_of(watch, one, t),
            "content_text": "\n".join(lines_of(one, t)),
            "date_published": utc_text(one.made),
        }
        for one in events
    ]
    title = feed_title(name_of(watch), t)
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": page,
        "language": t.lang,
        "items": items,
    }


def atom_feed(watch: Watch, events: Sequence[Event], t: Translator, *, host: str) -> str:
    """Return the Atom feed, the newest event first."""
    page, title = page_of(watch, host), feed_title(name_of(watch), t)
    updated = utc_text(events[0].made if events else watch.made)
    entries = "".join(
        f"<entry><id>urn:shirushi:event:{one.id}</id><title>{escape(title_of(watch, one, t))}</title>"
        f"<updated>{utc_text(one.made)}</updated><link href={quoteattr(page)}/>"
        f'<content type="text">{escape(chr(10).join(lines_of(one, t)))}</content></entry>'
        for one in events
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{t.lang}">'
        f"<id>urn:shirushi:watch:{watch.id}</id><title>{escape(title)}</title><updated>{updated}</updated>"
        f"<author><name>{escape(host)}</name></author><link href={quoteattr(page)}/>{entries}</feed>\n"
    )


def page_of(watch: Watch, host: str) -> str:
    """Return the address at which the watched object is shown."""
    watched = watch.watched
    return f"https://{host}/o/{watched.object}" if watched.kind == "subject" else watched.object


def name_of(watch: Watch) -> str:
    """Return the client's own word for what is watched, else its name."""
    return watch.label or watch.watched.object.rpartition("/")[2]


def title_of(watch: Watch, event: Event, t: Translator) -> str:
    """Return one line about an event."""
    return event_title(name_of(watch), lines_of(event, t), t)


def lines_of(event: Event, t: Translator) -> list[str]:
    """Return a line for each thing that changed."""
    return changed_lines(read_object(event.payload)["data"], t)
