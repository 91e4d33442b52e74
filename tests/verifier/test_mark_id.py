"""Mark ids: 125 random bits and a check symbol that finds what people mistype."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.errors import MalformedError
from verifier.injected import seeded_entropy
from verifier.markid import ALPHABET, LENGTH, is_mark_id, new_mark_id, normalise_mark_id

IDS = [new_mark_id(seeded_entropy(f"id {number}")) for number in range(4)]


def test_a_new_id_is_26_symbols_that_fit() -> None:
    for one in IDS:
        assert len(one) == LENGTH
        assert set(one) <= set(ALPHABET)
        assert is_mark_id(one)
    assert len(set(IDS)) == len(IDS)


def test_the_alphabet_has_none_of_the_letters_that_look_like_others() -> None:
    assert len(ALPHABET) == 32
    assert not set("ilou") & set(ALPHABET)


@pytest.mark.parametrize("one", IDS)
def test_every_wrong_symbol_is_found(one: str) -> None:
    for at in range(LENGTH):
        for symbol in set(ALPHABET) - {one[at]}:
            assert not is_mark_id(one[:at] + symbol + one[at + 1 :]), (at, symbol)


@given(st.binary(min_size=16, max_size=16), st.integers(0, LENGTH - 2))
def test_a_swap_is_found_unless_its_symbols_follow_each_other_in_the_alphabet(entropy: bytes, at: int) -> None:
    one = new_mark_id(lambda _: entropy)
    swapped = one[:at] + one[at + 1] + one[at] + one[at + 2 :]
    apart = (ALPHABET.index(one[at]) - ALPHABET.index(one[at + 1])) % 32
    if apart not in (0, 1, 31):
        assert not is_mark_id(swapped)


def test_of_all_swaps_one_in_five_hundred_is_missed() -> None:
    swaps = missed = 0
    for number in range(400):
        one = new_mark_id(seeded_entropy(f"swap {number}"))
        for at in range(LENGTH - 1):
            if one[at] != one[at + 1]:
                swaps += 1
                missed += is_mark_id(one[:at] + one[at + 1] + one[at] + one[at + 2 :])
    assert 0 < missed < swaps / 250


def test_a_swap_that_is_missed() -> None:
    assert is_mark_id("5hbwa55etvn2v7f5ga5vmzy00g")
    assert is_mark_id("5hbwa55etvn2v7f5ga5vmyz00g")


@given(st.binary(min_size=16, max_size=16))
def test_ids_differ_where_their_125_bits_do(entropy: bytes) -> None:
    one = new_mark_id(lambda _: entropy)
    flipped = new_mark_id(lambda _: bytes([entropy[0] ^ 0x80]) + entropy[1:])
    unused = new_mark_id(lambda _: entropy[:-1] + bytes([entropy[-1] ^ 1]))
    assert one != flipped
    assert one == unused


@pytest.mark.parametrize(
    "type_in",
    [
        pytest.param(str.upper, id="capitals"),
        pytest.param(lambda one: "-".join(one[at : at + 5] for at in range(0, LENGTH, 5)), id="hyphens"),
        pytest.param(lambda one: f"  {one[:13]} {one[13:]}\n", id="spaces"),
        pytest.param(lambda one: one.replace("0", "O"), id="O for 0"),
        pytest.param(lambda one: one.replace("1", "l"), id="l for 1"),
        pytest.param(lambda one: one.replace("1", "I"), id="I for 1"),
    ],
)
def test_what_a_person_types_is_understood_with(type_in: object) -> None:
    assert callable(type_in)
    for one in [*IDS, "0101010101010101010101010"[:25] + _check("0101010101010101010101010")]:
        assert normalise_mark_id(type_in(one)) == one


def _check(symbols: str) -> str:
    return next(symbol for symbol in ALPHABET if is_mark_id(symbols + symbol))


@pytest.mark.parametrize(
    "text", ["", IDS[0][:-1], IDS[0] + "0", IDS[0][:-1] + "u", IDS[0].replace(IDS[0][3], "_"), "印" * 26]
)
def test_it_is_no_id(text: str) -> None:
    assert not is_mark_id(text)
    with pytest.raises(MalformedError, match="not a mark id"):
        normalise_mark_id(text)


def test_the_canonical_form_alone_is_an_id() -> None:
    assert not is_mark_id(IDS[0].upper())
    assert not is_mark_id(f"{IDS[0][:5]}-{IDS[0][5:]}")
    assert not is_mark_id(IDS[0] + "\n")


@given(st.text(max_size=30))
def test_no_text_makes_the_reader_stumble(text: str) -> None:
    try:
        assert is_mark_id(normalise_mark_id(text))
    except MalformedError:
        assert not is_mark_id(text)
