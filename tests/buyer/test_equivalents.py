"""Recognised equivalents on a buyer's desk: out of the copy that was pulled, and never called absent without it."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import pytest

from registry.scenario.simulated_log import HOST
from tests.buyer.test_lists import checked
from tests.buyer.test_requests_and_watches import asked
from tests.check.suppliers import number
from verifier.check.watching import parse_state
from verifier.edge.buyer.kept_checks import find_check
from verifier.names import log_origin

if TYPE_CHECKING:
    from pathlib import Path

    from tests.buyer.conftest import Pages
    from tests.console.enrolled import Visitor

NOTE = "The copy does not keep all statements about recognised equivalents"
THEN = "When this list was checked, not all statements"
OPEN = "nobody can say whether they have a recognised equivalent"


@pytest.fixture
def bare(pages: Pages) -> Pages:
    """A desk that nobody gave any statements."""
    pages.buyer.folder.recognitions.unlink()
    return pages


def forget(pages: Pages) -> None:
    """Make the copy one of a version that kept no statements."""
    for place in pages.buyer.folder.copy.glob("directory/*/recognitions.txt"):
        place.unlink()


def two(pages: Pages) -> Path:
    of, place = pages.buyer.registry.holders, pages.buyer.path / "two.csv"
    rows = [f"海外の取引先,{number(of['recognised'][0])}", f"知らない会社,{number(of['absent'][0])}"]
    place.write_text("\n".join(["会社名,法人番号", *rows, ""]), "utf-8")
    return place


def verdicts(pages: Pages, page: str) -> list[str]:
    return [row["verdict"] for row in find_check(pages.buyer.folder.checks, page.rpartition("/")[2]).receipt().rows]


def shown(visitor: Visitor, page: str) -> str:
    return html.unescape(visitor.get(page, params={"lang": "en"}).text)


def test_a_list_has_its_recognised_suppliers_without_a_file_of_ones_own(bare: Pages) -> None:
    clerk = bare.visitor("clerk")
    page, _ = checked(bare, clerk, two(bare))
    assert verdicts(bare, page) == ["recognised", "not_found"]
    assert NOTE not in shown(clerk, page)
    directory = shown(clerk, "/directory")
    assert "2 statements are at hand." in directory
    assert NOTE not in directory


def test_a_policy_that_accepts_no_recognition_tells_of_it_all_the_same(bare: Pages) -> None:
    clerk = bare.visitor("clerk")
    page, _ = checked(bare, clerk, two(bare), recognition=[], at="")
    rows = find_check(bare.buyer.folder.checks, page.rpartition("/")[2]).receipt().rows
    assert [row["reason"] for row in rows] == ["recognition_not_accepted", "absent"]
    watch = clerk.send(f"{page}/watch").headers["location"]
    (state,) = bare.buyer.folder.watched.glob(f"{watch.rpartition('/')[2]}/state.json")
    subjects = parse_state(state.read_bytes(), log=log_origin(HOST)).subjects
    assert sorted(one.reason for one in subjects.values()) == ["absent", "recognition_not_accepted"]


def test_a_copy_without_statements_leaves_the_list_open_and_says_so(bare: Pages) -> None:
    clerk = bare.visitor("clerk")
    forget(bare)
    page, _ = checked(bare, clerk, two(bare))
    assert verdicts(bare, page) == ["not_confirmed", "not_confirmed"]
    for where in ("/directory", "/"):
        assert NOTE in shown(clerk, where), where
    # A result speaks of the time when it was made.
    assert THEN in shown(clerk, page)
    assert NOTE not in shown(clerk, page)


def test_a_file_of_ones_own_that_cannot_be_read_does_not_hide_the_copy(bare: Pages) -> None:
    clerk = bare.visitor("clerk")
    bare.buyer.folder.recognitions.write_text("no statement\n", "ascii")
    for where in ("/directory", "/", "/lists"):
        told = shown(clerk, where)
        assert "own statements about recognised equivalents cannot be read" in told, where
        assert "There is no copy" not in told


def test_statements_are_read_again_only_when_a_file_changed(bare: Pages) -> None:
    folder = bare.buyer.folder
    copy = folder.directory()
    first = folder.statements(copy)
    assert folder.statements(folder.directory()) is first
    forget(bare)
    assert folder.statements(copy).gap == "missing"


def test_what_the_copy_keeps_counts_as_all_of_it_only_under_a_policy_that_accepts_none(bare: Pages) -> None:
    clerk = bare.visitor("clerk")
    (kept,) = bare.buyer.folder.copy.glob("directory/*/recognitions.txt")
    kept.write_text("", "ascii")
    for recognition, reason in (([], "absent"), (["unilateral"], "recognition_unknown")):
        page, _ = checked(bare, clerk, two(bare), recognition=recognition, at="")
        rows = find_check(bare.buyer.folder.checks, page.rpartition("/")[2]).receipt().rows
        assert [one["reason"] for one in rows] == [reason] * 2
        assert not any("left_out" in one for one in rows)


def test_a_request_to_a_recognised_supplier_is_met_and_its_end_is_in_the_calendar(bare: Pages) -> None:
    clerk, holder = bare.visitor("clerk"), bare.buyer.registry.holders["recognised"][0]
    page = asked(bare, clerk, holder, tier="jp.meti.scs/3").headers["location"]
    assert "recognised equivalent" in shown(clerk, page)
    assert "What is between the two" not in shown(clerk, page)
    assert b"DTSTART;VALUE=DATE:20270331" not in clerk.get("/requests/calendar.ics").content
    forget(bare)
    for where in (page, "/requests"):
        told = shown(clerk, where)
        assert OPEN in told
        assert "could not be confirmed" in told
    assert "What is between the two" not in shown(clerk, page)


def test_a_watched_list_is_looked_at_with_what_the_copy_keeps(bare: Pages) -> None:
    clerk = bare.visitor("clerk")
    page, _ = checked(bare, clerk, two(bare), at="")
    watch = clerk.send(f"{page}/watch").headers["location"]
    assert "recognised equivalent" not in shown(clerk, watch)
    forget(bare)
    clerk.send(f"{watch}/look")
    told = shown(clerk, watch)
    assert "recognised equivalent" in told
    assert "could not be confirmed" in told


def test_a_copy_whose_statements_are_damaged_is_still_told_of_and_pulling_is_advised(bare: Pages) -> None:
    (place,) = bare.buyer.folder.copy.glob("directory/*/recognitions.txt")
    place.write_text("no statement\n", "ascii")
    told = shown(bare.visitor("clerk"), "/")
    assert NOTE in told
    assert "There is no copy" not in told
    assert "own statements" not in told
