"""Findings of the linter over scheme files, mappings and OSCAL documents: one code for each MUST, in two languages.

The rules stand in docs/specification/foreign-scheme.md and mapping.md. Codes are part of the published format: they
may be added, never renamed. What both kinds of file share with scheme packs (TOML, CSV, text) keeps the codes of there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from recognition.finding_text import DOUBTS, RULES
from verifier.errors import MalformedError
from verifier.scheme.finding import MUSTS, Finding, Severity
from verifier.scheme.place import toml_row

_WHERE = "member"


@dataclass(frozen=True)
class RecognitionFinding(Finding):
    """What is wrong or doubtful at one row of a file: the heading of a table and the first line of TOML are row 1."""

    @property
    def severity(self) -> Severity:
        """Say whether the file is refused for it."""
        return "warning" if self.code in DOUBTS else "error"

    def text(self, lang: str) -> str:
        """Return the sentence in that language."""
        words = RULES.get(self.code) or MUSTS[self.code]
        return words.in_(lang).format_map(self.values)

    def __str__(self) -> str:
        return f"{self.place}: {self.severity}: {self.code}: {self.text('en')}"


def fault(code: str, file: str, row: int | None = None, /, **values: object) -> RecognitionFinding:
    """Return a finding of that code, whose values are named in its sentence."""
    return RecognitionFinding(code, file, row, {name: str(value)[:200] for name, value in values.items()})


def own(findings: Iterable[Finding], file: str, data: bytes) -> tuple[RecognitionFinding, ...]:
    """Return what the strict readers of TOML and CSV found, each with its row."""
    return tuple(
        RecognitionFinding(one.code, one.file, one.row or _row(one, data), one.values)
        if one.file == file
        else RecognitionFinding(one.code, one.file, one.row, one.values)
        for one in findings
    )


def locate(file: str, data: bytes) -> Callable[..., RecognitionFinding]:
    """Return what makes a finding about a member of this TOML document, at the row where the member stands."""

    def at(code: str, member: str, /, **values: object) -> RecognitionFinding:
        return fault(code, file, toml_row(data, member), **values)

    return at


def refuse_first(findings: Iterable[RecognitionFinding]) -> None:
    """Raise MalformedError with the place and sentence of the first error, if there is one."""
    for finding in findings:
        if finding.severity == "error":
            raise MalformedError(f"{finding.place}: {finding.text('en')}")


def has_error(findings: Iterable[RecognitionFinding]) -> bool:
    """Say whether one of them is an error."""
    return any(finding.severity == "error" for finding in findings)


def finding_members(findings: Iterable[RecognitionFinding]) -> list[dict[str, Any]]:
    """Return the JSON array."""
    return [finding.members() for finding in findings]


def _row(finding: Finding, data: bytes) -> int:
    values: Mapping[str, str] = finding.values
    return toml_row(data, values.get(_WHERE, "")) if _WHERE in values else _stated(values.get("problem", ""))


def _stated(problem: str) -> int:
    # tomllib and csv say "line N" in their message and nowhere else.
    _, _, rest = problem.partition("line ")
    digits = rest.partition(",")[0].partition(")")[0].strip()
    return int(digits) if digits.isdecimal() else 1
