"""The vectors of what is published, of names, of the witness protocol and of verdicts: they hold, and are generated."""

from __future__ import annotations

from typing import Any

import pytest

from tests.vectors.cases import FOLDER
from tests.vectors.generate_log import serialize
from tests.vectors.generate_published import FILES
from tests.vectors.published_readers import READ, VECTORS
from verifier.errors import EvidenceError, MarkError, NewerVersionError

LONGEST = 400_000


def cases(*, valid: bool) -> list[Any]:
    return [
        pytest.param(name, case, id=f"{name}: {case['name']}")
        for name in sorted(FILES)
        for case in VECTORS[name]["cases"]
        if case["valid"] is valid
    ]


@pytest.mark.parametrize("name", sorted(FILES))
def test_the_committed_vectors_are_what_the_generator_writes(name: str) -> None:
    written, committed = serialize(FILES[name]()), (FOLDER / name).read_text(encoding="utf-8")
    assert written == committed, "run python -m tests.vectors.generate_published and read what changed"


@pytest.mark.parametrize(("name", "case"), cases(valid=True))
def test_an_accepted_vector_is_read_as_it_says(name: str, case: dict[str, Any]) -> None:
    assert READ[name](case["input"]) == case["expect"]


@pytest.mark.parametrize(("name", "case"), cases(valid=False))
def test_a_rejected_vector_is_refused_as_it_says(name: str, case: dict[str, Any]) -> None:
    with pytest.raises(MarkError) as caught:
        READ[name](case["input"])
    expected = NewerVersionError if case["expect"] == {"error": "newer"} else EvidenceError
    assert isinstance(caught.value, expected), repr(caught.value)


@pytest.mark.parametrize("name", sorted(FILES))
def test_vectors_have_a_form_names_of_their_own_and_both_answers(name: str) -> None:
    vectors = VECTORS[name]
    assert {"format", "spec", "cases"} <= vectors.keys()
    names = [case["name"] for case in vectors["cases"]]
    assert len(names) == len(set(names))
    assert all(case.keys() == {"name", "input", "valid", "expect", "why"} and case["why"] for case in vectors["cases"])
    assert {case["valid"] for case in vectors["cases"]} == {True, False}
    assert (FOLDER / name).stat().st_size < LONGEST
