"""A preview shows every case that a change touches, in which way, and no other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from recognition.decide import decide
from recognition.preview import Affected, Before, effect_of, preview_cases, preview_event, totals, with_agreement
from recognition.public_receipt import PublicReceipt, public_receipt
from recognition.question import Question
from recognition.standing import recognised_standing
from tests.recognition.worlds import DAY, FOUR, FULL, NOW, PIN, agreement, certificate, event, mapping, question

URI = "https://host.example/a/agreement"


def receipt(asked: Question | None = None) -> PublicReceipt:
    asked = asked or question()
    return public_receipt(asked, decide(asked), agreement=URI, terms_sha256=PIN)


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        (Before(0, None), Before(3, 5), "gained"),
        (Before(3, 5), Before(0, None), "lost"),
        (Before(3, 5), Before(4, 5), "raised"),
        (Before(4, 5), Before(3, 5), "lowered"),
        (Before(3, 5), Before(3, 4), "shortened"),
        (Before(3, 5), Before(3, 6), "lengthened"),
        (Before(3, 5), Before(3, 5), "unchanged"),
        (Before(0, None), Before(0, None), "unchanged"),
    ],
)
def test_what_lies_between_two_standings(before: Before, after: Before, effect: str) -> None:
    assert effect_of(before, after) == effect


def test_a_case_that_is_left_alone_is_not_shown_and_progress_is_told() -> None:
    told: list[int] = []
    cases = [(str(number), question()) for number in range(5)]
    assert list(preview_cases(cases, lambda one: one, progress=told.append, every=2)) == []
    assert told == [2, 4, 5]


def test_a_mapping_with_fewer_rows_loses_what_rested_on_them() -> None:
    smaller = mapping(FULL.rows[1:], name="smaller")
    after = agreement((smaller,))
    cases = [("asked", question()), ("self", question(certificate=certificate(level="basic")))]
    found = list(preview_cases(cases, lambda one: replace(one, agreement=after, mappings=(smaller,))))
    assert [(one.name, one.effect, one.before.level, one.after) for one in found] == [
        ("asked", "lost", 3, Before(0, None))
    ]
    assert totals(found) == {"lost": 1}


def test_a_shorter_agreement_shortens_to_its_end() -> None:
    end = NOW + 10 * DAY
    (found,) = preview_cases([("asked", question())], lambda one: with_agreement(one, not_after=end))
    assert (found.effect, found.after.until) == ("shortened", end)
    assert found.before.until == NOW + 265 * DAY


def test_a_higher_cap_gains_a_tier() -> None:
    everything = mapping([*FULL.rows, *mapping([]).rows], name="all")
    low = question((everything,), target=FOUR, agreement=agreement((everything,), cap_by_level={"tested": 1}))
    (found,) = preview_cases([("asked", low)], lambda one: with_agreement(one, cap_by_level={"tested": 3}))
    assert (found.effect, found.before, found.after.level) == ("gained", Before(0, None), 3)


def stopped(**members: object) -> tuple[Affected, ...]:
    before = agreement()
    after = before.model_copy(update={"timeline": (*before.timeline, event(NOW, "suspended", **members))})
    recorded = [("one", receipt(), NOW - 5 * DAY)]
    return tuple(preview_event(recorded, (before, after), now=NOW))


def test_an_event_that_stops_at_once_ends_what_was_recognised() -> None:
    (found,) = stopped()
    assert (found.name, found.effect, found.before, found.after) == (
        "one",
        "lost",
        Before(3, NOW + 265 * DAY),
        Before(0, None),
    )


def test_an_event_that_keeps_shortens_to_its_day() -> None:
    (found,) = stopped(existing="keep_until", existing_until=NOW + 90 * DAY)
    assert (found.effect, found.after) == ("shortened", Before(3, NOW + 90 * DAY))


def test_an_event_that_puts_under_review_says_so() -> None:
    (found,) = stopped(existing="show_under_review", existing_until=NOW + 90 * DAY)
    assert (found.effect, found.after) == ("under_review", Before(3, NOW + 90 * DAY))


def test_an_event_about_another_issuer_touches_nothing() -> None:
    before = agreement()
    other = before.issuers[0].model_copy(update={"id": "other", "timeline": (event(NOW, "suspended"),)})
    after = before.model_copy(update={"issuers": (*before.issuers, other)})
    assert list(preview_event([("one", receipt(), NOW)], (before, after), now=NOW)) == []


# --- how one that was recorded stands ---------------------------------------------------------------------------------


def standing(*, as_of: int = NOW, **changes: object) -> tuple[str, str, int]:
    found = recognised_standing(
        receipt(), agreement(**changes), recorded_at=NOW - DAY, as_of=as_of, known_at=NOW + 3000 * DAY
    )
    return found.word, found.because, found.until


def test_a_recognition_stands_until_before_its_end_and_not_a_second_longer() -> None:
    end = receipt().until
    assert standing(as_of=end - 1) == ("recognised", "", end)
    assert standing(as_of=end) == ("expired", "term", end)


@pytest.mark.parametrize("part", ["agreement", "issuer", "mapping"])
def test_the_part_that_stopped_is_named(part: str) -> None:
    terms = agreement()
    stop = event(NOW, "suspended")
    changes: dict[str, object] = {
        "agreement": {"timeline": (*terms.timeline, stop)},
        "issuer": {"issuers": tuple(one.model_copy(update={"timeline": (stop,)}) for one in terms.issuers)},
        "mapping": {"mappings": tuple(one.model_copy(update={"timeline": (stop,)}) for one in terms.mappings)},
    }[part]
    assert standing(**changes) == ("stopped", part, receipt().until)
    assert standing(as_of=NOW - 1, **changes)[0] == "recognised"


@pytest.mark.parametrize("part", ["agreement", "issuer", "mapping"])
def test_the_part_that_is_under_review_is_named_with_its_end(part: str) -> None:
    terms, until = agreement(), NOW + 30 * DAY
    stop = event(NOW, "suspended", existing="show_under_review", existing_until=until)
    changes: dict[str, object] = {
        "agreement": {"timeline": (*terms.timeline, stop)},
        "issuer": {"issuers": tuple(one.model_copy(update={"timeline": (stop,)}) for one in terms.issuers)},
        "mapping": {"mappings": tuple(one.model_copy(update={"timeline": (stop,)}) for one in terms.mappings)},
    }[part]
    assert standing(**changes) == ("under_review", part, until)


def test_a_later_stop_that_is_known_shortens_the_end() -> None:
    later = event(NOW + 50 * DAY, "suspended", recorded=NOW)
    assert standing(timeline=(*agreement().timeline, later)) == ("recognised", "", NOW + 50 * DAY)
