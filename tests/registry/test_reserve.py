"""Reservations: who may ask, once, and what is handed out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from verifier.encoding import digest
from verifier.markid import is_mark_id

if TYPE_CHECKING:
    from tests.registry.conftest import Issued

DATABASES = ("sqlite", "postgresql")
HOST = "shirushi.example"


def test_ids_numbers_and_places_are_never_handed_out_twice(issued: Issued) -> None:
    answers = [issued.world.reserve(issued.signers).json() for _ in range(20)]
    assert all(is_mark_id(one["mark"]) for one in answers)
    numbers = [one["number"] for one in answers]
    assert numbers == [f"SCS3-{number:06d}" for number in range(int(numbers[0][-6:]), int(numbers[0][-6:]) + 20)]
    places = [(one["status"]["list"], one["status"]["idx"]) for one in answers]
    assert len(set(places)) == 20
    assert all(no == 1 and 0 <= idx < 1024 for no, idx in places)
    assert [idx for _, idx in places] != sorted(idx for _, idx in places)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"aud": f"https://{HOST}/"}, 400),
        ({"iss": f"https://{HOST}/e/8", "sub": f"https://{HOST}/e/8"}, 422),
        ({"sub": f"https://{HOST}/e/8"}, 422),
        ({"request": digest(b"another request")}, 422),
        ({"jti": "short"}, 422),
        ({"scope": "all"}, 422),
    ],
)
def test_an_assertion_that_says_something_else_is_refused(issued: Issued, changes: dict[str, Any], status: int) -> None:
    assert issued.world.reserve(issued.signers, **changes).status_code == status


def test_an_assertion_lives_five_minutes(issued: Issued) -> None:
    now = issued.world.clock()
    assert issued.world.reserve(issued.signers, iat=now - 299, exp=now + 1).status_code == 201
    assert issued.world.reserve(issued.signers, iat=now - 300, exp=now).json()["detail"] == "the token has expired"


def test_an_assertion_counts_once(issued: Issued) -> None:
    assert issued.world.reserve(issued.signers, jti="once-and-no-more").status_code == 201
    again = issued.world.reserve(issued.signers, jti="once-and-no-more")
    assert (again.status_code, again.json()["code"]) == (422, "refused")


def test_only_a_desk_key_reserves(issued: Issued) -> None:
    answer = issued.world.reserve({"desk": issued.signers["decider"]})
    assert (answer.status_code, answer.json()["code"]) == (422, "signature")
