"""Feeds of what happens to a body and to an organisation's marks: Atom (RFC 4287) and JSON Feed 1.1.

A feed holds the newest events. Its times are those of the statements, so the same log gives the same feed.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from verifier.audit.says import sentences, title_of
from verifier.audit.watch import named
from verifier.dates import utc_text
from verifier.encoding import read_object
from verifier.errors import MalformedError, MarkError
from verifier.names import parse_name

if TYPE_CHECKING:
    from verifier.replay.state import LogState
    from verifier.statement import Statement

NEWEST = 50


@dataclass(frozen=True)
class Event:
    """One entry of the log as a feed tells it."""

    index: int
    title: str
    text: str
    time: str
    url: str


@dataclass
class FeedBook:
    """Collects the newest events by feed: ``bodies/<no>`` and ``subjects/<identifier>``.

    ``subjects`` are the organisations that are wanted; none means all that marks name.
    """

    subjects: frozenset[str] = frozenset()
    feeds: dict[str, deque[Event]] = field(default_factory=dict)

    def take(self, index: int, statement: Statement, state: LogState) -> None:
        """Take an entry that was folded into the state just now."""
        names = [f"bodies/{no}" for no in _bodies(statement, state)]
        mark = state.marks.get(statement.object)
        if mark is not None:
            identifiers = dict.fromkeys(named(mark))
            names += [f"subjects/{one}" for one in identifiers if not self.subjects or one in self.subjects]
        if names:
            event = Event(
                index,
                title_of(statement),
                " ".join(sentences(statement)),
                utc_text(statement.iat),
                statement.object,
            )
            for name in names:
                self.feeds.setdefault(name, deque(maxlen=NEWEST)).append(event)

    def taken(self) -> dict[str, tuple[Event, ...]]:
        """Return what was collected since the last call, by feed."""
        feeds = {name: tuple(events) for name, events in self.feeds.items()}
        self.feeds = {}
        return feeds


def grown(known: Iterable[Event], new: Iterable[Event]) -> list[Event]:
    """Return the newest events of both, newest first, each entry once."""
    events = {event.index: event for event in (*known, *new)}
    return [events[index] for index in sorted(events, reverse=True)][:NEWEST]


def render_json(name: str, host: str, events: list[Event]) -> bytes:
    """Return the feed as JSON Feed 1.1."""
    items = [
        {
            "id": _id(host, event),
            "url": event.url,
            "title": event.title,
            "content_text": event.text,
            "date_published": event.time,
        }
        for event in events
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": _title(name, host), "items": items}
    return json.dumps(feed, ensure_ascii=False, indent=1).encode() + b"\n"


def render_atom(name: str, host: str, events: list[Event]) -> bytes:
    """Return the feed as Atom."""
    updated = events[0].time if events else utc_text(0)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<id>{escape(f'https://{host}/log#{name}')}</id>",
        f"<title>{escape(_title(name, host))}</title>",
        f"<updated>{updated}</updated>",
        f"<author><name>{escape(host)}</name></author>",
    ]
    for event in events:
        lines += [
            "<entry>",
            f"<id>{escape(_id(host, event))}</id>",
            f"<title>{escape(event.title)}</title>",
            f"<link href={quoteattr(event.url)}/>",
            f"<updated>{event.time}</updated>",
            f'<content type="text">{escape(event.text)}</content>',
            "</entry>",
        ]
    return "\n".join([*lines, "</feed>", ""]).encode()


def read_feed(data: bytes) -> list[Event]:
    """Return the events of a JSON feed that ``render_json`` wrote. Raises MalformedError for another file."""
    try:
        items: list[dict[str, Any]] = read_object(data)["items"]
        return [
            Event(
                int(item["id"].rpartition("#")[2]),
                item["title"],
                item["content_text"],
                item["date_published"],
                item["url"],
            )
            for item in items
        ]
    except (MarkError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise MalformedError("not a feed of this monitor", hint="Name a folder for feeds alone.") from error


def _id(host: str, event: Event) -> str:
    return f"https://{host}/log#{event.index}"


def _title(name: str, host: str) -> str:
    kind, _, who = name.partition("/")
    return f"{host}: body {who}" if kind == "bodies" else f"{host}: marks that name {who}"


def _bodies(statement: Statement, state: LogState) -> list[str]:
    """Return the numbers of the bodies that an entry is by or about."""
    uris = [statement.iss, statement.object]
    name = parse_name(statement.object)
    if name.kind == "k" and name.value in state.keys:
        uris.append(state.keys[name.value].body)
    if statement.object in state.marks:
        uris.append(state.marks[statement.object].issuer)
    return list(dict.fromkeys(parse_name(uri).value for uri in uris if uri in state.bodies))
