"""Feeds: by body and by subject, newest first, the same for the same log."""

from __future__ import annotations

import json
from xml.etree import ElementTree as Xml

import pytest

from registry.scenario.simulated_log import HOST
from registry.scenario.simulator import HOLDER
from tests.audit.planes import ANOTHER, honest
from verifier.audit.feeds import NEWEST, Event, FeedBook, grown, read_feed, render_atom, render_json
from verifier.errors import MalformedError
from verifier.log.merkle import leaf_hash
from verifier.replay.state import LogState
from verifier.statement import parse_statement

ATOM = "{http://www.w3.org/2005/Atom}"


def collected(*subjects: str) -> dict[str, tuple[Event, ...]]:
    state, book = LogState(HOST), FeedBook(frozenset(subjects))
    for index, data in enumerate(honest().world.sim.entries):
        statement = parse_statement(data)
        state.apply(statement, leaf_hash(data))
        book.take(index, statement, state)
    return book.taken()


def test_a_body_and_each_organisation_that_marks_name_have_a_feed() -> None:
    feeds = collected()
    assert sorted(feeds) == ["bodies/1001", "bodies/2001", f"subjects/{HOLDER}", f"subjects/{ANOTHER}"]
    assert [event.title for event in feeds[f"subjects/{HOLDER}"]] == ["A mark is issued", "A mark is suspended"]
    assert len(feeds["bodies/1001"]) == 7


def test_only_the_wanted_subjects_have_one() -> None:
    assert sorted(collected(ANOTHER)) == ["bodies/1001", "bodies/2001", f"subjects/{ANOTHER}"]


def test_a_feed_grows_newest_first_and_keeps_the_newest() -> None:
    events = [
        Event(index, f"event {index}", "", "2027-01-01T00:00:00Z", "https://x.example") for index in range(NEWEST + 9)
    ]
    kept = grown(events[:30], events[20:])
    assert [event.index for event in kept] == list(range(NEWEST + 8, 8, -1))


def test_a_json_feed_is_read_back_as_it_was_written() -> None:
    events = list(collected()["bodies/1001"])
    data = render_json("bodies/1001", HOST, events)
    assert read_feed(data) == events
    assert json.loads(data)["version"] == "https://jsonfeed.org/version/1.1"


def test_an_atom_feed_is_well_formed_and_dated_by_the_statements() -> None:
    events = [*collected()["bodies/1001"], Event(99, "<b>&", '"', "2027-01-01T00:00:00Z", 'https://x.example/"')]
    root = Xml.fromstring(render_atom("bodies/1001", HOST, events))
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == len(events)
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == [event.title for event in events]
    assert root.findtext(f"{ATOM}updated") == events[0].time


def test_another_file_is_no_feed() -> None:
    for data in (b"{}", b"[]", b'{"items": [{"id": "x"}]}', b"<feed/>"):
        with pytest.raises(MalformedError):
            read_feed(data)
