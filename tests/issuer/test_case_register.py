"""The month's case register: every case is in its root, one is shown alone, a seed draws the same sample again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from issuer.case import lapse_time
from issuer.case_register import CaseLine, CaseRegister, build_register, check_shown, draw_sample, month_of, show_case
from issuer.case_register import register_data as published
from issuer.oversight_commands import register_of
from tests.issuer.conftest import DAY
from verifier.encoding import canonical
from verifier.errors import NotFoundError, ProofError, RefusedError, WrongUseError
from verifier.log.merkle import EMPTY_ROOT

if TYPE_CHECKING:
    from tests.issuer.conftest import Evaluator

ZONE, BODY = "Asia/Tokyo", "https://shirushi.example/e/1001"
MONTH = month_of("2026-11", ZONE)
SUBJECT = "0188-1180301018771"


def line(number: int, *events: tuple[int, str, str], opened_at: int = MONTH.begins) -> CaseLine:
    return CaseLine(
        f"C-{number:06}", "jp.meti.scs", 3, SUBJECT, opened_at, ((opened_at, "submit", "submitted"), *events)
    )


def decided(number: int, event: str = "grant", state: str = "granted", *, at: int = MONTH.begins + DAY) -> CaseLine:
    return line(number, (at, event, state))


def register(*lines: CaseLine, secret: bytes = b"s" * 32) -> CaseRegister:
    return build_register(lines, MONTH, secret=secret)


def test_a_month_is_that_of_its_zone() -> None:
    december = month_of("2026-12", ZONE)
    assert (MONTH.begins, MONTH.until) == (1_793_458_800, december.begins)
    assert december.until == month_of("2027-01", ZONE).begins
    for wrong in ("2026-13", "2026-00", "11/2026", "1999-01", "2026-1"):
        with pytest.raises(WrongUseError):
            month_of(wrong, ZONE)


def test_counts_say_what_happened_in_the_month_and_how_cases_stand_at_its_end() -> None:
    late = decided(3, at=MONTH.until)
    data = published(register(decided(1), decided(2, "refuse", "refused"), late), body=BODY)
    assert data["happened"] == {"jp.meti.scs/3": {"granted": 1, "refused": 1, "submitted": 3}}
    assert data["standing"] == {"jp.meti.scs/3": {"granted": 1, "refused": 1, "submitted": 1}}
    assert data["cases"] == 3


def test_what_happens_later_leaves_the_root_of_a_month_alone() -> None:
    before = register(line(1), line(2))
    later = register(line(2, (MONTH.until, "withdraw", "withdrawn")), line(1), line(3, opened_at=MONTH.until))
    assert before.root == later.root


def test_a_case_that_is_left_out_or_told_otherwise_is_another_root() -> None:
    honest = register(decided(1), decided(2, "refuse", "refused"))
    assert honest.root != register(decided(1)).root
    assert honest.root != register(decided(1), decided(2)).root
    assert register().root == EMPTY_ROOT


def test_the_clock_lapses_cases_in_the_register_too() -> None:
    opened = MONTH.begins - 170 * DAY
    assert lapse_time(opened, ZONE) < MONTH.until
    data = published(register(line(1, opened_at=opened)), body=BODY)
    assert data["standing"] == {"jp.meti.scs/3": {"lapsed": 1}}


def test_one_case_is_shown_without_the_others() -> None:
    whole = register(*(decided(number) for number in range(1, 8)))
    shown = show_case(whole, "C-000005")
    check_shown(shown)
    assert "C-000004" not in str(shown)
    with pytest.raises(ProofError):
        check_shown(shown | {"leaf": shown["leaf"].replace("granted", "refused")})
    with pytest.raises(NotFoundError):
        show_case(whole, "C-000099")


def test_the_root_tells_nothing_to_who_does_not_know_the_secret() -> None:
    assert register(decided(1)).root != register(decided(1), secret=b"t" * 32).root
    data = published(register(decided(1)), body=BODY)
    assert SUBJECT.encode() not in canonical(data)
    assert b"C-000001" not in canonical(data)


def test_a_seed_draws_the_same_decided_cases_whatever_their_order() -> None:
    lines = [decided(number) for number in range(1, 101)]
    waiting = [line(number) for number in range(101, 200)]
    first = draw_sample(register(*lines, *waiting), body=BODY, seed="2026-12-01 visit", count=10)
    again = draw_sample(register(*reversed(waiting), *reversed(lines)), body=BODY, seed="2026-12-01 visit", count=10)
    assert first == again
    assert len({one.case for one in first} & {one.case for one in lines}) == 10


def test_another_seed_draws_others_and_more_cases_only_add_to_the_sample() -> None:
    whole = register(*(decided(number) for number in range(1, 101)))
    ten = draw_sample(whole, body=BODY, seed="a", count=10)
    assert draw_sample(whole, body=BODY, seed="b", count=10) != ten
    assert draw_sample(whole, body=BODY, seed="a", count=20)[:10] == ten
    assert len(draw_sample(whole, body=BODY, seed="a", count=500)) == 100


def test_every_case_is_drawn_about_as_often_as_any_other() -> None:
    whole = register(*(decided(number) for number in range(1, 11)))
    drawn = [draw_sample(whole, body=BODY, seed=str(seed), count=1)[0].case for seed in range(1000)]
    assert all(60 < drawn.count(one.case) < 140 for one in whole.lines)


def test_the_desks_own_register_is_closed_with_its_month_and_stays_the_same(granted: Evaluator) -> None:
    with pytest.raises(RefusedError, match="is not over"):
        register_of(granted.desk, "2026-11", zone=ZONE)
    granted.sim.now = MONTH.until
    first = register_of(granted.desk, "2026-11", zone=ZONE)
    assert published(first, body=BODY)["standing"] == {"jp.meti.scs/4": {"granted": 1}}
    granted.sim.now += 40 * DAY
    granted.open(3)
    assert register_of(granted.desk, "2026-11", zone=ZONE).root == first.root
