"""Identifiers of organisations, register by register."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.errors import MalformedError
from verifier.identifier import REGISTERS, parse_identifier


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        pytest.param("1180301018771", "0188-1180301018771", id="thirteen bare digits"),
        pytest.param("T1180301018771", "0188-1180301018771", id="an invoice number"),
        pytest.param("t1180301018771", "0188-1180301018771", id="an invoice number with a small t"),
        pytest.param("0188-1180301018771", "0188-1180301018771", id="ICD 0188"),
        pytest.param("0188-T1180301018771", "0188-1180301018771", id="ICD 0188 with T"),
        pytest.param("１１８０３０１０１８７７１", "0188-1180301018771", id="digits of full width"),
        pytest.param("  1180301018771\n", "0188-1180301018771", id="white space around"),
        pytest.param("0199-5493001kjtiigc8y1r12", "0199-5493001KJTIIGC8Y1R12", id="an LEI in small letters"),
        pytest.param("0060-15-048-3782", "0060-150483782", id="a D-U-N-S number with hyphens"),
        pytest.param("0195-00192200m", "0195-00192200M", id="a UEN"),
        pytest.param("uk-445790", "uk-00445790", id="a UK company number without its zeros"),
        pytest.param("UK-sc123456", "uk-SC123456", id="a Scottish company number"),
        pytest.param("uei-zqgge5w4m1l8", "uei-ZQGGE5W4M1L8", id="a UEI"),
        pytest.param("euid-DEK1101R.HRB116737", "euid-DEK1101R.HRB116737", id="an EUID"),
    ],
)
def test_an_identifier_is_written_in_one_form(typed: str, written: str) -> None:
    assert str(parse_identifier(typed)) == written
    assert parse_identifier(written) == parse_identifier(typed)


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("0188-118030101877", id="a digit lost"),
        pytest.param("118030101877", id="a digit lost from a bare number"),
        pytest.param("1.18E+12", id="what a spreadsheet makes of it"),
        pytest.param("1180301018772", id="a wrong last digit"),
        pytest.param("2180301018771", id="a wrong check digit"),
        pytest.param("0188-", id="no number"),
        pytest.param("0188-118030101877x", id="a letter"),
        pytest.param("0199-5493001KJTIIGC8Y1R13", id="an LEI with wrong check digits"),
        pytest.param("0199-5493001KJTIIGC8Y1R1", id="an LEI that is too short"),
        pytest.param("0199-5493001KJTIIGC8Y1R1200", id="an LEI that is too long"),
        pytest.param("0199-00", id="an LEI that only its sum likes"),
        pytest.param("0060-12345678", id="a D-U-N-S number of eight digits"),
        pytest.param("0195-00192200X", id="a UEN with a wrong letter"),
        pytest.param("uk-123456789", id="a UK company number of nine digits"),
        pytest.param("uei-0QGGE5W4M1L8", id="a UEI that begins with 0"),
        pytest.param("uei-ZQGGE5W4M1I8", id="a UEI with the letter I"),
        pytest.param("euid-DE", id="an EUID without a number"),
        pytest.param("euid-DE.K1101R.HRB1", id="an EUID without a register"),
        pytest.param("9999-1", id="an unknown register"),
        pytest.param("", id="nothing"),
        pytest.param("-", id="a hyphen"),
        pytest.param("株式会社サンプル", id="a name"),
    ],
)
def test_it_is_no_identifier_with(typed: str) -> None:
    with pytest.raises(MalformedError) as caught:
        parse_identifier(typed)
    assert caught.value.message


def test_the_check_digit_of_a_corporate_number_does_not_tell_0_from_9() -> None:
    # The rule is mod 9: this is why whoever acts on such a number confirms the name too.
    number = "1180301018771"
    at = number.index("0")
    mistyped = number[:at] + "9" + number[at + 1 :]
    assert str(parse_identifier(mistyped)) == f"0188-{mistyped}"


def test_every_other_single_wrong_digit_of_a_corporate_number_is_found() -> None:
    number = "1180301018771"
    for at in range(13):
        for digit in set("0123456789") - {number[at]}:
            if at and {digit, number[at]} == {"0", "9"}:
                continue
            with pytest.raises(MalformedError):
                parse_identifier(number[:at] + digit + number[at + 1 :])


def test_every_register_has_names_in_both_languages() -> None:
    for code, register in REGISTERS.items():
        assert (code, bool(register.label_ja), bool(register.label_en)) == (register.code, True, True)


@given(st.sampled_from([*sorted(REGISTERS), "x", ""]), st.text(max_size=24))
def test_no_text_makes_the_reader_stumble(code: str, text: str) -> None:
    for typed in (text, f"{code}-{text}"):
        try:
            written = str(parse_identifier(typed))
        except MalformedError:
            continue
        assert str(parse_identifier(written)) == written


@given(st.sampled_from(sorted(REGISTERS)), st.text("0123456789ABCDEFTW", min_size=8, max_size=20))
def test_the_normal_form_is_its_own_normal_form(code: str, value: str) -> None:
    try:
        written = str(parse_identifier(f"{code}-{value}"))
    except MalformedError:
        return
    assert str(parse_identifier(written)) == written


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "the identifier is empty"),
        (" \u3000", "the identifier is empty"),
        ("118030101877", "13 digits, and an LEI 20: here are 12"),
        ("T118030101877", "here are 12"),
        ("6.9999E+12", "digits of the number are lost"),
        ("６.９９９９E+12", "digits of the number are lost"),
        ("150483782", "9 digits alone do not say which register"),
        ("9999-1504", "unknown kind of identifier"),
        ("見本", "unknown kind of identifier"),
    ],
)
def test_what_is_wrong_with_a_number_of_no_register_is_said(typed: str, told: str) -> None:
    with pytest.raises(MalformedError, match=told) as refused:
        parse_identifier(typed)
    assert refused.value.hint
