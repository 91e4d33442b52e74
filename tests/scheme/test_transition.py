"""Two versions are alive at once: what is accepted, decided and still counts on which day, and who is affected."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.scheme.packs import SCS, edited, files_of, next_version
from verifier.dates import parse_instant
from verifier.scheme.affected import HeldMark, affected, totals
from verifier.scheme.difference import difference
from verifier.scheme.pack import SchemePack
from verifier.scheme.reading import parse_pack
from verifier.scheme.shipped import load_shipped

TOKYO = "Asia/Tokyo"


def at(text: str) -> int:
    return parse_instant(text, zone=TOKYO)


@pytest.fixture
def old() -> SchemePack:
    return load_shipped(*SCS)


@pytest.fixture
def new() -> SchemePack:
    return parse_pack(next_version(evaluations_until="2028-09-30", marks_until="2029-03-31"))


@pytest.mark.parametrize(
    ("moment", "old_phase", "new_phase"),
    [
        ("2026-03-26T23:59:59+09:00", "announced", "announced"),
        ("2026-03-27", "closing", "announced"),
        ("2028-03-31T23:59:59+09:00", "closing", "announced"),
        ("2028-04-01", "closing", "open"),
        ("2028-09-30T23:59:59+09:00", "closing", "open"),
        ("2028-10-01", "closed_for_new", "open"),
        ("2029-03-31T23:59:59+09:00", "closed_for_new", "open"),
        ("2029-04-01", "sunset", "open"),
    ],
)
def test_the_phases_of_two_versions_change_at_midnight_in_the_schemes_zone(
    old: SchemePack, new: SchemePack, moment: str, old_phase: str, new_phase: str
) -> None:
    known = (old, new)
    assert old.among(known).phase(at(moment)) == old_phase
    assert new.among(known).phase(at(moment)) == new_phase


def test_a_successor_ends_a_version_without_changing_its_digest(old: SchemePack, new: SchemePack) -> None:
    ending = old.among((new,))
    assert ending.digest == old.digest
    assert ending.head.transition.sunset(TOKYO) == at("2029-04-01")
    assert ending.head.transition.replaced_by == "2028-04"
    assert old.head.transition.sunset(TOKYO) is None


def test_the_earliest_end_counts_when_several_are_set(old: SchemePack, new: SchemePack) -> None:
    later = parse_pack(next_version("2029-04", marks_until="2031-03-31"))
    for known in ((new, later), (later, new)):
        assert old.among(known).head.transition.sunset(TOKYO) == at("2029-04-01")


def test_a_pack_of_another_scheme_ends_nothing(old: SchemePack) -> None:
    files = edited(next_version(marks_until="2029-03-31"), "pack.toml", ('scheme = "jp.meti.scs"', 'scheme = "a.b"'))
    assert old.among((parse_pack(files),)) == old


def mark(name: str, until: str, **changes: object) -> HeldMark:
    held = HeldMark(name, "0188-1180301018771", 3, at("2028-01-01"), at(until), "active")
    return replace(held, **changes)  # type: ignore[arg-type]  # the members are named in each test


def test_each_mark_under_the_old_version_ends_by_its_term_or_at_the_sunset(old: SchemePack, new: SchemePack) -> None:
    marks = (
        mark("a", "2029-01-10"),
        mark("b", "2030-06-01"),
        mark("c", "2029-12-01", state="suspended", lift_by=at("2028-11-01")),
    )
    found = affected(marks, old.among((new,)), at=at("2028-07-01"))
    assert [(one.mark.mark, one.last_day, one.cause) for one in found] == [
        ("c", "2028-10-31", "suspension"),
        ("a", "2029-01-09", "term"),
        ("b", "2029-03-31", "sunset"),
    ]
    assert totals(found) == {"term": 1, "sunset": 1, "suspension": 1}


@pytest.mark.parametrize(
    "gone",
    [
        {"state": "withdrawn"},
        {"state": "superseded"},
        {"state": "annulled"},
        {"exp": at("2028-06-30")},
        {"state": "suspended", "lift_by": at("2028-06-30")},
    ],
)
def test_a_mark_that_has_ended_is_not_affected(old: SchemePack, new: SchemePack, gone: dict[str, object]) -> None:
    ended = mark("a", "2029-01-10", **gone)
    assert affected((ended,), old.among((new,)), at=at("2028-07-01")) == ()


def test_without_a_sunset_every_mark_ends_by_its_own_term(old: SchemePack) -> None:
    found = affected((mark("a", "2031-01-10"),), old, at=at("2028-07-01"))
    assert [(one.ends, one.cause) for one in found] == [(at("2031-01-10"), "term")]


def test_after_the_sunset_nothing_stands(old: SchemePack, new: SchemePack) -> None:
    assert affected((mark("a", "2031-01-10"),), old.among((new,)), at=at("2029-04-01")) == ()


def test_the_difference_names_what_is_added_removed_moved_and_changed(old: SchemePack, new: SchemePack) -> None:
    changes = {(one.what, one.id): one for one in difference(old, new).changes}
    assert changes["criterion", "1-2-1-2"].kind == "removed"
    assert changes["criterion", "1-2-1-4"].kind == "added"
    moved = changes["criterion", "4-1-1-1"]
    assert (moved.kind, moved.members) == ("moved", {"lowest_tier": (3, 4)})
    reworded = changes["criterion", "1-2-1-1"]
    assert (reworded.kind, set(reworded.members)) == ("changed", {"label_en"})
    assert changes["tier", "4"].members["term_months"] == (36, 24)
    assert difference(old, new).counts["criterion", "added"] == 1


def test_nothing_differs_from_itself_and_the_way_back_is_the_opposite(old: SchemePack, new: SchemePack) -> None:
    assert difference(old, old).changes == ()
    there, back = difference(old, new).counts, difference(new, old).counts
    for what in ("tier", "requirement", "criterion"):
        assert there[what, "added"] == back[what, "removed"]
        assert there[what, "moved"] == back[what, "moved"]
        assert there[what, "changed"] == back[what, "changed"]


def test_a_row_that_moves_and_is_reworded_is_told_twice(old: SchemePack) -> None:
    files = edited(
        files_of(*SCS),
        "requirements.csv",
        ("1-1-1,1,4,", "1-1-1,1,3,"),
        ("Know legal/contract", "Knows legal/contract"),
    )
    files = edited(
        files, "pack.toml", ("requirements = 26", "requirements = 27"), ('items = "criteria"', 'items = "requirements"')
    )
    changes = [one for one in difference(old, parse_pack(files)).changes if one.id == "1-1-1"]
    assert [one.kind for one in changes] == ["moved", "changed"]
