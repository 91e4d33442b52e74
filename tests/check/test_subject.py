"""Cells of supplier lists: what is read, and what is refused because a spreadsheet programme damaged it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.world import fork_issued
from verifier.check.outcome import REASONS
from verifier.check.subject import Claim, Refused, read_identifier, read_mark, read_tier
from verifier.errors import MarkError
from verifier.identifier import Identifier, parse_identifier
from verifier.tier import Tier

TOYOTA, LEI = "1180301018771", "5493001KJTIIGC8Y1R12"


@pytest.mark.parametrize(
    ("text", "register", "read"),
    [
        (TOYOTA, "0188", f"0188-{TOYOTA}"),
        (TOYOTA, None, f"0188-{TOYOTA}"),
        (f"T{TOYOTA}", "0188", f"0188-{TOYOTA}"),
        (f"t{TOYOTA}", None, f"0188-{TOYOTA}"),
        ("Ｔ１１８０３０１０１８７７１", "0188", f"0188-{TOYOTA}"),
        ("１１８０３０１０１８７７１", None, f"0188-{TOYOTA}"),
        ("1-1803-0101-8771", "0188", f"0188-{TOYOTA}"),
        ("1－1803－0101－8771", "0188", f"0188-{TOYOTA}"),
        ("1 1803 0101 8771", "0188", f"0188-{TOYOTA}"),
        ("1　1803　0101　8771", "0188", f"0188-{TOYOTA}"),
        ("1,180,301,018,771", "0188", f"0188-{TOYOTA}"),
        (f"0188-{TOYOTA}", None, f"0188-{TOYOTA}"),
        (f"0188:{TOYOTA}", "0188", f"0188-{TOYOTA}"),
        (f"iso6523-actorid-upis::0188:{TOYOTA}", None, f"0188-{TOYOTA}"),
        (LEI, "0199", f"0199-{LEI}"),
        (LEI.lower(), None, f"0199-{LEI}"),
        ("12-345-6789", "0060", "0060-123456789"),
        ("01234567", "uk", "uk-01234567"),
        ("sc123456", "uk", "uk-SC123456"),
        ("uk-01234567", None, "uk-01234567"),
    ],
)
def test_a_number_is_read_however_people_write_it(text: str, register: str | None, read: str) -> None:
    assert str(read_identifier(text, register)) == read


@pytest.mark.parametrize(
    ("text", "register", "reason"),
    [
        ("5.01E+12", "0188", "scientific"),
        ("5.01e+12", None, "scientific"),
        ("５．０１Ｅ＋１２", "0188", "scientific"),
        ("1E+12", "0188", "scientific"),
        (f"{TOYOTA}.0", "0188", "fraction"),
        ("123456789.5", "0060", "fraction"),
        (TOYOTA[1:], "0188", "digits_lost"),
        (TOYOTA[:-1], None, "digits_lost"),
        (f"T{TOYOTA[1:]}", "0188", "digits_lost"),
        ("12345", "0188", "wrong_length"),
        (TOYOTA + "1", "0188", "wrong_length"),
        ("2180301018771", "0188", "check_digit"),
        ("2180301018771", None, "check_digit"),
        (LEI[:-1] + "3", "0199", "check_digit"),
        (LEI[:-2], "0199", "not_identifier"),
        ("1234567", "0060", "zeros_lost"),
        ("1234567890", "0060", "wrong_length"),
        ("1234567", "uk", "zeros_lost"),
        ("123456789", "uk", "wrong_length"),
        ("123456789", None, "which_register"),
        ("なし", "0188", "not_identifier"),
        ("#N/A", None, "not_identifier"),
        ("=A1", "0188", "not_identifier"),
    ],
)
def test_a_number_that_was_damaged_is_refused_and_never_completed(text: str, register: str | None, reason: str) -> None:
    assert read_identifier(text, register) == Refused(reason)
    assert reason in REASONS


@given(st.text("0123456789", min_size=13, max_size=13))
def test_the_quick_way_reads_a_corporate_number_as_its_register_does(digits: str) -> None:
    try:
        expected: Identifier | Refused = parse_identifier(digits)
    except MarkError:
        expected = Refused("check_digit")
    assert read_identifier(digits, "0188") == expected == read_identifier(f" {digits}", "0188")


@given(st.text(max_size=60), st.sampled_from(["0188", "0199", "0060", "0195", "uk", "uei", "euid", "x", None]))
def test_no_cell_breaks_the_reading(text: str, register: str | None) -> None:
    read = read_identifier(text, register)
    assert isinstance(read, Identifier) or read.reason in REASONS
    mark = read_mark(text)
    assert isinstance(mark, Claim) or mark.reason in REASONS
    tier = read_tier(text, Tier("jp.meti.scs", 3))
    assert isinstance(tier, Tier) or tier.reason in REASONS


def test_a_mark_is_named_by_id_address_qr_or_token() -> None:
    world, mark = fork_issued()
    by_qr, by_token = read_mark(world.qr(mark)), read_mark(world.mark(mark))
    assert isinstance(by_qr, Claim)
    assert isinstance(by_token, Claim)
    assert (by_qr.id, by_qr.host, by_qr.subject) == (mark, "shirushi.example", "0188-1180301018771")
    assert by_qr.told == by_token.told
    for text in (mark, mark.upper(), f"{mark[:5]}-{mark[5:]}", f" {mark} "):
        assert read_mark(text) == Claim(mark)
    address = f"https://shirushi.example/m/{mark}"
    for text in (address, f"{address}/", f"{address}?lang=en", f"http://shirushi.example/m/{mark}"):
        assert read_mark(text) == Claim(mark, "shirushi.example")


@pytest.mark.parametrize("text", ["zzzz", "https://example.com/", "eyJhbGciOiJub25lIn0.e30.", "https://a/m/b#1", "a#b"])
def test_what_names_no_mark_is_refused(text: str) -> None:
    assert read_mark(text) == Refused("not_mark")


@pytest.mark.parametrize(
    ("text", "level"), [("4", 4), ("★4", 4), ("４", 4), ("★★★", 3), ("☆☆☆☆", 4), (" ★ 3 ", 3), ("jp.meti.scs/4", 4)]
)
def test_a_tier_is_written_as_stars_or_number(text: str, level: int) -> None:
    assert read_tier(text, Tier("jp.meti.scs", 3)) == Tier("jp.meti.scs", level)


@pytest.mark.parametrize("text", ["金", "0", "★10", "3.0", "three"])
def test_another_tier_is_refused(text: str) -> None:
    assert read_tier(text, Tier("jp.meti.scs", 3)) == Refused("tier_unreadable")


@pytest.mark.parametrize("text", ["★9", "jp.meti.scs/9", "jp.ipa.nope/3"])
def test_a_tier_that_nobody_could_hold_is_refused(text: str) -> None:
    assert read_tier(text, Tier("jp.meti.scs", 3)) == Refused("tier_unknown")


def test_a_scheme_that_is_not_shipped_has_the_tiers_that_its_policy_asks_for() -> None:
    assert read_tier("★9", Tier("org.example", 2)) == Tier("org.example", 9)


def test_an_apostrophe_by_which_a_cell_was_made_text_is_taken_away() -> None:
    assert str(read_identifier("'5010001067883", "0188")) == "0188-5010001067883"
    assert str(read_identifier("＇５０１０００１０６７８８３", None)) == "0188-5010001067883"
    assert read_tier("'★4", Tier("jp.meti.scs", 3)) == Tier("jp.meti.scs", 4)
