"""Strict reading of the two file forms of which packs and catalogues are made: CSV (RFC 4180) and TOML 1.0.

A fault names its file and row, because people write these files. UTF-8 without a byte order mark, the exact columns
in the exact order, no surplus cell.
"""

from __future__ import annotations

import csv
import io
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError

from verifier.encoding import b64u, canonical, sha256
from verifier.errors import MalformedError
from verifier.schema import Closed

Model = TypeVar("Model", bound=Closed)


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


def read_rows(data: bytes, *, file: str, columns: tuple[str, ...]) -> tuple[Row, ...]:
    """Return the rows under the heading. Raises MalformedError naming file and row."""
    try:
        lines = list(csv.reader(io.StringIO(read_text(data, file=file), newline=""), strict=True))
    except csv.Error as error:
        raise MalformedError(f"{file}: not CSV: {error}") from error
    if not lines or tuple(lines[0]) != columns:
        raise MalformedError(f"{file}, row 1: the columns must be {','.join(columns)}")
    return tuple(_row(cells, file=file, number=number, columns=columns) for number, cells in enumerate(lines[1:], 2))


def read_toml(data: bytes, model: type[Model], *, file: str) -> Model:
    """Return the TOML document under its closed schema. Raises MalformedError naming file and member."""
    try:
        return model.model_validate(tomllib.loads(read_text(data, file=file)))
    except tomllib.TOMLDecodeError as error:
        raise MalformedError(f"{file}: not TOML: {error}") from error
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        raise MalformedError(f"{file}: {'.'.join(map(str, fault['loc']))}: {fault['msg']}") from error


def read_text(data: bytes, *, file: str) -> str:
    """Return the text. Raises MalformedError unless it is UTF-8 in NFC without control characters."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedError(f"{file}: not UTF-8") from error
    # Two spellings of one character would give two digests of what a reader sees as the same file.
    if not unicodedata.is_normalized("NFC", text):
        raise MalformedError(f"{file}: the text is not in Unicode form NFC")
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cs") for character in text if character not in "\r\n\t"):
        raise MalformedError(f"{file}: the text holds a control or invisible character")
    return text


def files_digest(files: Mapping[str, bytes]) -> str:
    """Return the base64url SHA-256 of the canonical JSON {file name: hex SHA-256}, which pins a set of files."""
    return b64u(sha256(canonical({name: sha256(data).hex() for name, data in files.items()})))


def _row(cells: list[str], *, file: str, number: int, columns: tuple[str, ...]) -> Row:
    if len(cells) != len(columns):
        raise MalformedError(f"{file}, row {number}: {len(cells)} cells instead of {len(columns)}")
    return Row(file, number, dict(zip(columns, cells, strict=True)))
