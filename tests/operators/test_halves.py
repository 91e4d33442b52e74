"""Halves, keys and sayings: what keeps one operator from being two."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from registry.console.key_holders import FILE, KeyHolders
from registry.desk.saying import read_saying, say
from registry.desk.sayings import Accreditation, accredits
from verifier.errors import MalformedError, RefusedError, StatementError
from verifier.injected import seeded_entropy

if TYPE_CHECKING:
    from pathlib import Path

HOST = "shirushi.example"


def accreditation() -> Accreditation:
    return Accreditation(
        no=1001, role="training", identifier="0188-1", name="見本", scope=[], begins=1_800_000_000, ends=1_900_000_000
    )


def test_a_saying_read_back_is_approved_as_the_same() -> None:
    said = accredits(HOST, accreditation(), entropy=seeded_entropy("saying"))
    again = read_saying(HOST, said.members())
    assert again == said
    assert again.subject == said.subject


def test_a_saying_outside_its_schema_is_refused_before_anybody_signs_it() -> None:
    with pytest.raises(StatementError):
        say(HOST, "body.withdrawn", f"https://{HOST}/e/1", {"reason": "dislike"}, entropy=seeded_entropy("saying"))
    with pytest.raises(StatementError):
        read_saying(HOST, {"type": "body.suspended", "object": f"https://{HOST}/e/1", "public": {}})


def test_a_key_is_one_persons_and_a_person_has_one_key(tmp_path: Path) -> None:
    holders = KeyHolders(tmp_path)
    assert holders.key_of("anna") is None
    holders.take("anna", "operator-1", "kid-1")
    holders.take("anna", "operator-1", "kid-1")
    with pytest.raises(RefusedError, match="another person's"):
        holders.take("berta", "operator-1", "kid-1")
    with pytest.raises(RefusedError, match="one person signs with one key"):
        holders.take("anna", "operator-2", "kid-2")
    holders.take("berta", "operator-2", "kid-2")
    assert KeyHolders(tmp_path).key_of("berta") == ("operator-2", "kid-2")
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


def test_a_key_that_was_given_up_may_be_taken_by_a_successor(tmp_path: Path) -> None:
    holders = KeyHolders(tmp_path)
    holders.take("anna", "operator-1", "kid-1")
    holders.give_up("kid-1")
    holders.take("clara", "operator-1", "kid-1")
    assert holders.key_of("anna") is None


def test_a_file_of_keys_that_somebody_wrote_into_is_told_as_that(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("[]")
    with pytest.raises(MalformedError, match="cannot be read"):
        KeyHolders(tmp_path).all()
