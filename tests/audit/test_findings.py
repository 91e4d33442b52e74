"""The list of findings: closed, explained, documented, bounded in memory."""

from __future__ import annotations

import json
from pathlib import Path

from verifier.audit.finding import MOST_OF_A_CODE, Finding, Findings
from verifier.audit.kinds import KINDS, Code, Severity, message_ids

PAGE = Path(__file__).parents[2] / "docs/reference/findings.md"


def test_every_finding_is_explained_and_has_a_next_step() -> None:
    assert list(KINDS) == list(Code)
    assert all(kind.explanation.endswith(".") and kind.next_step.endswith(".") for kind in KINDS.values())
    assert len(set(message_ids())) == 2 * len(Code)


def test_every_finding_is_documented_in_its_own_words() -> None:
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert rows == [
        f"| `{code.value}` | {kind.severity.value} | {kind.rule} | {kind.explanation} | {kind.next_step} |"
        for code, kind in KINDS.items()
    ]


def test_every_rule_of_a_monitor_has_a_finding() -> None:
    assert {f"R{number}" for number in range(1, 16)} <= {kind.rule for kind in KINDS.values()}


def test_the_json_form_is_stable() -> None:
    members = Finding(Code.BACKDATED, "700 seconds before its anchor", entry=7).members()
    assert list(members) == [
        "code",
        "severity",
        "rule",
        "entry",
        "object",
        "path",
        "detail",
        "explanation",
        "next",
        "evidence",
    ]
    assert json.loads(json.dumps(members)) == members


def test_findings_of_one_code_are_counted_when_there_are_too_many() -> None:
    findings = Findings()
    for entry in range(MOST_OF_A_CODE + 5):
        findings.add(Code.CHAIN_BROKEN, entry=entry)
    assert len(list(findings)) == MOST_OF_A_CODE
    assert findings.omitted == {"chain_broken": 5}


def test_notices_leave_a_report_clean() -> None:
    findings = Findings()
    findings.add(Code.SUBJECT_NAMED)
    assert findings.is_clean
    assert KINDS[Code.SUBJECT_NAMED].severity is Severity.NOTICE
    findings.add(Code.STRAY_FILE)
    assert not findings.is_clean
