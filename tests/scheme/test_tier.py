"""A higher level covers a lower one of its own scheme and nothing else."""

from __future__ import annotations

import pytest

from verifier.errors import MalformedError
from verifier.tier import Tier, parse_tier


@pytest.mark.parametrize(
    ("held", "wanted", "covers"),
    [
        ("jp.meti.scs/4", "jp.meti.scs/3", True),
        ("jp.meti.scs/3", "jp.meti.scs/3", True),
        ("jp.meti.scs/3", "jp.meti.scs/4", False),
        ("jp.ipa.jc-star/4", "jp.meti.scs/3", False),
    ],
)
def test_a_tier_covers_the_lower_ones_of_its_scheme_only(held: str, wanted: str, covers: bool) -> None:
    assert parse_tier(held).covers(parse_tier(wanted)) is covers


def test_a_tier_survives_writing_and_reading() -> None:
    assert parse_tier(str(Tier("jp.meti.scs", 3))) == Tier("jp.meti.scs", 3)


@pytest.mark.parametrize(
    "text", ["", "jp.meti.scs", "jp.meti.scs/", "jp.meti.scs/0", "jp.meti.scs/10", "jp.meti.scs/３", "JP/3", "a/3/3"]
)
def test_text_that_is_no_tier_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        parse_tier(text)
