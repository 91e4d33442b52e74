"""A program in another language, written from the specification, gives the same receipts byte for byte."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from recognition.case_file import read_case, write_case
from recognition.decide import decide
from recognition.receipt import receipt_bytes
from tests.vectors.generate_recognition import PLACE, text
from verifier.encoding import canonical, digest

PROGRAM = Path(__file__).parent / "recompute.mjs"


@pytest.fixture(scope="module")
def cases() -> list[tuple[bytes, str]]:
    """Return every case with the digest of its receipt."""
    document = json.loads(PLACE.read_text("utf-8"))
    found = []
    for one in document["cases"]:
        mappings = [document["mappings"][pin] for pin in one["case"]["mappings"]]
        found.append((canonical({**document["shared"], **one["case"], "mappings": mappings}), one["receipt_sha256"]))
    return found


def test_the_committed_vectors_are_what_the_generator_writes() -> None:
    assert PLACE.read_text("utf-8") == text()


def test_a_case_file_gives_the_receipt_that_its_question_gave(cases: list[tuple[bytes, str]]) -> None:
    assert len(cases) >= 200
    for case, expected in cases:
        question = read_case(case)
        assert write_case(question) == case
        assert digest(receipt_bytes(question, decide(question))) == expected


def test_the_vectors_have_every_verdict_in_them(cases: list[tuple[bytes, str]]) -> None:
    verdicts = Counter(decide(read_case(case)).verdict.word for case, _ in cases)
    assert min(verdicts.values()) >= 5, verdicts
    assert len(verdicts) == 4


@pytest.mark.system
@pytest.mark.skipif(shutil.which("node") is None, reason="node runs the second opinion: it is not installed")
def test_another_program_gives_the_same_bytes(cases: list[tuple[bytes, str]]) -> None:
    said = subprocess.run(["node", PROGRAM, PLACE], capture_output=True, check=True, timeout=120).stdout.splitlines()
    assert len(said) == len(cases)
    for (case, expected), receipt in zip(cases, said, strict=True):
        question = read_case(case)
        assert receipt == receipt_bytes(question, decide(question))
        assert digest(receipt) == expected
