"""The words: nothing more is said than is true, and there are words for everything that the judge can say."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import verifier
from verifier.edge.i18n import LANGUAGES, read_catalog, translator
from verifier.edge.page.wording import (
    CHECK_GROUPS,
    REASONS,
    answer_of,
    check_words,
    headline_appearance,
    headline_words,
    tier_words,
)
from verifier.errors import AddressRefusedError, EvidenceError, MarkError, UnavailableError
from verifier.verdict import Check, CheckName, Headline, Result

FORBIDDEN = re.compile(r"認定|認証|義務|必須|\bmandatory\b|\bcompulsory\b|\bcertif", re.IGNORECASE)
JUDGES = [*Path(verifier.__file__).parent.glob("examine/*.py"), *Path(verifier.__file__).parent.glob("*.py")]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_promises_a_certification_or_a_duty(lang: str) -> None:
    texts = [str(message.string) for message in read_catalog(lang) if message.id]
    assert [text for text in texts if FORBIDDEN.search(text)] == []


@pytest.mark.parametrize(("level", "ja", "en"), [
    (1, "自己宣言", "self-declared"), (2, "自己宣言", "self-declared"),
    (3, "取得・登録", "obtained and registered"), (4, "取得・登録", "obtained and registered"),
])  # fmt: skip
def test_a_low_tier_is_declared_and_a_high_one_is_obtained(level: int, ja: str, en: str) -> None:
    assert (tier_words(level, None, translator("ja")), tier_words(level, None, translator("en"))) == (ja, en)


def test_the_basis_written_on_a_mark_comes_before_its_level() -> None:
    assert tier_words(3, "self_declared", translator("en")) == "self-declared"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_four_answers_have_four_different_words(lang: str) -> None:
    words = {answer_of(one): headline_words(one, translator(lang)).answer for one in Headline}
    assert len(words) == len(set(words.values())) == 4


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("suspended", "until the suspension is lifted"),
        ("withdrawn", "how things stand now"),
        ("cancelled", "another mark"),
        ("annulled", "issuing body"),
        ("superseded", "its current mark"),
        ("not_yet_valid", "first valid day"),
    ],
)
def test_what_to_do_about_a_state_fits_that_state(reason: str, words: str) -> None:
    made = check_words(Check(CheckName.STATE, Result.FAILED, reason=reason), translator("en"))
    assert words in made.next_step
    assert ("current mark" in made.next_step) == (reason == "superseded")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_headline_has_its_own_title_explanation_and_next_step(lang: str) -> None:
    words = [headline_words(one, translator(lang)) for one in Headline]
    assert len({one.title for one in words}) == len(Headline)
    assert all(one.explanation and one.next_step for one in words)


def test_only_valid_headlines_are_green_and_a_test_mark_never_is() -> None:
    green = {one for one in Headline if headline_appearance(one).tone.startswith("good")}
    assert green == {Headline.VALID, Headline.VALID_OFFLINE}
    assert headline_appearance(Headline.VALID) != headline_appearance(Headline.VALID_OFFLINE)


def test_every_check_is_shown_in_exactly_one_group() -> None:
    shown = [check for checks in CHECK_GROUPS.values() for check in checks]
    assert sorted(one.value for one in shown) == sorted(one.value for one in CheckName)


def test_there_are_words_for_every_reason_that_the_judge_can_give() -> None:
    reasons = {reason for path in JUDGES for reason in _reasons(ast.parse(path.read_text("utf-8")))}
    # No judge asks an address.
    kinds = {kind for tree in (EvidenceError, UnavailableError) for kind in _tree(tree)} - {AddressRefusedError}
    codes = {kind.code for kind in kinds}
    states = {"annulled", "withdrawn", "cancelled", "suspended", "superseded"}
    assert {"look_alike_host", "quorum", "missing", "backdated"} <= reasons
    assert (reasons | codes | states) - REASONS.keys() == set()
    assert REASONS.keys() - (reasons | codes | states) == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_check_and_reason_is_told_with_what_to_do(lang: str) -> None:
    t = translator(lang)
    for name in CheckName:
        passed = check_words(Check(name, Result.PASSED), t)
        assert passed.explanation
        assert passed.next_step == ""
        for reason in (*REASONS, "of_tomorrow"):
            for result in (Result.FAILED, Result.UNKNOWN):
                words = check_words(Check(name, result, reason), t)
                assert all((words.title, words.result, words.next_step))
                assert not re.fullmatch(r"[a-z_.]+", words.explanation)


def _reasons(tree: ast.Module) -> set[str]:
    """Return the literal reasons in calls of failed(), unknown(), made(), note() and Check()."""
    found = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        position = {"failed": 1, "unknown": 1, "Check": 2}.get(name)
        given = [one.value for one in node.keywords if one.arg == "reason" and name in ("made", "note", "failed")]
        if position is not None and len(node.args) > position:
            given.append(node.args[position])
        found |= {one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return found


def _tree(kind: type[MarkError]) -> set[type[MarkError]]:
    own = {kind} if kind.__module__ == "verifier.errors" else set()
    return own.union(*(_tree(below) for below in kind.__subclasses__()))
