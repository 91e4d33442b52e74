"""Shares: a name fits one mark and no other, every change of a link shows, and a reader is told who says what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.scenario.simulated_log import HOST
from tests.issuer.test_sole_proprietor import NAME, PERSON, mark_of
from verifier.edge.main import exit_code, run
from verifier.encoding import b64u, canonical
from verifier.errors import EvidenceError, MalformedError, NewerVersionError, StatementError, WrongUseError
from verifier.injected import seeded_entropy
from verifier.mark import Mark
from verifier.share import LONGEST, Secret, Share, Showing, name_standing, new_share, parse_share, read_link
from verifier.share_box import box_id, close_box, open_box
from verifier.statement.commitment import Disclosure

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1_793_577_600
ENTROPY = seeded_entropy("shares")
OPENED = Disclosure(PERSON.salt, "name", NAME)


def made(name: Disclosure | None = OPENED, *, until: int = NOW + 86_400, mark: Mark | None = None) -> Share:
    return new_share(mark or mark_of(), Showing("見本商事", until, name), now=NOW, entropy=ENTROPY)


def test_a_link_carries_everything_and_is_read_back() -> None:
    share = made()
    link = share.link()
    assert link.startswith(f"https://{share.host}/s#s.")
    assert read_link(link) == read_link(link.partition("#")[2]) == read_link(f"  {link}\n") == share
    assert NAME not in link


def test_two_links_for_the_same_are_never_the_same() -> None:
    assert made().link() != made().link()


def test_the_name_fits_the_mark_that_commits_to_it_once_the_log_confirms_the_mark() -> None:
    share = made()
    assert name_standing(share, mark_of(), is_registered=True) == "fits"
    assert name_standing(share, mark_of(), is_registered=False) == "unconfirmed"
    assert name_standing(share, None, is_registered=True) == "unconfirmed"
    assert name_standing(made(None), mark_of(), is_registered=True) == "none"


@pytest.mark.parametrize("change", [{"value": "別人 二郎"}, {"salt": "A" * 22}])
def test_a_name_or_salt_that_was_changed_does_not_fit(change: dict[str, str]) -> None:
    share = made()
    assert share.name is not None
    changed = share.model_copy(update={"name": share.name.model_copy(update=change)})
    assert name_standing(changed, mark_of(), is_registered=True) == "unfit"


def test_a_name_that_does_not_fit_makes_no_link() -> None:
    with pytest.raises(StatementError, match="fits no commitment"):
        made(Disclosure(PERSON.salt, "name", "別人 二郎"))
    with pytest.raises(StatementError, match="something else"):
        made(Disclosure(PERSON.salt, "address", NAME))


@pytest.mark.parametrize(
    ("until", "words"), [(NOW, "is over"), (NOW - 1, "is over"), (NOW + LONGEST + 1, "366 days at most")]
)
def test_a_share_ends_after_it_was_made_and_within_a_year(until: int, words: str) -> None:
    with pytest.raises(WrongUseError, match=words) as refused:
        made(until=until)
    assert refused.value.hint
    with pytest.raises(StatementError, match="366 days later at most"):
        parse_share(canonical({**made().members(), "until": until}))


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"more": 1},
        {"to": ""},
        {"to": "a\nb"},
        {"to": "x" * 101},
        {"host": "HOST"},
        {"mark": "m"},
        {"id": "A"},
    ],
)
def test_what_is_outside_the_schema_is_not_read(change: dict[str, Any]) -> None:
    with pytest.raises((StatementError, NewerVersionError)):
        parse_share(canonical({**made().members(), **change}))


@pytest.mark.parametrize(
    "text",
    ["", "#", "s.", "x.AAAA", "https://shirushi.example/m/#s.AAAA", "o.AAAA", "s." + "A" * 5000, "s.AAAA", "s.A"],
)
def test_what_is_no_link_is_said_to_be_none(text: str) -> None:
    with pytest.raises(MalformedError):
        read_link(text)


@pytest.mark.parametrize("lost", [1, 2, 3, 4, 9, 40])
def test_a_link_that_was_cut_off_is_said_to_be_not_whole(lost: int) -> None:
    for link in (made().link(), Secret(b"s" * 32).link(HOST)):
        with pytest.raises(MalformedError, match="the link is not whole") as refused:
            read_link(link[:-lost])
        assert "all that follows the #" in refused.value.hint


@settings(max_examples=50)
@given(st.text(max_size=60))
def test_any_text_is_a_link_or_a_typed_refusal(text: str) -> None:
    for one in (text, f"s.{text}", f"o.{text}", f"s.{b64u(text.encode('utf-8', 'replace'))}"):
        with pytest.raises((EvidenceError, NewerVersionError)):
            read_link(one)


def test_the_link_that_opens_once_carries_a_secret_and_nothing_of_the_mark() -> None:
    share = made()
    secret, box = close_box(share, ENTROPY)
    found = read_link(secret.link(HOST))
    assert found == secret
    assert box_id(secret) == box.id
    assert isinstance(found, Secret)
    assert open_box(found, box.sealed) == share
    for hidden in (share.mark, NAME, share.to):
        assert hidden not in secret.link(HOST)
        assert hidden.encode() not in box.sealed


@pytest.mark.parametrize(
    ("org", "how", "words"),
    [
        ({}, ["--until", "2020-03-31"], "the last day on which it is shown is over"),
        ({}, ["--until", "2999-12-31"], "366 days at most"),
        ({}, ["--until", "2999-12-31", "--show-name"], "name.json cannot be read"),
        (
            {"name": "見本商事", "name_sd": None, "identifiers": ("0188-1180301018771",)},
            ["--until", "2999-12-31", "--show-name"],
            "no name to disclose",
        ),
    ],
)
def test_a_link_that_cannot_be_made_is_wrong_use_in_words_of_its_own(
    tmp_path: Path, org: dict[str, Any], how: list[str], words: str
) -> None:
    (tmp_path / "mark.jwt").write_text(mark_of(**org).token.compact, "ascii")
    with pytest.raises(WrongUseError, match=words) as refused:
        run(["share", "make", str(tmp_path), "--to", "見本商事", *how])
    assert exit_code(refused.value) == 64
    assert refused.value.hint
    assert "folder" not in refused.value.hint
