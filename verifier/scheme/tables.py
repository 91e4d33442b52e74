"""Strict reading of the two file forms of which packs and catalogues are made: CSV (RFC 4180) and TOML 1.0.

A fault names its file and row, because people write these files. UTF-8 without a byte order mark, the exact columns
in the exact order, no surplus cell. What is scanned yields every fault, what is read raises the first one.
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError

from verifier.encoding import b64u, canonical, sha256
from verifier.errors import MalformedError
from verifier.faults import fault_text
from verifier.schema import Closed
from verifier.scheme.finding import Finding
from verifier.scheme.text import text_fault

Model = TypeVar("Model", bound=Closed)
_LABELS = frozenset({"ja", "en", "label"})
_TERM = "term_months"


@dataclass(frozen=True)
class Row:
    """One row of a table: where it stands (the heading is row 1) and its cells by column."""

    file: str
    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def fault(self, complaint: str) -> MalformedError:
        """Return the error that says what is wrong with this row."""
        return MalformedError(f"{self.file}, row {self.number}: {complaint}")

    def finding(self, code: str, **values: object) -> Finding:
        """Return what a linter says of this row."""
        return Finding(code, self.file, self.number, {name: str(value) for name, value in values.items()})


def read_rows(data: bytes, *, file: str, columns: tuple[str, ...]) -> tuple[Row, ...]:
    """Return the rows under the heading. Raises MalformedError naming file and row."""
    rows, findings = scan_rows(data, file=file, columns=columns)
    if findings:
        raise refused(findings[0])
    return rows


def scan_rows(data: bytes, *, file: str, columns: tuple[str, ...]) -> tuple[tuple[Row, ...], tuple[Finding, ...]]:
    """Return the rows that can be read, and what is wrong with the file or with the shape of the others."""
    problem = text_problem(data)
    if problem:
        return (), (Finding("text", file, values={"problem": problem}),)
    try:
        lines = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))
    except csv.Error as error:
        return (), (Finding("csv", file, values={"problem": str(error)}),)
    if not lines or tuple(lines[0]) != columns:
        return (), (Finding("columns", file, 1, {"columns": ",".join(columns)}),)
    rows: list[Row] = []
    findings: list[Finding] = []
    for number, cells in enumerate(lines[1:], 2):
        if len(cells) == len(columns):
            rows.append(Row(file, number, dict(zip(columns, cells, strict=True))))
        else:
            values = {"found": str(len(cells)), "wanted": str(len(columns))}
            findings.append(Finding("cells", file, number, values))
    return tuple(rows), tuple(findings)


def read_toml(data: bytes, model: type[Model], *, file: str) -> Model:
    """Return the TOML document under its closed schema. Raises MalformedError naming file and member."""
    document, findings = scan_toml(data, model, file=file)
    if document is None:
        raise refused(findings[0])
    return document


def scan_toml(data: bytes, model: type[Model], *, file: str) -> tuple[Model | None, tuple[Finding, ...]]:
    """Return the TOML document under its closed schema, or everything for which it is none."""
    problem = text_problem(data)
    if problem:
        return None, (Finding("text", file, values={"problem": problem}),)
    try:
        return model.model_validate(tomllib.loads(data.decode("utf-8"))), ()
    except tomllib.TOMLDecodeError as error:
        return None, (Finding("toml", file, values={"problem": str(error)}),)
    except ValidationError as error:
        return None, tuple(_member(fault, file) for fault in error.errors(include_url=False, include_input=False))


def text_problem(data: bytes) -> str:
    """Return what is wrong with the text: empty unless it is not UTF-8 in NFC without control characters."""
    try:
        return text_fault(data.decode("utf-8"))
    except UnicodeDecodeError:
        return "not UTF-8"


def refused(finding: Finding) -> MalformedError:
    """Return the error that says what a finding says."""
    return MalformedError(f"{finding.place}: {finding.text('en')}")


def files_digest(files: Mapping[str, bytes]) -> str:
    """Return the base64url SHA-256 of the canonical JSON {file name: hex SHA-256}, which pins a set of files."""
    return b64u(sha256(canonical({name: sha256(data).hex() for name, data in files.items()})))


def _member(fault: Any, file: str) -> Finding:
    where = ".".join(map(str, fault["loc"]))
    last = fault["loc"][-1] if fault["loc"] else ""
    match fault["type"]:
        case "missing" if last == _TERM:
            code = "level_without_term"
        case "missing" | "string_too_short" if last in _LABELS:
            code = "label_missing"
        case "missing":
            code = "member_missing"
        case "extra_forbidden":
            code = "member_unknown"
        case _:
            code = "member_value"
    return Finding(code, file, values={"member": where, "problem": fault_text(fault)})
