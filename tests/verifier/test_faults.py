"""What is wrong with a member is told in words that fit the number."""

from __future__ import annotations

import pytest

from verifier.faults import fault_text


@pytest.mark.parametrize(
    ("kind", "least", "words"),
    [
        ("too_short", 1, "at least 1 item"),
        ("too_short", 2, "at least 2 items"),
        ("string_too_short", 1, "at least 1 character"),
        ("string_too_short", 11, "at least 11 characters"),
    ],
)
def test_one_thing_is_told_as_one(kind: str, least: int, words: str) -> None:
    assert fault_text({"type": kind, "msg": "", "ctx": {"min_length": least}}) == words
