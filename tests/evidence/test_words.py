"""There are words in both languages for everything that a report on evidence can say."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import verifier.evidence
from verifier.edge import evidence_text
from verifier.edge.i18n import LANGUAGES, translator
from verifier.evidence.check import EvidenceCheckName
from verifier.evidence.comparison import FileState

SOURCES = sorted(Path(verifier.evidence.__file__).parent.glob("*.py"))
SAYS = {"failed": 1, "unknown": 1, "say": 1}


def _reasons() -> set[str]:
    """Return the literal reasons in calls that make a check, and those that are put together from a finding."""
    found = {"ok", *(state.value for state in FileState if state is not FileState.UNALTERED)}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                given = [one.value for one in node.keywords if one.arg == "reason"]
                if name in SAYS and len(node.args) > SAYS[name]:
                    given.append(node.args[SAYS[name]])
                found |= {one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)}
            if isinstance(node, ast.Expr | ast.For | ast.Tuple) and path.name == "versions.py":
                found |= {
                    one.value
                    for one in ast.walk(node)
                    if isinstance(one, ast.Constant) and one.value in ("corrects_another", "changed_without_correction")
                }
    return found | {"runs_gaps", "runs_absent", "runs_unplanned", "late", "measured_after_sealing"}


def test_there_are_words_for_every_reason_and_for_no_other() -> None:
    assert _reasons() == set(evidence_text.REASONS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_check_state_flag_and_note_has_words(lang: str) -> None:
    t = translator(lang)
    ids = [
        *(f"evidence.check.{one.value}" for one in EvidenceCheckName),
        *(f"evidence.state.{one.value}" for one in FileState),
        *evidence_text.REASONS.values(),
        *evidence_text.FLAGS.values(),
        *evidence_text.NOTES.values(),
    ]
    assert [one for one in ids if not t.has(one)] == []
    assert len({t.gettext(one) for one in evidence_text.REASONS.values()}) == len(evidence_text.REASONS)


def test_every_check_is_in_the_specification() -> None:
    page = (Path(__file__).parents[2] / "docs/specification/evidence.md").read_text("utf-8")
    rows = page.partition("## Checks")[2].splitlines()
    documented = [line.split("`")[1] for line in rows if line.startswith("| `")]
    assert documented == [one.value for one in EvidenceCheckName]


def test_every_flag_that_the_dates_can_raise_has_words() -> None:
    text = "".join(path.read_text("utf-8") for path in SOURCES if path.name in ("timing.py", "judge.py"))
    assert [flag for flag in evidence_text.FLAGS if f'"{flag}"' not in text] == []
