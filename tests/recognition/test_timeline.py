"""Events agree with themselves, and standings do not depend on the order in which events are written."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from recognition.timeline import Event, Status, standing
from tests.recognition import worlds
from tests.recognition.worlds import DAY, NOW, event


@pytest.mark.parametrize(
    "members",
    [
        {"existing": "keep_until"},
        {"existing": "stop_now", "existing_until": NOW + DAY},
        {"existing": "keep_until", "existing_until": NOW},
        {"existing": "keep_until", "existing_until": NOW + DAY, "reason": "integrity"},
        {"status": "paused"},
        {"effective_from": 0},
    ],
)
def test_an_event_that_contradicts_itself_is_refused(members: dict[str, Any]) -> None:
    good = {"effective_from": NOW, "recorded_at": NOW, "status": "suspended"}
    assert Event.model_validate(good).existing == "stop_now"
    with pytest.raises(ValidationError):
        Event.model_validate({**good, **members})


def status_at(*events: Event, as_of: int = NOW, known_at: int = NOW) -> Status | None:
    found = standing(events, as_of=as_of, known_at=known_at, recognised_at=None, unless_told=None)
    return found.status


def test_an_event_counts_from_its_effect_and_for_who_asks_after_its_record() -> None:
    backdated = event(NOW - DAY, "suspended", recorded=NOW)
    start = event(NOW - 2 * DAY)
    assert status_at(start, backdated, as_of=NOW - DAY - 1) == "in_force"
    assert status_at(start, backdated, as_of=NOW - DAY) == "suspended"
    assert status_at(start, backdated, as_of=NOW - DAY, known_at=NOW - 1) == "in_force"


def test_of_two_events_at_one_instant_the_stricter_counts() -> None:
    assert status_at(event(NOW), event(NOW, "suspended")) == "suspended"
    assert status_at(event(NOW, "provisional"), event(NOW)) == "provisional"


@settings(max_examples=80, deadline=None)
@given(st.lists(worlds.events, max_size=4), worlds.moments, worlds.moments, st.one_of(st.none(), worlds.moments))
def test_the_order_of_events_plays_no_part(
    events: list[Event], as_of: int, known_at: int, recognised_at: int | None
) -> None:
    answers = {
        standing(one, as_of=as_of, known_at=known_at, recognised_at=recognised_at, unless_told=None)
        for one in (events, events[::-1], sorted(events, key=lambda found: found.recorded_at))
    }
    assert len(answers) == 1
    until = answers.pop().until
    assert until is None or until > as_of
