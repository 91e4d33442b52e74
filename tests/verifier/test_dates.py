"""Calendar rules, at the boundaries where they are usually wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.dates import day_start, is_zone, last_valid_day, local_date, parse_instant, term_end, utc_text
from verifier.errors import WrongUseError

TOKYO, LONDON = "Asia/Tokyo", "Europe/London"


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


@pytest.mark.parametrize(
    ("start", "months", "zone", "end", "last"),
    [
        pytest.param("2027-04-01T00:00+09:00", 12, TOKYO, "2028-04-01T00:00+09:00", "2028-03-31", id="a year in Tokyo"),
        pytest.param("2027-04-01T23:59+09:00", 12, TOKYO, "2028-04-01T00:00+09:00", "2028-03-31", id="late in the day"),
        pytest.param(
            "2027-03-31T23:59+09:00", 12, TOKYO, "2028-03-31T00:00+09:00", "2028-03-30", id="a minute earlier"
        ),
        pytest.param(
            "2027-03-31T16:00+00:00", 12, TOKYO, "2028-04-01T00:00+09:00", "2028-03-31", id="already tomorrow in Tokyo"
        ),
        pytest.param(
            "2027-04-01T00:00+09:00", 36, TOKYO, "2030-04-01T00:00+09:00", "2030-03-31", id="three years in Tokyo"
        ),
        pytest.param(
            "2028-02-29T00:00+09:00", 12, TOKYO, "2029-02-28T00:00+09:00", "2029-02-27", id="29 February, a year"
        ),
        pytest.param(
            "2028-02-29T00:00+09:00", 36, TOKYO, "2031-02-28T00:00+09:00", "2031-02-27", id="29 February, three years"
        ),
        pytest.param(
            "2028-02-29T00:00+09:00", 48, TOKYO, "2032-02-29T00:00+09:00", "2032-02-28", id="29 February, four years"
        ),
        pytest.param(
            "2027-02-28T00:00+09:00",
            12,
            TOKYO,
            "2028-02-28T00:00+09:00",
            "2028-02-27",
            id="28 February into a leap year",
        ),
        pytest.param(
            "2027-08-31T00:00+09:00", 6, TOKYO, "2028-02-29T00:00+09:00", "2028-02-28", id="a month without a 31st"
        ),
        pytest.param("2027-12-31T00:00+09:00", 2, TOKYO, "2028-02-29T00:00+09:00", "2028-02-28", id="over the year"),
        pytest.param(
            "2027-01-15T00:00+00:00", 12, LONDON, "2028-01-15T00:00+00:00", "2028-01-14", id="winter in London"
        ),
        pytest.param(
            "2027-07-15T00:00+01:00", 12, LONDON, "2028-07-15T00:00+01:00", "2028-07-14", id="summer in London"
        ),
        pytest.param(
            "2027-01-15T00:00+00:00", 6, LONDON, "2027-07-15T00:00+01:00", "2027-07-14", id="winter into summer"
        ),
        pytest.param(
            "2027-03-28T00:30+00:00", 12, LONDON, "2028-03-28T00:00+01:00", "2028-03-27", id="the night of the change"
        ),
        pytest.param(
            "2026-07-14T23:30+00:00",
            12,
            LONDON,
            "2027-07-15T00:00+01:00",
            "2027-07-14",
            id="already tomorrow in London",
        ),
    ],
)
def test_a_term_ends_at_midnight_of_the_zone(start: str, months: int, zone: str, end: str, last: str) -> None:
    exp = term_end(at(start), months, zone)
    assert exp == at(end)
    assert last_valid_day(exp, zone).isoformat() == last


def test_the_last_valid_day_depends_on_the_zone_that_is_named() -> None:
    exp = at("2028-04-01T00:00+09:00")
    assert last_valid_day(exp, TOKYO) == date(2028, 3, 31)
    assert last_valid_day(exp, LONDON) == date(2028, 3, 31)
    assert last_valid_day(exp + 3600, TOKYO) == date(2028, 4, 1)


@given(st.integers(1, 2**33), st.integers(1, 120), st.sampled_from([TOKYO, LONDON, "America/New_York", "Pacific/Apia"]))
def test_a_term_ends_at_a_first_second_and_after_its_start(start: int, months: int, zone: str) -> None:
    end = term_end(start, months, zone)
    day = local_date(end, zone)
    assert end > start
    assert day_start(day, zone) == end
    assert last_valid_day(end, zone) < day


@given(st.dates(date(1971, 1, 1), date(2200, 1, 1)), st.sampled_from([TOKYO, LONDON]))
def test_a_day_begins_in_itself(day: date, zone: str) -> None:
    start = day_start(day, zone)
    assert local_date(start, zone) == day
    assert local_date(start - 1, zone) < day
    assert datetime.fromtimestamp(start, ZoneInfo(zone)).hour in (0, 1)


def test_a_bare_date_means_its_first_second_in_the_zone() -> None:
    assert parse_instant("2027-04-01", zone=TOKYO) == at("2027-04-01T00:00+09:00")
    assert parse_instant("2027-04-01T09:00:00+09:00", zone=LONDON) == at("2027-04-01T00:00+00:00")
    assert parse_instant("2027-07-01T00:00:00", zone=LONDON) == at("2027-06-30T23:00+00:00")


@pytest.mark.parametrize("text", ["", "tomorrow", "2027-02-29", "2027-13-01", "2027-04-01x"])
def test_it_is_no_time(text: str) -> None:
    with pytest.raises(WrongUseError, match="not a time"):
        parse_instant(text, zone=TOKYO)


@given(st.text(max_size=30))
def test_no_text_makes_the_reader_stumble(text: str) -> None:
    try:
        assert isinstance(parse_instant(text, zone=TOKYO), int)
    except WrongUseError:
        return


def test_instants_are_written_in_utc_to_the_second() -> None:
    assert utc_text(1_800_000_000) == "2027-01-15T08:00:00Z"
    assert datetime.fromisoformat(utc_text(2**37 - 1)).tzinfo == UTC


@pytest.mark.parametrize("name", ["", "Tokyo", "Asia", "../../etc/passwd", "/etc/passwd", "Asia/Tokyo\x00", "日本"])
def test_it_is_no_zone(name: str) -> None:
    assert not is_zone(name)
    assert is_zone(TOKYO)
