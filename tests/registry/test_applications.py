"""Applications of bodies: within windows, with named papers, decided by two operators, then accredited."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from registry.applications.application import (
    Application,
    Decision,
    Step,
    Terms,
    accredited,
    begin,
    decide,
    supply,
    withdraw,
)
from registry.applications.rules import FILE, Window, parse_rules, read_rules
from registry.applications.store import Applications
from verifier.dates import parse_instant
from verifier.errors import (
    ConflictError,
    MalformedError,
    NewerVersionError,
    NotFoundError,
    RefusedError,
    StatementError,
)

if TYPE_CHECKING:
    pass

PASSPHRASE = "a passphrase of this test"
TOKYO = "Asia/Tokyo"
IDENTIFIER = "0188-1180301018771"
RULES = """
[[windows]]
id = "w"
role = "evaluation"
opens = 2026-10-01
closes = 2026-10-31

[[checklists]]
role = "evaluation"
items = [{ id = "a", ja = "甲", en = "A" }, { id = "b", ja = "乙", en = "B" }]
"""
ITEMS = parse_rules(RULES).items("evaluation")
WINDOW = parse_rules(RULES).window("w")
DAY = parse_instant("2026-10-15", zone=TOKYO)
GRANT = Decision(
    outcome="grant",
    terms=Terms(no=7, scheme="jp.meti.scs", version="2026-03-27", levels=(3,), begins=DAY, ends=DAY + 10**8),
)
REFUSE = Decision(outcome="refuse", reason="incomplete")


def opened(at: int = DAY, id: str = "B-1", running: tuple[Application, ...] = (), **changes: Any) -> Application:
    members = {"window": "w", "role": "evaluation", "identifier": IDENTIFIER, "name": "見本評価機構"}
    new = Application(id, **(members | changes))
    return begin(new, Step(step="open", at=at, by="op-1"), WINDOW, zone=TOKYO, running=running)


def supplied(found: Application, *items: str, paper: str = "A") -> Application:
    for item in items:
        found = supply(found, Step(step="supply", at=DAY, by="op-1", item=item, sha256=paper * 43), ITEMS)
    return found


def said(found: Application, by: str, decision: Decision = GRANT) -> Application:
    return decide(found, Step(step="decide", at=DAY, by=by, decision=decision), ITEMS)


# --- windows ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-09-30T23:59:59+09:00", False),
        ("2026-10-01T00:00:00+09:00", True),
        ("2026-10-31T23:59:59+09:00", True),
        ("2026-11-01T00:00:00+09:00", False),
    ],
)
def test_a_window_opens_and_closes_at_midnight_in_the_schemes_zone(moment: str, is_open: bool) -> None:
    at = parse_instant(moment, zone=TOKYO)
    if is_open:
        assert opened(at).state == "open"
        return
    with pytest.raises(RefusedError, match="from 2026-10-01 to 2026-10-31"):
        opened(at)


def test_a_body_has_one_running_application_for_a_role() -> None:
    first = opened()
    with pytest.raises(RefusedError, match="B-1 is running"):
        opened(id="B-2", running=(first,))
    assert opened(id="B-2", running=(first,), identifier="0188-7000012050002").state == "open"
    taken_back = withdraw(first, Step(step="withdraw", at=DAY, by="op-1"))
    assert opened(id="B-2", running=(taken_back,)).state == "open"


def test_an_operators_own_rules_take_the_place_of_the_shipped_ones(tmp_path: Path) -> None:
    assert {one.role for one in read_rules(tmp_path).windows} >= {"evaluation", "technical_verification"}
    assert all(one.illustrative for one in read_rules(tmp_path).windows)
    (tmp_path / FILE).write_text(RULES, "utf-8")
    assert read_rules(tmp_path).windows == (
        Window(id="w", role="evaluation", opens=date(2026, 10, 1), closes=date(2026, 10, 31)),
    )


@pytest.mark.parametrize(
    "text",
    [
        "windows = 1",
        "=",
        RULES.replace("2026-10-31", "2026-09-30"),
        RULES + RULES.replace("\n\n[[checklists]]", "\n[[checklists]]"),
        RULES.replace('role = "evaluation"\nopens', 'role = "king"\nopens'),
        RULES.replace('id = "w"', 'id = "w"\nfee = 3'),
    ],
)
def test_rules_with_an_error_are_refused_whole(text: str) -> None:
    with pytest.raises((MalformedError, StatementError, NewerVersionError)):
        parse_rules(text)


def test_an_unknown_window_and_a_role_without_a_checklist_are_named() -> None:
    with pytest.raises(NotFoundError, match="no window 'x'"):
        parse_rules(RULES).window("x")
    with pytest.raises(RefusedError, match="no checklist is declared for training"):
        parse_rules(RULES).items("training")


# --- papers and decisions --------------------------------------------------------------------------------------------


def test_nothing_is_granted_while_an_item_is_missing_and_the_missing_ones_are_named() -> None:
    found = supplied(opened(), "a")
    assert [one.id for one in found.missing(ITEMS)] == ["b"]
    with pytest.raises(RefusedError, match="missing: b"):
        said(found, "operator-1")
    assert said(found, "operator-1", REFUSE).state == "proposed"


def test_an_item_that_the_checklist_does_not_know_is_refused() -> None:
    with pytest.raises(RefusedError, match="no item for evaluation"):
        supplied(opened(), "c")


def test_two_operators_grant_and_one_alone_does_not_however_often() -> None:
    found = supplied(opened(), "a", "b")
    once = said(said(found, "operator-1"), "operator-1")
    assert once.state == "proposed"
    assert said(once, "operator-2").state == "granted"


def test_two_operators_who_differ_decide_nothing() -> None:
    found = said(supplied(opened(), "a", "b"), "operator-1")
    with pytest.raises(RefusedError, match="operator-1 decided otherwise"):
        said(found, "operator-2", REFUSE)
    other = GRANT.model_copy(update={"terms": GRANT.terms.model_copy(update={"levels": (4,)}) if GRANT.terms else None})
    with pytest.raises(RefusedError, match="decided otherwise"):
        said(found, "operator-2", other)
    assert said(said(found, "operator-1", REFUSE), "operator-2", REFUSE).state == "refused"


def test_a_paper_that_comes_after_the_first_word_opens_the_question_again() -> None:
    found = said(supplied(opened(), "a", "b"), "operator-1")
    before = found.subject(GRANT)
    again = supplied(found, "b", paper="B")
    assert (again.state, again.words) == ("open", ())
    assert again.subject(GRANT) != before
    assert said(again, "operator-2").state == "proposed"


@pytest.mark.parametrize(
    "decision",
    [
        Decision(outcome="grant"),
        Decision(outcome="refuse"),
        GRANT.model_copy(update={"reason": "cause"}),
        REFUSE.model_copy(update={"terms": GRANT.terms}),
        GRANT.model_copy(update={"terms": Terms(no=7, scheme="a", version="1", levels=(3,), begins=DAY, ends=DAY)}),
    ],
)
def test_a_decision_that_is_half_said_is_refused(decision: Decision) -> None:
    with pytest.raises(RefusedError):
        said(supplied(opened(), "a", "b"), "operator-1", decision)


def test_what_is_decided_or_taken_back_stays_so() -> None:
    granted = said(said(supplied(opened(), "a", "b"), "operator-1"), "operator-2")
    with pytest.raises(RefusedError, match="is granted: nothing more"):
        supplied(granted, "a")
    with pytest.raises(RefusedError, match="is granted: nothing more"):
        said(granted, "operator-1")
    with pytest.raises(RefusedError, match="only what two operators granted"):
        accredited(opened(), Step(step="accredited", at=DAY, by="op-1", entry=3))
    done = accredited(granted, Step(step="accredited", at=DAY, by="op-1", entry=3))
    assert (done.state, done.entry) == ("accredited", 3)


def test_a_step_is_not_dated_before_the_one_before_it() -> None:
    with pytest.raises(RefusedError, match="dated before"):
        withdraw(opened(), Step(step="withdraw", at=DAY - 1, by="op-1"))


# --- the file --------------------------------------------------------------------------------------------------------


def test_what_is_stored_is_read_back_and_a_step_that_somebody_else_took_is_a_conflict(tmp_path: Path) -> None:
    book, found = Applications(tmp_path / "applications.db"), opened()
    book.add(found)
    complete = supplied(found, "a")
    book.append(complete)
    assert book.get("B-1") == complete
    with pytest.raises(ConflictError):
        book.append(withdraw(found, Step(step="withdraw", at=DAY, by="op-2")))
    with pytest.raises(NotFoundError, match="holds no B-9"):
        book.get("B-9")
    assert (tmp_path / "applications.db").stat().st_mode & 0o777 == 0o600


def test_of_two_that_are_opened_at_the_same_moment_one_is_refused(tmp_path: Path) -> None:
    book = Applications(tmp_path / "applications.db")

    def open_one(number: int) -> str:
        def make(running: list[Application]) -> Application:
            time.sleep(0.05)
            if any(one.is_running for one in running):
                raise RefusedError("one is running")
            return replace(opened(), id=f"B-{number}")

        try:
            return book.add_beside(make).id
        except RefusedError:
            return ""

    with ThreadPoolExecutor(4) as pool:
        assert len(list(filter(None, pool.map(open_one, range(4))))) == 1
    assert len(book.all()) == 1
