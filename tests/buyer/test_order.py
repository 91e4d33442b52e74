"""What is asked about a list that a buyer's desk keeps: the tiers of rows, and a list without rows."""

from __future__ import annotations

import pytest

from verifier.edge.buyer.order import Column, Order, ordered_list
from verifier.errors import MalformedError
from verifier.tier import Tier

WANTED = Tier("jp.meti.scs", 4)
LIST = "法人番号,必要レベル\n6999900000003,★3\n".encode()


def order(programme: str = "", *, first: int = 1) -> Order:
    columns = (Column(place=0, role="0188"), Column(place=1, role="tier"))
    return Order(title="list.csv", by="見本", made=1_800_000_000, columns=columns, first=first, programme=programme)


@pytest.mark.parametrize(("programme", "asked"), [("", Tier("jp.meti.scs", 3)), ("example.tender", None)])
def test_a_row_asks_for_a_tier_of_its_own_unless_a_programme_asks_the_same_of_all(
    programme: str, asked: Tier | None
) -> None:
    (supplier,) = ordered_list(LIST, order(programme), wanted=WANTED).suppliers
    assert supplier.asked == asked


def test_a_list_without_suppliers_is_refused() -> None:
    with pytest.raises(MalformedError, match="behind the last row"):
        ordered_list("法人番号,必要レベル\n,\n".encode(), order(), wanted=WANTED)
